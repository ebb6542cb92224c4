"""The dark variant of a figure: the same drawing with other colors.

A figure is computed once. Its dark variant comes from exchanging the colors of one fixed palette; every other
color stays. nnbook.plotting defines the palette; black and white text, axes and grids are always exchanged.
"""

import ast
import re
from pathlib import Path

NAME = "LIGHT_TO_DARK"
INK = "#000000"
BASE = {
    INK: "#e3e6ea",
    "#ffffff": "#14181e",
    "#262626": "#dde1e6",
    "#b0b0b0": "#565d66",
    "#cccccc": "#454c55",
}
COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")
ROOT = re.compile(r"<svg\b")


def read_palette(package: Path) -> dict[str, str]:
    """Light color -> dark color, as lower-case #rrggbb; from the text of plotting.py: imports are slow."""
    path = package / "plotting.py"
    names: dict[str, str] = {}
    found: dict[str, str] = {}
    for statement in ast.parse(path.read_text("utf-8")).body if path.exists() else ():
        if isinstance(statement, ast.Assign):
            names.update(_texts(statement.targets[0], statement.value))
            if (
                isinstance(statement.value, ast.Dict)
                and ast.unparse(statement.targets[0]) == NAME
            ):
                pairs = zip(statement.value.keys, statement.value.values, strict=True)
                found = {
                    _text(light, names).lower(): _text(dark, names) for light, dark in pairs
                }
    return BASE | found


def _texts(target: ast.expr, value: ast.expr) -> dict[str, str]:
    """What an assignment of texts names: A = "x", or A, B = "x", "y"."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return {
            k: v
            for pair in zip(target.elts, value.elts, strict=True)
            for k, v in _texts(*pair).items()
        }
    if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
        return {target.id: str(value.value)}
    return {}


def _text(node: ast.expr | None, names: dict[str, str]) -> str:
    return names[node.id] if isinstance(node, ast.Name) else str(ast.literal_eval(node or ""))


def darken(svg: str, colors: dict[str, str]) -> str:
    """The drawing in dark colors. matplotlib writes no fill where it is black, so the root sets one."""
    exchanged = COLOR.sub(lambda match: colors.get(match[0].lower(), match[0]), svg)
    return ROOT.sub(f'<svg fill="{colors[INK]}"', exchanged, count=1)
