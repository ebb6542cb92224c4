"""How measured numbers read: as many digits as their interval supports, a true minus, no trailing noise."""

import math

from nnbook.experiments.protocol import Summary

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
TIMES = "\N{MULTIPLICATION SIGN}"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
ATTACHED = {"%": "%", "°": "°", "x": TIMES, "times": TIMES, TIMES: TIMES}
SMALL, LARGE = 1e-3, 1e6
DIGITS, MOST_DIGITS = 3, 6


def number(value: float, decimals: int | None = None) -> str:
    """A number as text: whole numbers below a million in full, else three digits or the given decimals."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else f"{MINUS if value < 0 else ''}∞"
    if value and not SMALL <= abs(value) < LARGE:
        return _scientific(value)
    if decimals is None:
        decimals = 0 if float(value).is_integer() else _decimals(abs(value), DIGITS)
        text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS).replace(",", THIN if abs(value) >= 10_000 else "")


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", MINUS)
    power = f"10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return f"{mantissa}{NO_BREAK}{TIMES}{NO_BREAK}{power}"


def _decimals(size: float, digits: int) -> int:
    return digits - 1 - math.floor(math.log10(size)) if size else 0


def decimals_for(interval: Summary) -> int | None:
    """Decimals that show half the interval's width to one digit, or to two where it begins with 1.

    None where that says nothing: an interval without width, or numbers that need a power of ten.
    """
    half = float(f"{(interval.high - interval.low) / 2:.1e}")
    ends = (interval.low, interval.mean, interval.high)
    sizes = [abs(end) for end in ends if end]
    if not (math.isfinite(half) and half > 0) or not all(SMALL <= s < LARGE for s in sizes):
        return None
    decimals = _decimals(half, 2 if half / 10 ** math.floor(math.log10(half)) < 2 else 1)
    return max(0, min(decimals, _decimals(max(sizes), MOST_DIGITS)))


def with_unit(text: str, unit: str) -> str:
    """A number and its unit: "31%", "6.2×", "120 updates"."""
    if not unit:
        return text
    return text + ATTACHED[unit] if unit in ATTACHED else f"{text}{NO_BREAK}{unit}"


def mean(interval: Summary, unit: str = "") -> str:
    """The mean alone."""
    return with_unit(number(interval.mean, decimals_for(interval)), unit)


def bounds(interval: Summary, unit: str = "") -> str:
    """The interval alone: "2.5 to 3.4"."""
    decimals = decimals_for(interval)
    return f"{number(interval.low, decimals)} to {with_unit(number(interval.high, decimals), unit)}"


def mean_and_bounds(interval: Summary, unit: str = "") -> str:
    """The mean and its interval: "2.9 (2.5 to 3.4)", with the unit once; the mean alone if nothing varied."""
    if interval.low == interval.high:
        return mean(interval, unit)
    if unit in ATTACHED:
        return f"{mean(interval, unit)} ({bounds(interval)})"
    return with_unit(f"{mean(interval)} ({bounds(interval)})", unit)
