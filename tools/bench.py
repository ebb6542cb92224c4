"""make bench: measures how fast nnbook is beside PyTorch, scikit-learn and its bare matrix products."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence

from tools.environment import ROOT

NEEDED = ("torch", "sklearn")
FOLDER = ROOT / "benchmarks"
INSTALL = (
    "error: PyTorch or scikit-learn is missing: .venv/bin/python -m pip install '.[bench]'"
)


def main(arguments: Sequence[str], needed: Sequence[str] = NEEDED) -> int:
    """Print the table and write it to benchmarks/; with --only, print some rows, written with --keep only.

    Args:
        arguments: The command line.
        needed: The libraries without which nothing is measured.

    Returns: 1 if a library is missing or a row misses its limit.
    """
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="only rows that hold this text")
    parser.add_argument(
        "--keep", action="store_true", help="write them among the stored others"
    )
    options = parser.parse_args(arguments)
    if not all(map(importlib.util.find_spec, needed)):
        print(INSTALL, file=sys.stderr)
        return 1
    from benchmarks import measure, table

    report = measure.report(options.only or "")
    print(table.markdown(report))
    if options.keep:
        table.write(table.merge(report, table.read(FOLDER)), FOLDER)
    elif options.only is None:
        table.write(report, FOLDER)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
