"""What names_torch.py and names_jax.py share: the settings, the tables of book/names.md, and the file.

Each stores, for the libraries it can import, their versions, the value of every case of book/names.md, and
the names of the page's tables that exist there, with the arguments that the tables mention.
"""

import ast
import contextlib
import importlib
import inspect
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).parents[2] / "book" / "names.md"

# The settings of the cases; the page repeats them in its cells.
RATES = [1.0, 1.0, 0.1, 0.1]
LOGITS, LABELS = [[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [0, 2]
SCORES = [[1.0, 0.5, 0.8], [0.2, 0.9, 0.4]]
WIDE, NARROW = 1000, 200  # of a layer whose initial weights are measured
KERNEL_IN, KERNEL_OUT = 64, 128


def table_names() -> set[str]:
    """The code in the tables of names, with the module that the head of its column names, and without."""
    found: set[str] = set()
    for table in re.findall(r"^\| nnbook \|.*(?:\n\|.*)+", PAGE.read_text("utf-8"), re.M):
        heads, _, *rows = (
            [c.strip() for c in line.split("|")[2:-1]] for line in table.split("\n")
        )
        for row in rows:
            for head, cell in zip(heads, row, strict=True):
                codes = re.findall("`([^`]+)`", cell)
                found |= {*codes, *(f"{head}.{code}" for code in codes)}
    return found


def known_names(roots: Collection[str]) -> list[str]:
    """Those of the names that exist in these packages, with the arguments that they are given."""
    return sorted(
        code for code in table_names() if code.split(".")[0] in roots and exists(code)
    )


def exists(code: str) -> bool:
    """Whether there is such a thing, and takes such arguments."""
    node = ast.parse(code, mode="eval").body
    call = node if isinstance(node, ast.Call) else None
    thing = find(ast.unparse(call.func if call else node))
    if thing is None or call is None:
        return thing is not None
    return {keyword.arg for keyword in call.keywords} <= inspect.signature(
        thing
    ).parameters.keys()


def find(dotted: str) -> Any:
    """The thing of this name, in a module or in a class; None if there is none."""
    head, *path = dotted.split(".")
    thing = importlib.import_module(head)
    for i, name in enumerate(path):
        with contextlib.suppress(ImportError):
            importlib.import_module(".".join([head, *path[: i + 1]]))
        thing = getattr(thing, name, None)
    return thing


def plain(value: Any) -> Any:
    """Arrays and tensors as lists, those of one number as the number."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, str | bool | int | float):
        return value
    return value.reshape(()).item() if np.size(value) == 1 else value.tolist()


def write(path: Path, contents: dict[str, Any]) -> None:
    """One line an entry."""
    lines = [f"{json.dumps(k)}: {json.dumps(plain(v))}" for k, v in contents.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
