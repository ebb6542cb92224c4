"""What was measured, as a table in Markdown and as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.growth import SERIES, Growth
from benchmarks.pairs import Pair, Quartiles
from benchmarks.rows import FEW, USUAL, Row, all_rows

ROWS = ("measured", "against", "ours", "theirs", "ratio (quartiles)", "limit", "holds")
GROWTH = ("varied", "milliseconds at each size", "slope", "doubling costs", "at the end")
# Other processes that want a processor.
CALM = 0.5
BUSY = "**The machine was busy with other work. What takes long suffers most: runs on processes above all.**"
RATIOS = """\
The ratio is ours / theirs: smaller is better. For processes it is how many times faster: larger is better.
Both sides run in one process, in float32 on {threads} threads. They take turns {usual} times, {few} where one
call takes seconds; the order changes from turn to turn, and each turn has new arrays. The fastest of
{samples} samples is the time of a turn. Times are medians over the turns, in milliseconds. The ratio is taken
within a turn, and its median is held against the limit, where there is one.
"""
SLOPES = """\
One step (forward, loss, backward, SGD) of a net with two hidden layers of 128, on batches of 128 examples
with 64 features; one of the three numbers varies. A slope of s in a log-log plot says that doubling costs
2^s times as much: on average over all sizes, and between the two largest.
"""


@dataclass(frozen=True)
class Report:
    """All of it: the rows with their timings, the growth of cost, and where this was."""

    rows: Sequence[tuple[Row, Pair]]
    growth: Sequence[Growth]
    where: Mapping[str, Any]

    @property
    def missed(self) -> list[str]:
        """The names of the rows that are outside their limit."""
        return [row.name for row, pair in self.rows if not row.holds(pair)]


def markdown(report: Report) -> str:
    """A page with both tables."""
    where = report.where
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    load = f"other processes at work before: {where['load']:.1f}"
    parts = [
        "# How fast it is",
        "Written by `make bench`.",
        f"{where['processor']}, {where['processors']} processors, {load}. {versions}.",
        *([BUSY] if where["load"] > CALM else []),
        RATIOS.format(
            threads=where["threads"], usual=USUAL.rounds, few=FEW.rounds, samples=USUAL.samples
        ).strip(),
        _table(ROWS, [_cells(row, pair) for row, pair in report.rows]),
        SLOPES.strip(),
        _table(GROWTH, [_growth(growth) for growth in report.growth]),
    ]
    return "\n\n".join(parts) + "\n"


def as_json(report: Report) -> str:
    """The same, with all digits."""
    rows = [
        {
            "name": row.name,
            "against": row.against,
            "limit": row.limit,
            "at": "least" if row.speedup else "most",
            "measure": asdict(row.measure(pair)),
            "holds": row.holds(pair),
            "seconds": {"ours": asdict(pair.ours), "theirs": asdict(pair.theirs)},
        }
        for row, pair in report.rows
    ]
    body = {**report.where, "rows": rows, "growth": [asdict(g) for g in report.growth]}
    return json.dumps(body, indent=1) + "\n"


def write(report: Report, folder: Path) -> None:
    """Write results.md and results.json."""
    (folder / "results.md").write_text(markdown(report), encoding="utf-8")
    (folder / "results.json").write_text(as_json(report), encoding="utf-8")


def read(folder: Path) -> Report:
    """The report that `write` left there; where there is none, one without rows."""
    stored = folder / "results.json"
    if not stored.exists():
        return Report([], [], {"load": 0.0})
    body = json.loads(stored.read_text(encoding="utf-8"))
    known = {(row.name, row.against): row for row in all_rows()}
    rows = [
        (known[key], _pair(known[key], cells))
        for cells in body.pop("rows")
        if (key := (cells["name"], cells["against"])) in known
    ]
    growth = [
        Growth(
            **{**fields, "sizes": tuple(fields["sizes"]), "seconds": tuple(fields["seconds"])}
        )
        for fields in body.pop("growth")
    ]
    return Report(rows, growth, body)


def merge(new: Report, old: Report) -> Report:
    """The new rows and series, and of the others the old ones; the busier of both times is told."""
    rows = {str(row): (row, pair) for row, pair in (*old.rows, *new.rows)}
    growth = {series.what: series for series in (*old.growth, *new.growth)}
    load = max(new.where["load"], old.where["load"])
    order = [str(row) for row in all_rows()]
    return Report(
        [rows[name] for name in order if name in rows],
        [growth[what] for what in SERIES if what in growth],
        {**new.where, "load": load},
    )


def _cells(row: Row, pair: Pair) -> list[str]:
    measure = row.measure(pair)
    bound = f"{'at least' if row.speedup else 'at most'} {row.limit}"
    limit = ["", ""] if row.limit is None else [bound, "yes" if row.holds(pair) else "**no**"]
    return [
        row.name,
        row.against,
        _milliseconds(pair.ours.median),
        _milliseconds(pair.theirs.median),
        _between(measure),
        *limit,
    ]


def _pair(row: Row, cells: Mapping[str, Any]) -> Pair:
    ours, theirs = (Quartiles(**cells["seconds"][side]) for side in ("ours", "theirs"))
    measure = Quartiles(**cells["measure"])
    ratio = row.measure(Pair(ours, theirs, measure))  # a speedup is turned over, and so back
    return Pair(ours, theirs, ratio)


def _growth(growth: Growth) -> list[str]:
    pairs = zip(growth.sizes, growth.seconds, strict=True)
    times = ", ".join(f"{size}: {_milliseconds(seconds)}" for size, seconds in pairs)
    costs = [f"{2**s:.2f} times" for s in (growth.slope, growth.last)]
    return [growth.what, times, f"{growth.slope:.2f}", *costs]


def _milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:.3g}"


def _between(measure: Quartiles) -> str:
    return f"{measure.median:.2f} ({measure.low:.2f} to {measure.high:.2f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
