"""The whole benchmark: every row and every series, in one process on two threads."""

import os
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
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
BESIDE = ("scikit-learn", "torch")


def report(text: str = "") -> Report:
    """Measure the rows and series whose name contains the text."""
    torch.set_num_threads(THREADS)
    load = _load()
    with threadpool_limits(THREADS):
        rows = [(row, row.run()) for row in _chosen(all_rows(), text)]
        growth = [grow(what) for what in _chosen(SERIES, text)]
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
    """How many processes want a processor, on average of the last minute; 0 where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
