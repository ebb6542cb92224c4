"""Docstrings are plain text: `|x|`, `a * b` and `x_` stand there as they are read, not as markup.

What stands in single backquotes is code, and a link where it is a name of the package. Defaults that are
constants of a module are shown by their values if these are numbers.
"""

import importlib
import re
import sys
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from nnbook_sphinx.modules import public_modules, public_names

LAST = 999
MARKUP = re.compile(r"[|*\\]|(?<=\w)_(?!\w)")
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
CONSTANT = re.compile(r"(?<==)[A-Z][A-Z_]+\b")
# Of a property or an attribute Napoleon takes what stands before a colon for its type.
WITHOUT_TYPE = ("property", "attribute", "data")
_escaped: dict[str, list[str]] = {}


@cache
def places(package: str) -> dict[str, list[str]]:
    """Name -> where the package documents it: functions, classes, methods, and its modules."""
    found: dict[str, list[str]] = {}
    folder = Path(importlib.import_module(package).__file__ or "").parent
    for module, tree in public_modules(folder).items():
        found.setdefault(module.removeprefix(f"{package}."), []).append(module)
        for name in public_names(tree):
            found.setdefault(name, []).append(f"{module}.{name}")
    return found


def link(code: str, module: str) -> str:
    """The code as a link to what it names: in its own module if there, else where only one has the name."""
    known = places(module.split(".")[0]).get(code, [])
    here = [place for place in known if place == f"{module}.{code}"]
    (target,) = here or (known if len(known) == 1 else [""])
    return f":py:obj:`{code} <{target}>`" if target else f"``{code}``"


def escape(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Escape what reStructuredText would take as markup, outside of backquotes; these make code and links."""
    module = name
    while module not in sys.modules:
        module = module.rpartition(".")[0]
    for i, line in enumerate(lines):
        parts = CODE.split(line)
        plain = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
        codes = [link(code, module) for code in parts[1::2]] + [""]
        lines[i] = "".join(a + b for a, b in zip(plain, codes, strict=True))
    if what in WITHOUT_TYPE:
        _escaped[name] = list(lines)


def restore(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Give a property or an attribute its sentence back."""
    lines[:] = _escaped.pop(name, lines)


def values(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None] | None:
    """Show a default that is a constant of the module by its value, if that is a number."""
    module = sys.modules.get(getattr(obj, "__module__", ""))
    if signature is None or module is None:
        return None
    for name in set(CONSTANT.findall(signature)):
        value = getattr(module, name, None)
        if isinstance(value, int | float):
            signature = re.sub(rf"(?<==){name}\b", repr(value), signature)
    return signature, returns


def adopt(app: Sphinx, doctree: nodes.document) -> None:
    """Make all nodes belong to their page.

    What MyST parses as reStructuredText points to a document of its own, and through it to the whole
    environment: a stored page would be twenty times as large, and every build loads them all.
    """
    for node in doctree.findall():
        node.document = doctree


def setup(app: Sphinx) -> None:
    """Escape before Napoleon reads the sections, and restore after it."""
    app.connect("doctree-read", adopt, priority=LAST)
    if "autodoc-process-docstring" in app.events.events:
        app.connect("autodoc-process-docstring", escape, priority=100)
        app.connect("autodoc-process-docstring", restore, priority=LAST)
        app.connect("autodoc-process-signature", values)
