"""Places to run: one BLAS thread, deaths survived or told, errors passed on, nothing left running."""

import os
import signal
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from cluster import cluster, start_cluster  # noqa: F401
from threadpoolctl import threadpool_info, threadpool_limits

from nnbook import workers
from nnbook.workers import DeadWorkerError, WorkerError, in_turn, on_cluster, on_processes


@pytest.fixture(params=["in turn", "processes", "cluster"])
def place(request):
    """A place to run, given a function and arguments."""
    if request.param == "in turn":
        return in_turn
    if request.param == "processes":
        return lambda function, arguments: on_processes(function, arguments, 2)
    address = request.getfixturevalue("cluster")
    return lambda function, arguments: on_cluster(function, arguments, address)


@pytest.fixture(params=["processes", "cluster"])
def elsewhere(request):
    """A place outside this process."""
    if request.param == "processes":
        return lambda function, arguments: on_processes(function, arguments, 2)
    address = request.getfixturevalue("cluster")
    return lambda function, arguments: on_cluster(function, arguments, address)


def note(log, what):
    """Add a line to a file, and say what lines it has."""
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")


def lines(log):
    return Path(log).read_text("utf-8").split()


# --- results --------------------------------------------------------------------------------------


def power(base, exponent):
    return base**exponent


def test_every_call_comes_once_with_its_number(place):
    arguments = [(i, 2) for i in range(20)]
    results = list(place(power, arguments))
    assert sorted(results) == [(i, i**2) for i in range(20)]


def test_no_calls_give_no_results(place):
    assert list(place(power, [])) == []


def test_closures_are_carried_along(place):
    offset = 7
    assert dict(place(lambda x: x + offset, [(1,), (2,)])) == {0: 8, 1: 9}


def process_and_threads(pause):
    """The process, and the threads of its BLAS before and after a pause."""
    seen = []
    for _ in range(2):
        np.ones((2, 2)) @ np.ones((2, 2))
        seen += [i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"]
        time.sleep(pause)
    return os.getpid(), seen


def test_each_call_has_one_thread_even_if_others_end_before_it(place):
    pauses = [(0.01 * (1 + i % 4),) for i in range(12)]
    with threadpool_limits(2):
        before = process_and_threads(0)
        results = dict(place(process_and_threads, pauses))
        assert process_and_threads(0) == before
    assert len(results) == len(pauses)
    assert {count for _, seen in results.values() for count in seen} == {1}
    used = {process for process, _ in results.values()}
    assert used == {os.getpid()} if place is in_turn else len(used - {os.getpid()}) in (1, 2)


def fails_at_three(i):
    if i == 3:
        raise ZeroDivisionError("in call three")
    return i


def test_an_error_in_a_call_comes_through(place):
    with pytest.raises(ZeroDivisionError, match="in call three"):
        list(place(fails_at_three, [(i,) for i in range(6)]))


def slow(i, log):
    note(log, i)
    time.sleep(0.05)
    return i


def test_to_stop_early_cancels_the_rest_without_a_word(place, tmp_path):
    log = tmp_path / "log"
    results = place(slow, [(i, str(log)) for i in range(200)])
    assert next(results)[0] in range(10)
    results.close()
    time.sleep(0.2)
    assert len(lines(log)) < 50


# --- deaths ---------------------------------------------------------------------------------------


def kills_itself(i, folder, deadly):
    """A call whose process dies so many times."""
    note(f"{folder}/log", i)
    time.sleep(0.02)
    tomb = Path(folder, str(i))
    deaths = len(tomb.read_text()) if tomb.exists() else 0
    if deaths < deadly.get(i, 0):
        tomb.write_text("+" * (deaths + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return i * i


def test_the_work_of_a_worker_that_dies_is_done_again(elsewhere, tmp_path):
    deadly = {3: 1}
    calls = [(i, str(tmp_path), deadly) for i in range(12)]
    assert sorted(elsewhere(kills_itself, calls)) == [(i, i * i) for i in range(12)]
    assert (tmp_path / "3").read_text() == "+"
    assert len(lines(tmp_path / "log")) >= 13


def test_a_call_that_always_kills_its_worker_is_named(elsewhere, tmp_path):
    calls = [(i, str(tmp_path), {5: 99}) for i in range(8)]
    found = {}
    with pytest.raises(DeadWorkerError) as error:
        found.update(elsewhere(kills_itself, calls))
    assert error.value.index == 5
    assert str(error.value).startswith("call 5 with the arguments (5, ")
    assert "kills its worker" in str(error.value)
    assert found == {i: i * i for i in range(8) if i != 5}


def test_who_died_once_beside_two_others_who_did_is_not_blamed(tmp_path):
    calls = [(i, str(tmp_path), {3: 1, 4: 1, 5: 1}) for i in range(8)]
    assert sorted(on_processes(kills_itself, calls, 2)) == [(i, i * i) for i in range(8)]


# --- a cluster that is not there ------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 0.5)


def test_without_a_scheduler(impatient):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(WorkerError, match=f"^no Dask scheduler answers at {address}$"):
        list(on_cluster(power, [(1, 2)], address))


def test_without_a_worker(impatient, tmp_path):
    with start_cluster(tmp_path, workers=0) as empty:
        address = empty.scheduler_address
        with pytest.raises(WorkerError, match=f"^the Dask cluster at {address} has no worker$"):
            list(on_cluster(power, [(1, 2)], address))


def test_when_the_scheduler_goes_away(tmp_path):
    with start_cluster(tmp_path, workers=1) as short_lived:
        address = short_lived.scheduler_address
        results = on_cluster(slow, [(i, str(tmp_path / "log")) for i in range(99)], address)
        next(results)
    with pytest.raises(WorkerError, match=f"^the Dask scheduler at {address} is gone$"):
        list(results)
