"""Many calls of one function, on all cores or on a cluster: same seeds, same numbers, wherever they run."""

from collections.abc import Sequence
from contextlib import closing
from numbers import Integral
from re import fullmatch
from typing import Any

from nnbook._checks import check_choice, check_function, refuse, show
from nnbook._extras import MissingExtraError
from nnbook.workers import Arguments, Function, Results, in_turn, on_cluster, on_processes

BACKENDS = ("loky", "dask")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in `starmap`; `finished` holds what was done by then: index of a call -> its result."""

    def __init__(self, finished: dict[int, Any]) -> None:
        super().__init__(f"{len(finished)} calls were done; `finished` holds their results")
        self.finished = finished


def starmap(
    function: Function,
    arguments: Sequence[Arguments],
    *,
    jobs: int = -1,
    backend: str = "loky",
    scheduler: str | None = None,
) -> list[Any]:
    """The results of function(*a) for each a of the arguments, in their order; options as in `as_completed`.

    Raises:
        Interrupted: Ctrl-C; the error holds what is finished.
    """
    finished: dict[int, Any] = {}
    calls = as_completed(function, arguments, jobs=jobs, backend=backend, scheduler=scheduler)
    try:
        with closing(calls):
            finished.update(calls)
    except KeyboardInterrupt as stop:
        raise Interrupted(finished) from stop
    return [finished[i] for i in range(len(arguments))]


def as_completed(
    function: Function,
    arguments: Sequence[Arguments],
    *,
    jobs: int = -1,
    backend: str = "loky",
    scheduler: str | None = None,
) -> Results:
    """Yield (i, function(*arguments[i])) as calls are done, in any order; to stop early cancels the rest.

    Args:
        function: any that does not depend on the process it runs in; a lambda or a closure will do.
        arguments: one tuple a call.
        jobs: processes, -1 for all cores; with 1 the calls are in this process. A cluster has its own number.
        backend: "loky" for processes of this machine, "dask" for a cluster.
        scheduler: where the scheduler of the cluster listens, "tcp://host:port".

    Raises:
        WorkerError: the cluster does not answer, or (a DeadWorkerError) a call keeps killing its worker.
    """
    check_workers(jobs, backend, scheduler)
    check_function("function", function)
    if not isinstance(arguments, Sequence) or not all(isinstance(a, tuple) for a in arguments):
        raise refuse("arguments", "a sequence of tuples, one for each call", show(arguments))
    if scheduler is not None:
        return on_cluster(function, arguments, scheduler)
    jobs = min(_cores() if jobs == -1 else jobs, len(arguments))
    return on_processes(function, arguments, jobs) if jobs > 1 else in_turn(function, arguments)


def check_workers(jobs: int, backend: str, scheduler: str | None) -> None:
    """Refuse a number of processes, a backend or an address that cannot be."""
    if isinstance(jobs, bool) or not isinstance(jobs, Integral) or (jobs < 1 and jobs != -1):
        raise refuse("jobs", "a whole number of at least 1, or -1 for all cores", show(jobs))
    check_choice("backend", backend, BACKENDS)
    if backend != "dask" and scheduler is not None:
        raise refuse("scheduler", 'None unless backend is "dask"', show(scheduler))
    if backend == "dask" and not fullmatch(
        r"(tcp|tls|ucx|wss?)://[^/\s]+:\d+/?", str(scheduler)
    ):
        raise refuse("scheduler", "an address such as tcp://host:8786", show(scheduler))


def _cores() -> int:
    try:
        from joblib import cpu_count
    except ImportError as error:
        raise MissingExtraError("joblib", "run") from error
    return int(cpu_count())
