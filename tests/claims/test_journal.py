"""The journal: keeps every finished run, and survives a line cut short."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_claims import LEAD, NOISE

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.journal import Journal, task_key


@pytest.fixture(scope="module")
def graph():
    return CodeGraph()


def fill(journal, experiment, missing=()):
    """All tasks of an experiment, but those that are missing, in reverse order."""
    tasks = [("trial", trial) for trial in experiment.trials()]
    tasks += [("run", (seed,)) for seed in range(experiment.seeds)]
    for kind, arguments in reversed(tasks):
        if (kind, arguments) not in missing:
            outcome = arguments[1] if kind == "trial" else {"seed": arguments[0]}
            journal.add(task_key(kind, arguments), outcome, 0.5, "here")


def test_what_was_added_is_there_after_opening_again(graph, tmp_path):
    journal = Journal.open(NOISE, graph, tmp_path / "new")
    assert journal.done == {}
    journal.add(task_key("run", (0,)), {"x": 0.1, "curve": [1.0, 2.0]}, 1.5, "here")
    journal.add(task_key("run", (1,)), {"x": float("nan")}, 2.5, "here")
    again = Journal.open(NOISE, graph, tmp_path / "new")
    assert again.done[task_key("run", (0,))] == ({"x": 0.1, "curve": [1.0, 2.0]}, 1.5)
    assert np.isnan(again.done[task_key("run", (1,))][0]["x"])
    again.add(task_key("run", (2,)), {"x": 1.0}, 0.5, "there")
    assert Journal.open(NOISE, graph, tmp_path / "new").processors == {"here", "there"}


@pytest.mark.parametrize("kept", [1, 10, 30])
def test_a_line_cut_short_is_lost_and_no_other(graph, tmp_path, kept):
    journal = Journal.open(NOISE, graph, tmp_path)
    for seed in range(3):
        journal.add(task_key("run", (seed,)), {"x": float(seed)}, 0.1, "here")
    lines = journal.path.read_bytes().rstrip(b"\n").split(b"\n")
    journal.path.write_bytes(b"\n".join([*lines[:-1], lines[-1][:kept]]))
    cut = Journal.open(NOISE, graph, tmp_path)
    assert set(cut.done) == {task_key("run", (seed,)) for seed in range(2)}
    cut.add(task_key("run", (2,)), {"x": 2.0}, 0.1, "here")
    assert Journal.open(NOISE, graph, tmp_path).done == journal.done


@pytest.mark.parametrize(
    "garbage",
    [
        "{",
        "[]",
        "[1]",
        '["a", {}, 1]',
        '["a", {}, "1", "here"]',
        '[["a"], {}, 1, "here"]',
        '"text"',
        "5",
        "\x00\x00",
        "{}",
    ],
)
def test_lines_that_are_no_runs_are_passed_over(graph, tmp_path, garbage):
    journal = Journal.open(NOISE, graph, tmp_path)
    journal.add(task_key("run", (0,)), {"x": 1.0}, 0.1, "here")
    with journal.path.open("a", encoding="utf-8") as file:
        file.write(garbage + "\n")
    journal.add(task_key("run", (1,)), {"x": 2.0}, 0.1, "here")
    assert Journal.open(NOISE, graph, tmp_path).done == journal.done


def test_another_plan_has_another_journal(graph, tmp_path):
    first = Journal.open(NOISE, graph, tmp_path).path
    for other in (replace(NOISE, seeds=5), replace(NOISE, name="other"), LEAD):
        assert Journal.open(other, graph, tmp_path).path != first
    assert Journal.open(replace(LEAD, grid=(0.1,)), graph, tmp_path).path != (
        Journal.open(LEAD, graph, tmp_path).path
    )


def test_it_is_complete_when_nothing_is_left(graph, tmp_path):
    last = ("run", (9,))
    journal = Journal.open(LEAD, graph, tmp_path)
    assert not journal.complete(LEAD)
    fill(journal, LEAD, missing=[last])
    assert not journal.complete(LEAD)
    journal.add(task_key(*last), {"seed": 9}, 0.1, "here")
    assert journal.complete(LEAD)
    assert Journal.open(LEAD, graph, tmp_path).complete(LEAD)


def test_scores_rates_and_outcomes_come_in_the_order_of_the_plan(graph, tmp_path):
    journal = Journal.open(LEAD, graph, tmp_path)
    fill(journal, LEAD)
    assert journal.scores(LEAD) == [rate for _, rate, _ in LEAD.trials()]
    assert journal.rates(LEAD) == {"a": 0.8, "b": 0.8}
    assert journal.outcomes(LEAD) == [{"seed": seed} for seed in range(10)]


def test_without_arms_there_are_no_rates(graph, tmp_path):
    assert Journal.open(NOISE, graph, tmp_path).rates(NOISE) == {}
