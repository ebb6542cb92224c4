"""Spaces of hyperparameters: for each name a range of numbers, or a list of values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nnbook._checks import (
    as_array,
    check_count,
    check_flag,
    check_number,
    check_positive,
    check_rng,
    refuse,
    show,
)


@dataclass(frozen=True)
class Range:
    """The numbers from low to high, spread evenly or, with `log`, evenly in their logarithm."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no range; keep the ends as plain floats."""
        log = check_flag("log", self.log)
        check = check_positive if log else check_number
        low, high = check("low", self.low), check("high", self.high)
        if high <= low:
            raise refuse("high", f"above low ({low})", high)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        object.__setattr__(self, "log", log)

    def at(self, share: Any) -> Any:
        """The number at a share in [0, 1] of the way from low to high; for an array of shares, an array."""
        u = as_array("share", share)
        if u.dtype.kind not in "biuf" or not ((u >= 0) & (u <= 1)).all():
            raise refuse("share", "in [0, 1]", show(share))
        u = u.astype(np.float64)
        values = (1 - u) * self._scale(self.low) + u * self._scale(self.high)
        values = np.clip(np.exp(values) if self.log else values, self.low, self.high)
        return values if values.ndim else values.item()

    def share(self, value: float) -> float:
        """The inverse of `at`: 0 for low, 1 for high."""
        x = self._scale(check_number("value", value, self.low, self.high))
        low, high = self._scale(self.low), self._scale(self.high)
        return (x - low) / (high - low)

    def around(self, value: float, width: float) -> "Range":
        """A part of the range, `width` of it wide, with the value in the middle if that fits: zoom in."""
        width = check_number("width", width, 0, 1, closed="()")
        start = min(max(self.share(value) - width / 2, 0.0), 1 - width)
        return Range(self.at(start), self.at(start + width), self.log)

    def _scale(self, x: float) -> float:
        return float(np.log(x)) if self.log else float(x)


Values: TypeAlias = Range | list[Any]
Settings: TypeAlias = dict[str, Any]


def uniform(low: float, high: float) -> Range:
    """The numbers from low to high, all equally likely."""
    return Range(low, high)


def log_uniform(low: float, high: float) -> Range:
    """The numbers from low to high, both above 0, every factor of 10 equally likely: 10**uniform(-6, 1)."""
    return Range(low, high, log=True)


def check_space(space: Mapping[str, Range | Sequence[Any]]) -> dict[str, Values]:
    """Refuse what is not a dict of ranges and lists of values; arrays become lists of Python numbers."""
    if not isinstance(space, Mapping) or not space:
        raise refuse("space", "a dict of names to values", show(space))
    checked: dict[str, Values] = {}
    for name, values in space.items():
        if not isinstance(name, str) or name in ("seed", "budget"):
            raise refuse("space", "a dict of names other than seed and budget", show(name))
        checked[name] = values if isinstance(values, Range) else _as_list(name, values)
    return checked


def draw_settings(
    space: Mapping[str, Range | Sequence[Any]], n: int, *, rng: np.random.Generator
) -> list[Settings]:
    """Draw n settings one after the other: equal generators give equal beginnings, whatever n is."""
    checked = check_space(space)
    check_count("n", n)
    check_rng(rng)

    def draw(values: Values) -> Any:
        if isinstance(values, Range):
            return values.at(rng.random())
        return values[rng.integers(len(values))]

    return [{name: draw(values) for name, values in checked.items()} for _ in range(n)]


def _as_list(name: str, values: Any) -> list[Any]:
    if isinstance(values, np.ndarray) and values.ndim == 1:
        values = values.tolist()
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise refuse(f"space[{name!r}]", "a range or a list of values", show(values))
    return list(values)
