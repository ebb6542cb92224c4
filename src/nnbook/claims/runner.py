"""Runs what is stale, in parallel, and writes the record of each claim as soon as its runs are there."""

import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from nnbook._extras import MissingExtraError
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Journal
from nnbook.claims.model import Claim
from nnbook.claims.records import RESULTS, SCHEMA, claim_fingerprint, judge, write_record
from nnbook.claims.tasks import Task, requirements_of, run_task
from nnbook.experiments.protocol import Experiment
from nnbook.parallel import as_completed
from nnbook.workers import DeadWorkerError, Results

JOURNALS = RESULTS.parents[1] / "_build" / "runs"


def run_claims(
    claims: Iterable[Claim],
    *,
    jobs: int = -1,
    backend: str = "loky",
    scheduler: str | None = None,
    folder: Path = RESULTS,
    journals: Path = JOURNALS,
) -> None:
    """Run every experiment of the claims: first the trials that choose learning rates, then the seeds.

    Where they run, `jobs`, `backend` and `scheduler` say as in `parallel.as_completed`.
    """
    waiting, graph = list(claims), CodeGraph()
    experiments = {e.name: e for claim in waiting for e in claim.experiments}
    books = {name: Journal.open(e, graph, journals) for name, e in experiments.items()}
    trials = [Task(e, "trial", t) for e in experiments.values() for t in e.trials()]
    runs = [Task(e, "run", (seed,)) for e in experiments.values() for seed in range(e.seeds)]
    spread = partial(as_completed, jobs=jobs, backend=backend, scheduler=scheduler)
    with _progress(len(trials) + len(runs)) as bar:
        for tasks in (trials, runs):
            for experiment in _run_all(tasks, books, graph, spread):
                bar.update()
                done = [
                    c for c in waiting if experiment in c.experiments and _complete(c, books)
                ]
                for claim in done:
                    write_record(claim, record_body(claim, books, graph), folder)
                waiting = [claim for claim in waiting if claim not in done]


def record_body(claim: Claim, books: dict[str, Journal], graph: CodeGraph) -> dict[str, Any]:
    """The content of a record: values by measure, curves, rates and scores of the tuning, versions."""
    values, curves = _by_key(claim, books)
    intervals, readings, verdict = judge(claim, values)
    tuned = [e for e in claim.experiments if e.arms]
    seconds = sum(t for e in claim.experiments for _, t in books[e.name].done.values())
    return {
        "schema": SCHEMA,
        "claim": claim.id,
        "fingerprint": claim_fingerprint(claim, graph),
        "verdict": verdict,
        "measures": {
            key: {"mean": s.mean, "low": s.low, "high": s.high, "reading": readings[key]}
            for key, s in intervals.items()
        },
        "values": values,
        "curves": curves,
        "rates": {e.name: books[e.name].rates(e) for e in tuned},
        "scores": {e.name: _score_table(e, books[e.name]) for e in tuned},
        "seconds": round(seconds, 1),
        "versions": versions(),
        "processor": ", ".join(
            sorted({p for e in claim.experiments for p in books[e.name].processors})
        ),
    }


def versions() -> dict[str, str]:
    """The versions that a record was made with."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def _by_key(
    claim: Claim, books: dict[str, Journal]
) -> tuple[dict[str, list[float]], dict[str, list[Any]]]:
    """What the runs returned, by key, one entry a seed: the claim's measures, and all else."""
    values: dict[str, list[float]] = {}
    curves: dict[str, list[Any]] = {}
    wanted = {measure.key for measure in claim.measures}
    for experiment in claim.experiments:
        outcomes = books[experiment.name].outcomes(experiment)
        for key in outcomes[0]:
            into = values if key in wanted else curves
            into[key] = [outcome[key] for outcome in outcomes]
    return values, curves


def _progress(total: int) -> Any:
    """A bar on a terminal, a few lines in a log."""
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise MissingExtraError("tqdm", "run") from error
    interval = 0.2 if sys.stderr.isatty() else 15
    return tqdm(total=total, unit="run", smoothing=0.05, mininterval=interval)


def _run_all(
    tasks: Sequence[Task],
    books: dict[str, Journal],
    graph: CodeGraph,
    spread: Callable[..., Results],
) -> Iterator[Experiment]:
    """Run what no journal holds; yield the experiment of each task as it is done."""
    missing = []
    for task in tasks:
        if task.key in books[task.experiment.name].done:
            yield task.experiment
        else:
            missing.append(task)
    needs = {
        e.name: ({} if kind == "trial" else books[e.name].rates(e), requirements_of(e, graph))
        for e, kind, _ in missing
    }
    arguments = [(task, *needs[task.experiment.name]) for task in missing]
    try:
        with closing(spread(run_task, arguments)) as results:
            for i, (outcome, seconds, processor) in results:
                experiment = missing[i].experiment
                books[experiment.name].add(missing[i].key, outcome, seconds, processor)
                yield experiment
    except DeadWorkerError as error:
        raise DeadWorkerError(str(missing[error.index]), error.index) from error


def _complete(claim: Claim, books: dict[str, Journal]) -> bool:
    return all(books[e.name].complete(e) for e in claim.experiments)


def _score_table(experiment: Experiment, journal: Journal) -> dict[str, list[float | None]]:
    """Mean tuning score by arm along the grid; None where a run diverged."""
    shape = (len(experiment.arms), len(experiment.grid), -1)
    means = np.asarray(journal.scores(experiment), dtype=float).reshape(shape).mean(axis=2)
    rows = [[float(v) if np.isfinite(v) else None for v in row] for row in means]
    return dict(zip(experiment.arms, rows, strict=True))
