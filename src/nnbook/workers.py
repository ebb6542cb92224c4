"""Where many calls of one function run: in this process, in processes of this machine, on a Dask cluster.

Each place yields (i, function(*arguments[i])) as calls are done. Each call has one BLAS thread, so that sums
are rounded in the same order everywhere. A worker that dies is replaced, and what it was doing is done again.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from reprlib import repr as shortened
from typing import Any, TypeAlias

from threadpoolctl import threadpool_limits

from nnbook._extras import MissingExtraError

Function: TypeAlias = Callable[..., Any]
Arguments: TypeAlias = tuple[Any, ...]
Results: TypeAlias = Generator[tuple[int, Any], None, None]

TRIES = (
    2  # a call that saw as many deaths among others goes on alone, and has as many tries there
)
PATIENCE = 60  # seconds: for a Dask cluster to answer, and then for its first worker to come


class WorkerError(RuntimeError):
    """Calls cannot be carried out: no worker is there, or none that is fit for them."""


class DeadWorkerError(WorkerError):
    """The workers of one call die, again and again; `index` says which call."""

    def __init__(self, call: str, index: int) -> None:
        super().__init__(
            f"{call} kills its worker: it crashes the process, or needs more memory than there is"
        )
        self.index = index


def in_turn(function: Function, arguments: Sequence[Arguments]) -> Results:
    """Call in this process, in order."""
    for i, values in enumerate(arguments):
        with threadpool_limits(1):
            result = function(*values)
        yield i, result


def on_processes(function: Function, arguments: Sequence[Arguments], jobs: int) -> Results:
    """Call in `jobs` processes of this machine, two or more.

    A death ends all processes, and loky does not tell whose it was: every call under way is a suspect. Those
    that saw TRIES deaths come last and one at a time, which shows the culprit when all others are done.
    """
    waiting, deaths = dict(enumerate(arguments)), Counter[int]()
    while waiting:
        calm = [i for i in waiting if deaths[i] < TRIES]
        chosen = calm or [min(waiting, key=deaths.__getitem__)]
        begun: list[int] = []
        try:
            with _pool(function, arguments, chosen, jobs, begun) as results:
                for i, result in results:
                    del waiting[i]
                    yield i, result
        except BrokenProcessPool as error:
            deaths.update(i for i in begun if i in waiting)
            if deaths[chosen[0]] == 2 * TRIES:
                raise _dead(arguments, chosen[0]) from error


@contextmanager
def _pool(
    function: Function,
    arguments: Sequence[Arguments],
    chosen: list[int],
    jobs: int,
    begun: list[int],
) -> Iterator[Iterator[tuple[int, Any]]]:
    """The results of the chosen calls; `begun` lists those that a worker may have started."""
    try:
        from joblib import Parallel, delayed, parallel_config
    except ImportError as error:
        raise MissingExtraError("joblib", "run") from error

    def calls() -> Generator[Any, None, None]:
        for i in chosen:
            begun.append(i)
            yield delayed(_call)(function, i, arguments[i])

    with parallel_config(backend="loky", inner_max_num_threads=1):
        results = Parallel(n_jobs=jobs, return_as="generator_unordered")(calls())
    try:
        yield results
    finally:
        with warnings.catch_warnings():  # joblib warns that who stops early loses work
            warnings.filterwarnings("ignore", r"[\s\S]*limit unnecessary computation time")
            results.close()


def on_cluster(function: Function, arguments: Sequence[Arguments], scheduler: str) -> Results:
    """Call on the Dask cluster whose scheduler listens at this address.

    This is not joblib's backend for Dask: that one waits forever for a call that has killed its workers.
    Dask gives up a call that saw some deaths, its own or not; here it has another chance, alone.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise MissingExtraError("distributed", "dask") from error
    try:
        client = Client(scheduler, set_as_default=False, timeout=PATIENCE)
    except OSError as error:
        raise WorkerError(f"no Dask scheduler answers at {scheduler}") from error
    with client:
        suspects = []
        for i, future in _submitted(client, function, arguments):
            try:
                yield future.result()
            except KilledWorker:
                suspects.append(i)
            except CancelledError as error:
                raise WorkerError(f"the Dask scheduler at {scheduler} is gone") from error
        culprits = []
        for i in suspects:
            try:
                yield client.submit(_call, function, i, arguments[i], pure=False).result()
            except KilledWorker:
                culprits.append(i)
        if culprits:
            raise _dead(arguments, culprits[0])


def _submitted(
    client: Any, function: Function, arguments: Sequence[Arguments]
) -> Iterator[tuple[int, Any]]:
    """The calls as futures, each with its number, as they are done."""
    from distributed import as_completed

    order = range(len(arguments))
    futures = client.map(partial(_call, function), order, arguments, pure=False)
    numbers = {future.key: i for i, future in enumerate(futures)}
    done = as_completed(futures, loop=client.loop)
    futures.clear()  # else the cluster would keep every result until the end
    try:  # only now: a cluster that grows on demand waits for calls
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise WorkerError(
            f"the Dask cluster at {client.scheduler.address} has no worker"
        ) from error
    for future in done:
        yield numbers[future.key], future


def _call(function: Function, i: int, values: Arguments) -> tuple[int, Any]:
    """What a worker does. Its threads share one limit, and none of them may lift it while others compute."""
    threadpool_limits(1)
    return i, function(*values)


def _dead(arguments: Sequence[Arguments], i: int) -> DeadWorkerError:
    return DeadWorkerError(f"call {i} with the arguments {shortened(arguments[i])}", i)
