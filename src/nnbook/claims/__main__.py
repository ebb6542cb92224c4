"""Run the stale claims of the book: python -m nnbook.claims [ids] [--jobs N] [--seeds N] [--force]."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnbook.claims import CLAIMS
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.model import Claim, Measure
from nnbook.claims.records import RESULTS, RecordError, load_record
from nnbook.claims.runner import JOURNALS, run_claims


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns 0, or 1 where --check found a stale record, or 130 after Ctrl-C."""
    options = _parser().parse_args(argv)
    unknown = sorted(set(options.ids) - set(CLAIMS))
    if unknown:
        print(f"ids must be among {', '.join(CLAIMS)}; got {', '.join(unknown)}", file=sys.stderr)
        return 2
    claims = [CLAIMS[i] for i in options.ids or CLAIMS]
    stale = [claim for claim in claims if _complaint(claim, options.results)]
    if options.check:
        for claim in stale:
            print(_complaint(claim, options.results), file=sys.stderr)
        print(f"{len(claims) - len(stale)} fresh, {len(stale)} stale")
        return 1 if stale else 0
    if options.seeds:
        return _explore(claims, options.seeds, options.jobs)
    journals = Path(tempfile.mkdtemp()) if options.force else JOURNALS
    run = claims if options.force else stale
    try:
        run_claims(run, jobs=options.jobs, folder=options.results, journals=journals)
    except KeyboardInterrupt:
        print(
            "Stopped. Finished runs are kept; the same command goes on from here.", file=sys.stderr
        )
        return 130
    print(
        f"ran {len(run)} of {len(claims)} claims; the others were fresh. Records: {options.results}"
    )
    _print_table(claims, options.results)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nnbook.claims", description="Measure the claims of the book."
    )
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="claims to run, such as C11; all if none is named"
    )
    parser.add_argument("--jobs", type=int, default=-1, help="processes (default: all cores)")
    parser.add_argument(
        "--seeds", type=int, help="explore with this many seeds; prints, records nothing"
    )
    parser.add_argument(
        "--force", action="store_true", help="run again what is fresh, from nothing"
    )
    parser.add_argument(
        "--check", action="store_true", help="run nothing; say which records are stale"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the records")
    return parser


def _complaint(claim: Claim, folder: Path) -> str:
    try:
        load_record(claim, CodeGraph(), folder)
    except RecordError as error:
        return str(error)
    return ""


def _explore(claims: Sequence[Claim], seeds: int, jobs: int) -> int:
    """The same experiments with another number of seeds, kept apart from the records."""
    with tempfile.TemporaryDirectory() as folder:
        other = [
            replace(c, measures=tuple(_with_seeds(m, seeds) for m in c.measures)) for c in claims
        ]
        run_claims(other, jobs=jobs, folder=Path(folder), journals=JOURNALS)
        _print_table(other, Path(folder))
    return 0


def _with_seeds(measure: Measure, seeds: int) -> Measure:
    return replace(measure, experiment=replace(measure.experiment, seeds=seeds))


def _print_table(claims: Sequence[Claim], folder: Path) -> None:
    graph = CodeGraph()
    for claim in claims:
        record = load_record(claim, graph, folder)
        print(f"{claim.id}  {record.verdict:<18} {claim.title}  ({record.seconds:g} s)")
        for measure in claim.measures:
            span, reading = record.intervals[measure.key], record.readings[measure.key]
            numbers = f"{span.mean:.4g} [{span.low:.4g}, {span.high:.4g}] {measure.unit}"
            print(f"     {reading:<10} {numbers:<32} {measure.label}")


if __name__ == "__main__":
    sys.exit(main())
