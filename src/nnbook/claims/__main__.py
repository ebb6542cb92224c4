"""Run the stale claims of the book: python -m nnbook.claims [ids] [--jobs N] [--seeds N] [--force] ..."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnbook._checks import check_count
from nnbook._extras import MissingExtraError
from nnbook.claims import CLAIMS
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Journal
from nnbook.claims.model import Claim, Measure
from nnbook.claims.records import RESULTS, RecordError, load_record
from nnbook.claims.runner import JOURNALS, run_claims
from nnbook.parallel import BACKENDS, check_workers
from nnbook.workers import WorkerError


def main(argv: Sequence[str] | None = None) -> int:
    """The command line.

    Returns:
        0; 1 if --check found something stale, or if no worker can do the work; 2 for bad input;
        130 after Ctrl-C.
    """
    options = _parser().parse_args(argv)
    try:
        claims = _chosen(options.ids)
        check_workers(options.jobs, options.backend, options.scheduler)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.check:
            return _check(claims, options.results)
        if options.seeds is not None:
            return _explore(claims, options)
        return _record(claims, options)
    except (WorkerError, MissingExtraError) as error:
        print(f"{error}\nWhat is finished is kept.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "Stopped. What is finished is kept; run the command again, without --force, to go on.",
            file=sys.stderr,
        )
        return 130


def _chosen(ids: Sequence[str]) -> list[Claim]:
    unknown = sorted(set(ids) - set(CLAIMS))
    if unknown:
        raise ValueError(f"ids must be among {', '.join(CLAIMS)}; got {', '.join(unknown)}")
    return [CLAIMS[i] for i in ids or CLAIMS]


def _check(claims: Sequence[Claim], folder: Path) -> int:
    complaints = _complaints(claims, folder)
    for complaint in complaints.values():
        print(complaint, file=sys.stderr)
    print(f"{len(claims) - len(complaints)} fresh, {len(complaints)} stale")
    return 1 if complaints else 0


def _record(claims: Sequence[Claim], options: argparse.Namespace) -> int:
    """Run what is stale, or all of it with --force, and print the table."""
    if options.force:
        _forget(claims)
    stale = _complaints(claims, options.results)
    run = [claim for claim in claims if options.force or claim.id in stale]
    run_claims(run, folder=options.results, **_workers(options))
    print(
        f"ran {len(run)} of {len(claims)} claims; the others were fresh. Records: {options.results}"
    )
    _print_table(claims, options.results)
    return 0


def _forget(claims: Sequence[Claim]) -> None:
    """Delete the journals, so that everything runs from nothing."""
    graph = CodeGraph()
    for experiment in {e.name: e for claim in claims for e in claim.experiments}.values():
        Journal.open(experiment, graph, JOURNALS).path.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nnbook.claims", description="Measure the claims of the book."
    )
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="claims to run, such as C11; all if none is named"
    )
    parser.add_argument("--jobs", type=int, default=-1, help="processes (default: all cores)")
    parser.add_argument(
        "--backend", choices=BACKENDS, default="loky", help="this machine, or a Dask cluster"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="of the Dask cluster, such as tcp://host:8786"
    )
    parser.add_argument(
        "--seeds", type=_count, help="explore with this many seeds; prints, records nothing"
    )
    parser.add_argument(
        "--force", action="store_true", help="run again what is fresh, from nothing"
    )
    parser.add_argument(
        "--check", action="store_true", help="run nothing; say which records are stale"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the records")
    return parser


def _complaints(claims: Sequence[Claim], folder: Path) -> dict[str, str]:
    """Why records must not be shown, for those of which that is so."""
    graph, found = CodeGraph(), {}
    for claim in claims:
        try:
            load_record(claim, graph, folder)
        except RecordError as error:
            found[claim.id] = str(error)
    return found


def _count(text: str) -> int:
    try:
        return check_count("seeds", int(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _explore(claims: Sequence[Claim], options: argparse.Namespace) -> int:
    """The same experiments with another number of seeds, kept apart from the records."""
    with tempfile.TemporaryDirectory() as folder:
        other = [
            replace(c, measures=tuple(_with_seeds(m, options.seeds) for m in c.measures))
            for c in claims
        ]
        run_claims(other, folder=Path(folder), journals=JOURNALS, **_workers(options))
        _print_table(other, Path(folder))
    return 0


def _workers(options: argparse.Namespace) -> dict[str, Any]:
    return {"jobs": options.jobs, "backend": options.backend, "scheduler": options.scheduler}


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
