"""Runs in parallel: the same numbers everywhere, what is finished is kept, and clear refusals."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from cluster import cluster  # noqa: F401

from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.parallel import Interrupted, as_completed, starmap
from nnbook.training import train


@pytest.fixture(params=["1 process", "2 processes", "all cores", "cluster"])
def options(request):
    """Where to run."""
    if request.param == "cluster":
        return {"backend": "dask", "scheduler": request.getfixturevalue("cluster")}
    return {"jobs": {"1 process": 1, "2 processes": 2, "all cores": -1}[request.param]}


# --- the same numbers -----------------------------------------------------------------------------


def losses(seed, width):
    """A training run, and a sum so long that BLAS would share it out among threads, and round otherwise."""
    rng = np.random.default_rng(seed)
    x, labels = rng.standard_normal((256, width)), rng.integers(10, size=256)
    model = mlp((width, 64, 10), rng=rng)
    steps = train(model, cross_entropy, SGD(0.1), x, labels, epochs=4, batch_size=128, rng=rng)
    return [float(step.loss) for step in steps] + [float(x.ravel() @ x.ravel())]


RUNS = [(seed, 200 + 40 * seed) for seed in range(6)]


@pytest.fixture(scope="module")
def expected():
    return starmap(losses, RUNS, jobs=1)


def test_numbers_and_their_order_do_not_depend_on_where_they_come_from(options, expected):
    assert len({run[-1] for run in expected}) == len(RUNS)
    assert starmap(losses, RUNS, **options) == expected


def test_results_come_with_their_numbers(options, expected):
    found = list(as_completed(losses, RUNS, **options))
    assert sorted(found) == list(enumerate(expected))


def test_nothing_to_do_gives_nothing(options):
    assert starmap(losses, [], **options) == []


def process(_):
    time.sleep(0.02)
    return os.getpid()


def test_jobs_is_the_number_of_processes():
    many = [(i,) for i in range(12)]
    assert set(starmap(process, many, jobs=1)) == {os.getpid()}
    assert starmap(process, many[:1], jobs=2) == [os.getpid()]  # one call needs no other
    two = set(starmap(process, many, jobs=2))
    assert len(two - {os.getpid()}) == len(two) == 2


# --- Ctrl-C ---------------------------------------------------------------------------------------


def slow(i, log):
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"{i}\n")
    time.sleep(0.05)
    return i * i


def interrupt_after(log, count):
    """Send this process the signal of Ctrl-C once so many calls have begun."""
    while not log.exists() or len(log.read_text("utf-8").split()) < count:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_hands_over_what_is_finished(options, tmp_path):
    log = tmp_path / "log"
    watcher = Thread(target=interrupt_after, args=(log, 12))
    watcher.start()
    with pytest.raises(Interrupted) as stop:
        starmap(slow, [(i, str(log)) for i in range(400)], **options)
    watcher.join()
    finished = stop.value.finished
    assert 0 < len(finished) < 100
    assert finished == {i: i * i for i in finished}
    assert f"{len(finished)} calls were done" in str(stop.value)
    assert isinstance(stop.value, KeyboardInterrupt)  # `except Exception` does not swallow it


# --- refusals -------------------------------------------------------------------------------------

REFUSALS = [
    ({"jobs": 0}, "jobs must be a whole number of at least 1, or -1 for all cores, got 0"),
    ({"jobs": -2}, "jobs must be a whole number of at least 1, or -1 for all cores, got -2"),
    ({"jobs": 1.5}, "jobs must be a whole number of at least 1, or -1 for all cores, got 1.5"),
    (
        {"jobs": True},
        "jobs must be a whole number of at least 1, or -1 for all cores, got True",
    ),
    ({"function": "losses"}, "function must be a function, got 'losses'"),
    (
        {"arguments": [1, 2]},
        "arguments must be a sequence of tuples, one for each call, got [1, 2]",
    ),
    ({"arguments": 3}, "arguments must be a sequence of tuples, one for each call, got 3"),
    ({"backend": "threads"}, "backend must be one of dask, loky, got 'threads'"),
    (
        {"scheduler": "tcp://127.0.0.1:8786"},
        "scheduler must be None unless backend is \"dask\", got 'tcp://127.0.0.1:8786'",
    ),
    *(
        (
            {"backend": "dask", "scheduler": address},
            f"scheduler must be an address such as tcp://host:8786, got {address!r}",
        )
        for address in (None, "", "localhost", "localhost:8786", "http://h:1", "tcp://h")
    ),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS)
@pytest.mark.parametrize("function", [starmap, as_completed])
def test_refusals_come_before_any_call(function, change, message):
    called = []
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        function(**{"function": called.append, "arguments": [(1,)]} | change)
    assert called == []


# --- without the extras ---------------------------------------------------------------------------

WITHOUT = """
import json, pkgutil, sys
for name in ("joblib", "distributed", "tqdm", "pooch", "sklearn"):
    sys.modules[name] = None
import nnbook
for module in pkgutil.walk_packages(nnbook.__path__, "nnbook."):
    if module.name not in ("nnbook.plotting", "nnbook.drawings"):
        __import__(module.name)
from nnbook.claims.runner import run_claims
from nnbook.datasets import mnist
from nnbook.experiments import repeat
from nnbook.parallel import starmap
said = {"one process": repeat(abs, 3, jobs=1)}
for name, call in {
    "all cores": lambda: repeat(abs, 3),
    "two processes": lambda: starmap(abs, [(1,), (2,)], jobs=2),
    "cluster": lambda: starmap(abs, [(1,)], backend="dask", scheduler="tcp://127.0.0.1:1"),
    "claims": lambda: run_claims([], jobs=1),
    "mnist": mnist,
}.items():
    try:
        call()
    except ImportError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def test_the_package_imports_without_its_extras_and_says_which_one_is_missing():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    advice = "{} is missing: install nnbook with its extra '{}', in its folder by: pip install '.[{}]'"
    assert json.loads(done.stdout) == {
        "one process": [0, 1, 2],
        "all cores": advice.format("joblib", "run", "run"),
        "two processes": advice.format("joblib", "run", "run"),
        "cluster": advice.format("distributed", "dask", "dask"),
        "claims": advice.format("tqdm", "run", "run"),
        "mnist": advice.format("pooch", "data", "data"),
    }


def test_partials_and_results_that_are_no_numbers_pass(options):
    done = starmap(partial(dict, kind="run"), [((("seed", i),),) for i in range(3)], **options)
    assert done == [{"seed": i, "kind": "run"} for i in range(3)]
