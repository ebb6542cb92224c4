"""What a worker does for a claim: one trial or one run, by the code and the libraries that are asked for."""

import platform
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import scipy
from threadpoolctl import threadpool_info

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Arguments, task_key
from nnbook.claims.records import experiment_fingerprint
from nnbook.experiments.protocol import Experiment, Outcome, Rates, perform
from nnbook.workers import WorkerError

LOCK = Lock()  # Python 3.11 cannot parse in two threads at once, and a Dask worker has many


class Task(NamedTuple):
    """One trial or one run of an experiment; kind is "trial" or "run"."""

    #: Whose trial or run it is.
    experiment: Experiment
    #: "trial" or "run".
    kind: str
    #: What it is called with.
    arguments: Arguments

    def __str__(self) -> str:
        return f"{self.kind} {' '.join(map(str, self.arguments))} of {self.experiment.name}"

    @property
    def key(self) -> str:
        """How the journal of the experiment names the task."""
        return task_key(self.kind, self.arguments)


def run_task(task: Task, rates: Rates, requirements: dict[str, str]) -> tuple[Any, float, str]:
    """The outcome of a task, its seconds, and the processor that it ran on.

    Raises:
        WorkerError: this process does not meet the `requirements` of who asks for the task.
    """
    here = requirements_of(task.experiment, _code())
    other = [name for name in requirements if here[name] != requirements[name]]
    if other:
        raise WorkerError(
            f"the worker on {platform.node()} must have the same {' and '.join(other)} as the "
            "process that asks: install the same revision and the same requirements.lock there"
        )
    if task.kind == "trial" and task.experiment.trial:
        return *perform(task.experiment.trial, *task.arguments), processor()
    return *run_seed(task.experiment, task.arguments[0], rates), processor()


def run_seed(experiment: Experiment, seed: int, rates: Rates) -> tuple[Outcome, float]:
    """One seed of an experiment, exactly as it is recorded and replayed."""
    return (
        perform(experiment.run, seed, rates)
        if experiment.arms
        else perform(experiment.run, seed)
    )


def requirements_of(experiment: Experiment, graph: CodeGraph) -> dict[str, str]:
    """What numbers of an experiment depend on, apart from the processor."""
    return {
        "code": experiment_fingerprint(experiment, graph),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def _code() -> CodeGraph:
    """The code of this process, read once: what is changed on disk later it does not run."""
    with LOCK:
        return _read_code()


@cache
def _read_code() -> CodeGraph:
    return CodeGraph()


def processor() -> str:
    """The processor as the linear algebra library sees it: on one kind, replays agree to the last bits."""
    kinds = {
        info.get("architecture", "") for info in threadpool_info() if info["user_api"] == "blas"
    }
    return " ".join([platform.machine(), *sorted(filter(None, kinds))])
