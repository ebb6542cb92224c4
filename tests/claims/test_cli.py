"""The command line: which claims run, what is said, and what is left alone."""

import subprocess
import sys

import pytest
import tiny_claims
from tiny_claims import NOISE, T01, TASKS

import nnbook.claims.__main__ as command_line
from nnbook import workers
from nnbook.claims import CLAIMS
from nnbook.claims.records import load_record


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Call the command line with the tiny claims; gives its status, and what it said."""
    for attribute, value in tiny_claims.redirect(tmp_path).items():
        monkeypatch.setattr(command_line, attribute, value)

    def call(*options):
        status = command_line.main(
            ["--results", str(tmp_path / "results"), "--jobs=1", *options]
        )
        return status, *capsys.readouterr()

    return call


def records(tmp_path):
    return {path.name: path.read_bytes() for path in (tmp_path / "results").glob("*")}


def test_everything_runs_once_and_is_told_in_a_table(call, tmp_path, ran):
    status, out, _ = call()
    assert status == 0
    assert "ran 2 of 2 claims" in out
    assert set(records(tmp_path)) == {"T01.json", "T02.json"}
    record = load_record(T01, folder=tmp_path / "results")
    span = record.intervals["level"]
    assert f"holds      {span.mean:.4g} [{span.low:.4g}, {span.high:.4g}] m" in out
    assert "T02  holds in part" in out
    status, out, _ = call()
    assert status == 0
    assert "ran 0 of 2 claims" in out
    assert len(ran()) == TASKS


def test_only_the_named_claims_run(call, tmp_path, ran):
    status, out, _ = call("T01")
    assert (status, set(records(tmp_path))) == (0, {"T01.json"})
    assert "ran 1 of 1 claims" in out
    assert "T02" not in out
    assert len(ran()) == NOISE.seeds


def test_a_record_that_was_edited_is_made_again_from_the_journal(call, tmp_path, ran):
    call("T01")
    before = records(tmp_path)
    path = tmp_path / "results" / "T01.json"
    path.write_text(path.read_text("utf-8").replace('"holds"', '"fails"'), encoding="utf-8")
    status, *_ = call("T01")
    assert (status, records(tmp_path)) == (0, before)
    assert len(ran()) == NOISE.seeds


def test_unknown_ids_are_refused_with_the_known_ones(call, tmp_path, ran):
    status, _, err = call("T01", "T9", "X")
    assert status == 2
    assert err == "ids must be among T01, T02; got T9, X\n"
    assert (ran(), records(tmp_path)) == ([], {})


def test_check_runs_nothing_and_says_what_is_stale(call, tmp_path, ran):
    status, out, err = call("--check")
    assert status == 1
    assert out == "0 fresh, 2 stale\n"
    assert [line.split(": ")[0] for line in err.splitlines()] == [
        str(tmp_path / "results" / name) for name in ("T01.json", "T02.json")
    ]
    assert (ran(), records(tmp_path)) == ([], {})
    call("T01")
    assert call("--check")[:2] == (1, "1 fresh, 1 stale\n")
    assert call("--check", "T01") == (0, "1 fresh, 0 stale\n", "")


def test_seeds_explores_and_records_nothing(call, tmp_path, ran):
    call("T01")
    before, count = records(tmp_path), len(ran())
    status, out, _ = call("--seeds", "3", "T01")
    assert status == 0
    assert "T01  holds" in out
    assert ran()[count:] == ["noise 0", "noise 1", "noise 2"]
    assert records(tmp_path) == before


@pytest.mark.parametrize("seeds", ["0", "-1", "2.5", "many"])
def test_a_number_of_seeds_that_is_none_is_refused(call, tmp_path, ran, capsys, seeds):
    with pytest.raises(SystemExit) as exit_:
        call("--seeds", seeds)
    assert exit_.value.code == 2
    assert "--seeds" in capsys.readouterr().err
    assert (ran(), records(tmp_path)) == ([], {})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--jobs=0"], "jobs must be a whole number of at least 1, or -1 for all cores, got 0"),
        (["--backend=dask"], "scheduler must be an address such as tcp://host:8786, got None"),
        (
            ["--scheduler=tcp://host:8786"],
            "scheduler must be None unless backend is \"dask\", got 'tcp://host:8786'",
        ),
    ],
)
def test_workers_that_cannot_be_are_refused(call, tmp_path, ran, options, said):
    assert call(*options) == (2, "", f"{said}\n")
    assert (ran(), records(tmp_path)) == ([], {})


def test_a_cluster_that_does_not_answer_is_told_in_a_line(call, ran, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    status, _, err = call("--backend=dask", "--scheduler=tcp://127.0.0.1:1")
    assert status == 1
    assert err.endswith(
        "no Dask scheduler answers at tcp://127.0.0.1:1\nWhat is finished is kept.\n"
    )
    assert ran() == []


def test_force_runs_again_what_is_fresh(call, tmp_path, ran, contents):
    call("T01")
    before = contents(tmp_path / "results")
    status, out, _ = call("--force", "T01")
    assert (status, contents(tmp_path / "results")) == (0, before)
    assert "ran 1 of 1 claims" in out
    assert len(ran()) == 2 * NOISE.seeds


def test_ctrl_c_is_told_and_gives_130(call, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "run_claims", interrupted)
    for options in ([], ["--seeds", "2"], ["--force"]):
        status, _, err = call(*options)
        assert status == 130
        assert err.startswith("Stopped. What is finished is kept")


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "nnbook.claims", "C99"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"ids must be among {', '.join(CLAIMS)}; got C99\n"
