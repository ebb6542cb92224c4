"""The whole benchmark: every row and every series, in one process on two threads."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import TypeVar

import torch
from threadpoolctl import threadpool_limits

from benchmarks.growth import SERIES, grow
from benchmarks.rows import all_rows
from benchmarks.table import Report
from nnbook.claims.runner import versions
from nnbook.claims.tasks import processor

T = TypeVar("T")

THREADS = 2
COUNTS, MOMENTS = Path("/proc/loadavg"), 50
BESIDE = ("scikit-learn", "torch")


@dataclass(frozen=True)
class Series:
    """A series by name, as it is shown and chosen."""

    what: str

    def __str__(self) -> str:
        return f"growth with {self.what}"


def report(text: str = "") -> Report:
    """Measure the rows and series whose name contains the text."""
    torch.set_num_threads(THREADS)
    load = _load()
    with threadpool_limits(THREADS):
        rows = [(row, row.run()) for row in _chosen(all_rows(), text)]
        growth = [grow(series.what) for series in _chosen(map(Series, SERIES), text)]
    where = {
        "processor": processor(),
        "processors": os.cpu_count(),
        "threads": THREADS,
        "load": load,
        "versions": versions() | {name: version(name) for name in BESIDE},
    }
    return Report(rows, growth, where)


def _chosen(items: Iterable[T], text: str) -> Iterator[T]:
    """Those whose name contains the text; each is shown when its turn comes."""
    for item in items:
        if text in str(item):
            print(f"bench: {item}", file=sys.stderr, flush=True)
            yield item


def _load() -> float:
    """How many other processes want a processor, on average of a second; 0 where Linux does not count them.

    The load average of the last minute would tell of what was there before, too.
    """
    counts: list[int] = []
    while COUNTS.exists() and len(counts) < MOMENTS:
        time.sleep(1 / MOMENTS)
        running, _ = COUNTS.read_text("utf-8").split()[3].split("/")
        counts.append(int(running) - 1)
    return mean(counts or [0])
