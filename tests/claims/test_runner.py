"""Running claims: the same numbers on any number of processes, and after any interruption."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import dask
import numpy as np
import pytest
import scipy
import tiny_claims
from cluster import SETTINGS, start_cluster
from joblib.externals.loky import get_reusable_executor
from tiny_claims import CLAIMS, LEAD, NOISE, T01, T02, TASKS

from nnbook.claims import runner
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Journal
from nnbook.claims.model import Measure
from nnbook.claims.records import load_record, read_body
from nnbook.claims.runner import run_claims
from nnbook.claims.tasks import processor, run_seed
from nnbook.experiments.protocol import Experiment
from nnbook.workers import DeadWorkerError, WorkerError


def run(home, *, claims=CLAIMS, **workers):
    folders = {"folder": home / "results", "journals": home / "journals"}
    run_claims(claims.values(), **folders, **(workers or {"jobs": 1}))


# --- what comes out -------------------------------------------------------------------------------


@pytest.fixture
def workers():
    """Workers that are started by the test and see its environment."""
    get_reusable_executor().shutdown(wait=True)
    yield
    get_reusable_executor().shutdown(wait=True)


def test_two_processes_give_the_numbers_of_one(whole, tmp_path, contents, ran, workers):
    run(tmp_path, jobs=2)
    assert contents(tmp_path / "results") == contents(whole / "results")
    assert len(ran()) == len(set(ran())) == TASKS


@pytest.fixture
def cluster(tmp_path, ran):
    """A Dask cluster whose workers see the environment of the test."""
    with dask.config.set(SETTINGS), start_cluster(tmp_path / "dask") as cluster:
        yield {"backend": "dask", "scheduler": cluster.scheduler_address}


def test_a_cluster_gives_the_numbers_of_one_process(whole, tmp_path, contents, ran, cluster):
    run(tmp_path, **cluster)
    assert contents(tmp_path / "results") == contents(whole / "results")
    assert len(ran()) == len(set(ran())) == TASKS


def test_a_worker_with_other_code_is_refused(tmp_path, ran, monkeypatch):
    asked = {"code": "abc", "numpy": np.__version__, "scipy": "1.0"}
    monkeypatch.setattr(runner, "requirements_of", lambda experiment, graph: asked)
    with pytest.raises(WorkerError, match=r"must have the same code and scipy as the process"):
        run(tmp_path)
    assert ran() == []


def test_a_record_names_all_processors_of_its_runs(whole, tmp_path, monkeypatch):
    shutil.copytree(whole / "journals", tmp_path / "journals")
    for path in (tmp_path / "journals").glob("tiny_lead*"):
        path.write_text(
            path.read_text("utf-8").replace(f'"{processor()}"', '"abacus"'), "utf-8"
        )
    run(tmp_path)
    assert read_body(T01, tmp_path / "results")["processor"] == processor()
    both = ", ".join(sorted(["abacus", processor()]))
    assert read_body(T02, tmp_path / "results")["processor"] == both


def test_a_record_holds_what_its_runs_returned(whole):
    body = read_body(T02, whole / "results")
    outcomes = [run_seed(NOISE, seed, {})[0] for seed in range(NOISE.seeds)]
    assert body["values"]["level"] == [outcome["level"] for outcome in outcomes]
    assert body["curves"]["curve"] == [outcome["curve"] for outcome in outcomes]
    leads = [
        run_seed(LEAD, seed, {"a": 0.2, "b": 0.4})[0]["lead"] for seed in range(LEAD.seeds)
    ]
    assert body["values"]["lead"] == leads
    assert body["curves"]["a"] == [0.2] * LEAD.seeds
    assert set(body["values"]) == {"lead", "level"}


def test_a_record_says_how_it_was_made(whole):
    body = read_body(T02, whole / "results")
    assert body["rates"] == {"tiny_lead": {"a": 0.2, "b": 0.4}}
    mean = 1e-3 * np.mean([seed % 2 for _, _, seed in LEAD.trials()])
    expected = {"a": [-0.1, 0, -0.2, None], "b": [-0.3, -0.2, 0, None]}  # None: it diverged
    for arm, row in expected.items():
        shifted = [None if v is None else v + mean for v in row]
        assert body["scores"]["tiny_lead"][arm] == [
            None if v is None else pytest.approx(v) for v in shifted
        ]
    assert body["versions"] == {
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }
    assert body["processor"] == processor()
    assert 0 <= body["seconds"] < 60
    assert body["measures"]["lead"]["reading"] == "fails"


def test_what_is_done_is_not_done_again(whole, tmp_path, contents, ran):
    shutil.copytree(whole / "journals", tmp_path / "journals")
    run(tmp_path)
    assert ran() == []
    assert contents(tmp_path / "results") == contents(whole / "results")


def test_claims_share_the_runs_of_an_experiment(tmp_path, ran):
    run(tmp_path, claims={"T01": T01})
    assert len(ran()) == NOISE.seeds
    run(tmp_path)
    assert len(ran()) == TASKS


def test_changed_seeds_run_anew(tmp_path, ran):
    run(tmp_path, claims={"T01": T01})
    fewer = replace(NOISE, seeds=3)
    claim = replace(T01, measures=tuple(replace(m, experiment=fewer) for m in T01.measures))
    run(tmp_path, claims={"T01": claim})
    assert ran()[NOISE.seeds :] == ["noise 0", "noise 1", "noise 2"]


def breaks_at_two(seed):
    """A run with a bug that shows at seed 2."""
    tiny_claims.log("broken", seed)
    if seed == 2:
        raise ZeroDivisionError("seed 2")
    return {"level": float(seed)}


def test_a_run_that_raises_stops_and_keeps_what_is_finished(tmp_path, ran):
    broken = Experiment("tiny_broken", breaks_at_two, seeds=4)
    claim = replace(T01, measures=(Measure("level", "Level", broken, low=0),))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError, match="seed 2"):
            run(tmp_path, claims={"T01": claim})
    assert ran()[:4] == ["broken 0", "broken 1", "broken 2", "broken 2"]
    assert not list(tmp_path.glob("results/*"))
    journal = Journal.open(broken, CodeGraph(), tmp_path / "journals")
    assert len(journal.done) == 2


def kills_its_worker(seed):
    """A run that crashes the process at seed 2."""
    tiny_claims.log("killer", seed)
    if seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"level": float(seed)}


def test_a_run_that_kills_its_worker_is_named_and_all_others_are_kept(tmp_path, ran, workers):
    killer = Experiment("tiny_killer", kills_its_worker, seeds=6)
    claim = replace(T01, measures=(Measure("level", "Level", killer, low=0),))
    with pytest.raises(DeadWorkerError, match=r"^run 2 of tiny_killer kills its worker"):
        run(tmp_path, claims={"T01": claim}, jobs=2)
    assert 2 <= ran().count("killer 2") <= 4
    journal = Journal.open(killer, CodeGraph(), tmp_path / "journals")
    assert {outcome["level"] for outcome, _ in journal.done.values()} == {0, 1, 3, 4, 5}


# --- interruptions --------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Start the tiny command line in a process group of its own; no process outlives the test."""
    monkeypatch.setenv("TINY_PAUSE", "0.05")
    started = []

    def start(*options):
        command = [sys.executable, tiny_claims.__file__, str(tmp_path), *options]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        finally:
            process.communicate()


def wait_for(condition, process, seconds=60):
    """Wait until something is so, while the process lives."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.005)


def journaled(home):
    """How many runs the journals hold."""
    graph, folder = CodeGraph(), home / "journals"
    return sum(len(Journal.open(e, graph, folder).done) for e in (NOISE, LEAD))


TUNING, MEASURING = 3, len(LEAD.trials()) + 3


@pytest.mark.parametrize(
    ("number", "jobs", "after"),
    [
        (signal.SIGKILL, 1, TUNING),
        (signal.SIGKILL, 2, MEASURING),
        (signal.SIGINT, 1, MEASURING),
        (signal.SIGINT, 2, TUNING),
    ],
)
def test_an_interrupted_run_goes_on_where_it_stopped(
    whole, tmp_path, contents, ran, start, monkeypatch, number, jobs, after
):
    process = start("--jobs", str(jobs))
    wait_for(lambda: len(ran()) >= after, process)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    if number == signal.SIGINT:
        assert "Stopped. What is finished is kept" in said

    graph = CodeGraph()
    for path in (tmp_path / "results").glob("*.json"):
        load_record(CLAIMS[path.stem], graph, tmp_path / "results")  # whole, or it would raise
    monkeypatch.delenv("TINY_PAUSE")
    before, kept = len(ran()), journaled(tmp_path)
    assert after - 2 * jobs <= kept < TASKS
    run(tmp_path, jobs=1)
    assert len(ran()) == before + TASKS - kept
    assert contents(tmp_path / "results") == contents(whole / "results")


def test_an_interrupted_run_on_a_cluster_goes_on_without_it(
    whole, tmp_path, contents, ran, start, monkeypatch
):
    with start_cluster(tmp_path / "dask") as cluster:
        process = start("--backend", "dask", "--scheduler", cluster.scheduler_address)
        wait_for(lambda: len(ran()) >= MEASURING, process)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. What is finished is kept" in said
    monkeypatch.delenv("TINY_PAUSE")
    before, kept = len(ran()), journaled(tmp_path)
    assert len(LEAD.trials()) <= kept < TASKS
    run(tmp_path)
    assert len(ran()) == before + TASKS - kept
    assert contents(tmp_path / "results") == contents(whole / "results")


def test_a_journal_cut_in_the_middle_of_a_line_is_mended(whole, tmp_path, contents, ran):
    shutil.copytree(whole / "journals", tmp_path / "journals")
    for path in (tmp_path / "journals").glob("*.jsonl"):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])
    run(tmp_path)
    assert 0 < len(ran()) < TASKS / 2
    assert contents(tmp_path / "results") == contents(whole / "results")


def test_the_results_folder_holds_records_only(whole):
    assert {path.name for path in (whole / "results").iterdir()} == {"T01.json", "T02.json"}
    assert {Path(path).suffix for path in (whole / "journals").iterdir()} == {".jsonl"}
    assert set(CLAIMS) == {"T01", "T02"}
    assert {e.name for e in T02.experiments} == {"tiny_lead", "tiny_noise"}
