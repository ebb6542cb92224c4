"""Runs what is stale, in parallel, and writes the record of each claim as soon as its runs are there."""

import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_info
from tqdm import tqdm

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Arguments, Journal, task_key
from nnbook.claims.model import Claim
from nnbook.claims.records import RESULTS, SCHEMA, claim_fingerprint, judge, write_record
from nnbook.experiments.protocol import Experiment, Outcome, Rates, perform

JOURNALS = RESULTS.parents[1] / "_build" / "runs"

Task = tuple[Experiment, str, Arguments]


def run_seed(experiment: Experiment, seed: int, rates: Rates) -> tuple[Outcome, float]:
    """One seed of an experiment, exactly as it is recorded and replayed."""
    return (
        perform(experiment.run, seed, rates)
        if experiment.arms
        else perform(experiment.run, seed)
    )


def run_claims(
    claims: Iterable[Claim],
    *,
    jobs: int = -1,
    folder: Path = RESULTS,
    journals: Path = JOURNALS,
) -> None:
    """Run every experiment of the claims: first the trials that choose learning rates, then the seeds."""
    waiting, graph = list(claims), CodeGraph()
    experiments = {e.name: e for claim in waiting for e in claim.experiments}
    books = {name: Journal.open(e, graph, journals) for name, e in experiments.items()}
    trials: list[Task] = [(e, "trial", t) for e in experiments.values() for t in e.trials()]
    runs: list[Task] = [
        (e, "run", (seed,)) for e in experiments.values() for seed in range(e.seeds)
    ]
    interval = 0.2 if sys.stderr.isatty() else 15  # a log wants few lines
    with tqdm(
        total=len(trials) + len(runs), unit="run", smoothing=0.05, mininterval=interval
    ) as bar:
        for tasks in (trials, runs):
            for experiment in _run_all(tasks, books, jobs):
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
        "processor": processor(),
    }


def versions() -> dict[str, str]:
    """The versions that a record was made with."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def processor() -> str:
    """The processor as the linear algebra library sees it: on one kind, replays agree to the last bits."""
    kinds = {
        info.get("architecture", "") for info in threadpool_info() if info["user_api"] == "blas"
    }
    return " ".join([platform.machine(), *sorted(filter(None, kinds))])


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


def _run_all(
    tasks: Sequence[Task], books: dict[str, Journal], jobs: int
) -> Iterator[Experiment]:
    """Run what no journal holds; yield the experiment of each task as it is done."""
    missing = []
    for task in tasks:
        if task_key(*task[1:]) in books[task[0].name].done:
            yield task[0]
        else:
            missing.append(task)
    rates = {
        name: {} if kind == "trial" else books[name].rates(e)
        for e, kind, _ in missing
        for name in [e.name]
    }
    calls = (delayed(_numbered)(i, task, rates[task[0].name]) for i, task in enumerate(missing))
    with parallel_config(backend="loky", inner_max_num_threads=1):
        for i, (outcome, seconds) in Parallel(n_jobs=jobs, return_as="generator_unordered")(
            calls
        ):
            experiment, kind, arguments = missing[i]
            books[experiment.name].add(task_key(kind, arguments), outcome, seconds)
            yield experiment


def _numbered(i: int, task: Task, rates: Rates) -> tuple[int, tuple[Any, float]]:
    """What a worker runs; the number says which task it was, since tasks finish in any order."""
    experiment, kind, arguments = task
    if kind == "trial" and experiment.trial:
        return i, perform(experiment.trial, *arguments)
    return i, run_seed(experiment, arguments[0], rates)


def _complete(claim: Claim, books: dict[str, Journal]) -> bool:
    return all(books[e.name].complete(e) for e in claim.experiments)


def _score_table(experiment: Experiment, journal: Journal) -> dict[str, list[float | None]]:
    """Mean tuning score by arm along the grid; None where a run diverged."""
    shape = (len(experiment.arms), len(experiment.grid), -1)
    means = np.asarray(journal.scores(experiment), dtype=float).reshape(shape).mean(axis=2)
    rows = [[float(v) if np.isfinite(v) else None for v in row] for row in means]
    return dict(zip(experiment.arms, rows, strict=True))
