"""Writes one page for each public module of the package: python -m nnbook_sphinx.api."""

import ast
import importlib
from pathlib import Path

PAGE = """\
---
description: "Reference of the module {module}: {summary}"
---

# `{module}`

```{{eval-rst}}
.. automodule:: {module}
   :members:
   :ignore-module-all:
```
"""
INDEX = """\
---
description: "Reference of the package nnbook, one page a module, each with a link to its source."
---

# The package

The chapters run the package `nnbook`. Each page documents one module; **[source]** beside a name shows its
code.

| module | what it holds |
|---|---|
{rows}
"""


def public_modules(package: Path) -> dict[str, str]:
    """Module name -> first line of its docstring, for all modules without a leading underscore."""
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(part.startswith("_") for part in name.split(".")):
            docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            modules[name] = docstring.split("\n")[0]
    return modules


def pages(package: Path) -> dict[str, str]:
    """File name -> text of every page, the index included."""
    modules = public_modules(package)
    rows = "\n".join(f"| [`{name}`]({name}.md) | {text} |" for name, text in modules.items())
    texts = {
        f"{name}.md": PAGE.format(module=name, summary=text.replace('"', "'").replace("\\", ""))
        for name, text in modules.items()
    }
    return {"index.md": INDEX.format(rows=rows), **texts}


def write(package: Path, folder: Path) -> None:
    """Write the pages that have changed and remove those of modules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(package)
    for path in folder.glob("*.md"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write the pages of nnbook into book/api."""
    package = Path(importlib.import_module("nnbook").__file__ or "").parent
    write(package, package.parents[1] / "book" / "api")


if __name__ == "__main__":
    main()
