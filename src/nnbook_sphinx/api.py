"""Writes one page for each public module of the package, and their index: python -m nnbook_sphinx.api."""

import ast
import importlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from nnbook_sphinx.modules import public_modules, public_names

PAGE = """\
---
description: "Reference of the module {module}: {summary}"
---

# `{module}`

```{{eval-rst}}
.. automodule:: {module}
   :members:
   :special-members: __call__
   :ignore-module-all:
```
"""
INDEX = Path(__file__).with_name("reference.md")
TABLE = """\
| module | what it holds |
|---|---|
{rows}"""
# A module belongs to the first topic with a fitting pattern.
TOPICS = {
    "Nets": "layers activations convolution normalization regularization residual initializers"
    " lsuv models",
    "Data": "datasets downloads preprocessing augmentation",
    "Training": "losses optimizers schedules second_order training metrics checkpoints",
    "Checking and looking inside": "gradcheck sanity diagnostics",
    "Using what was learned": "transfer averaging ensembles",
    "Searching, and running many": "spaces search trials parallel workers",
    "Drawing": "plotting drawings pictures panels",
    "Experiments": "experiments experiments.*",
    "Claims": "claims claims.*",
    "More": "*",
}
# Many modules, which the chapters lead to: the table is folded, and names no functions.
FOLDED = ("Experiments", "Claims")
FOLD = """\
:::{{dropdown}} {count} modules
{table}
:::"""


def pages(package: Path) -> dict[str, str]:
    """File name -> text of every page, the index included."""
    modules = public_modules(package)
    texts = {
        f"{name}.md": PAGE.format(
            module=name, summary=_summary(tree).replace('"', "'").replace("\\", "")
        )
        for name, tree in modules.items()
    }
    index = INDEX.read_text("utf-8").replace("{topics}\n", "\n".join(_tables(modules)))
    return {"index.md": index, **texts}


def _tables(modules: dict[str, ast.Module]) -> Iterator[str]:
    """The table of each topic, its modules in the order in which the topic names them."""
    root, left = min(modules, key=len), dict(modules)
    left.pop(root)
    for topic, patterns in TOPICS.items():
        chosen = [
            name
            for pattern in patterns.split()
            for name in sorted(left)
            if fnmatch(name.removeprefix(f"{root}."), pattern)
        ]
        rows = [_row(name, left.pop(name), topic not in FOLDED) for name in chosen]
        table = TABLE.format(rows="\n".join(rows))
        if topic in FOLDED:
            table = FOLD.format(count=len(rows), table=table)
        if rows:
            yield f"## {topic}\n\n{table}\n"


def _row(name: str, tree: ast.Module, with_names: bool) -> str:
    row = f"| [`{name.partition('.')[2]}`]({name}.md) | {_summary(tree)}"
    names = [n for n in public_names(tree) if "." not in n]
    slopes = {f"{n}_grad" for n in names}
    names = [n for n in names if n not in slopes]
    if with_names and names:
        row += " " + ", ".join(f"{{py:obj}}`~{name}.{n}`" for n in names)
    return f"{row} |"


def _summary(tree: ast.Module) -> str:
    """The first line of the module's docstring."""
    return (ast.get_docstring(tree) or "").split("\n")[0]


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
