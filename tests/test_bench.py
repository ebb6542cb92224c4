"""The benchmark: turns, limits, growth, tables. PyTorch is not needed, and nothing here depends on time."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benchmarks import building, growth, pairs, rows, runs, steps, table
from benchmarks.pairs import Pair, Plan, Quartiles
from nnbook.claims.runner import versions
from tools import bench

AT_ONCE = Plan(rounds=4, samples=1, seconds=0, warm=0, pause=0)
ROWS = list(rows.all_rows())
every_row = pytest.mark.parametrize("row", ROWS, ids=str)


def pair(ratio, ours=0.002, theirs=0.004):
    one = (Quartiles(0.9 * x, x, 1.1 * x) for x in (ours, theirs, ratio))
    return Pair(*one)


# --- turns ----------------------------------------------------------------------------------------


def test_works_take_turns_and_every_other_round_runs_backwards():
    calls = []
    made = []

    def make():
        made.append(len(calls))
        return [partial(calls.append, name) for name in "ab"]

    seconds = pairs.time_in_turn(make, AT_ONCE)
    assert [len(column) for column in seconds] == [4, 4]
    # First once each to see how long they take, then warmed up and timed in each round.
    assert "".join(calls) == "ab" + "aabb" + "bbaa" + "aabb" + "bbaa"
    assert made == [0, 2, 6, 10, 14]  # anew in each round


def test_the_ratio_is_taken_within_a_round(monkeypatch):
    columns = [[1.0, 10.0, 2.0], [2.0, 20.0, 1.0]]
    monkeypatch.setattr(pairs, "time_in_turn", lambda make, plan: columns)
    timed = pairs.time_pair(tuple, AT_ONCE)
    assert timed.ratio == Quartiles(0.5, 0.5, 1.25)
    assert (timed.ours.median, timed.theirs.median) == (2.0, 2.0)


def test_a_timing_repeats_the_work_until_it_fills_its_time(monkeypatch):
    clock = iter(np.arange(0, 100, 0.25))  # a call of the clock takes a quarter of a second
    monkeypatch.setattr(pairs.time, "perf_counter", lambda: next(clock))
    plan = Plan(seconds=3.0, warm=1.0, pause=0)
    assert pairs._repeats(int, plan) == 12
    assert pairs._seconds(int, 5) == 0.25 / 5


def test_the_fastest_sample_of_a_turn_counts(monkeypatch):
    samples = iter([3.0, 1.0, 2.0, 5.0, 4.0, 6.0])
    monkeypatch.setattr(pairs, "_seconds", lambda work, repeats: next(samples))
    plan = replace(AT_ONCE, rounds=2, samples=3)
    assert pairs.time_in_turn(lambda: [int], plan) == [[1.0, 4.0]]


# --- rows -----------------------------------------------------------------------------------------


def test_the_limits_are_those_that_were_set():
    sgd = {"64-32-10": 0.4, "64-100-100-10": 0.6, "64-256-256-10": 0.8, "784-512-512-10": 1.0}
    found = {(row.name, row.against): row.limit for row in ROWS if row.limit is not None}
    assert len(found) == 13
    assert [row.against for row in ROWS if row.limit is None] == [rows.BARE] * 4
    for sizes, batch in zip(sgd, (32, 64, 128, 128), strict=True):
        step = f"step of {sizes}, batch {batch}"
        assert found.pop((f"{step}, SGD", "PyTorch")) == sgd[sizes]
        assert found.pop((f"{step}, batch norm, Adam", "PyTorch")) == 1.0
    assert sorted(found.values()) == [0.7, 1.5, 1.5, 1.8, 3.0]


@pytest.mark.parametrize(("median", "holds"), [(0.9, True), (1.0, True), (1.01, False)])
def test_a_share_must_be_at_most_its_limit(median, holds):
    row = rows.Row("step", "PyTorch", 1.0, tuple)
    assert row.holds(pair(median)) is holds
    assert row.measure(pair(median)).median == median


@pytest.mark.parametrize(("ratio", "holds"), [(0.5, True), (0.55, True), (0.6, False)])
def test_a_speedup_is_turned_over_and_must_be_at_least_its_limit(ratio, holds):
    row = rows.Row("runs", "1 process", 1.8, tuple, speedup=True)
    measure = row.measure(pair(ratio))
    assert row.holds(pair(ratio)) is holds
    assert measure.low < measure.median < measure.high
    assert measure.median == pytest.approx(1 / ratio)


def test_a_row_times_ours_first():
    ours, theirs = [], []
    row = rows.Row(
        "x",
        "y",
        1.0,
        lambda: (partial(ours.append, 1), partial(theirs.append, 1)),
        plan=AT_ONCE,
    )
    row.run()
    assert len(ours) == len(theirs) == 9


# --- what is timed --------------------------------------------------------------------------------


@pytest.mark.parametrize(("norm", "adam"), [(None, False), ("batch", True)])
@pytest.mark.parametrize("sizes", [sizes for sizes, _, _ in rows.NETS])
def test_a_step_of_ours_changes_every_parameter_in_float32(sizes, norm, adam):
    model = steps.our_mlp(sizes, norm)
    before = {name: p.copy() for name, p in model.params.items()}
    steps.our_step(model, steps.batch_of(8, sizes[0]), adam=adam)()
    for name, p in model.params.items():
        assert p.dtype == np.float32
        # Batch norm takes away what the bias before it adds, so that its gradient is rounding.
        assert (p != before[name]).any() or (norm and name.endswith("bias"))


def test_a_step_of_the_convnet_changes_its_weights():
    model = steps.our_convnet()
    before = {name: p.copy() for name, p in model.params.items()}
    steps.our_step(model, steps.batch_of(4, 1, 8, 8))()
    assert [name for name, p in model.params.items() if (p == before[name]).all()] == []


@pytest.mark.parametrize("sizes", [sizes for sizes, _, _ in rows.NETS])
def test_a_step_by_hand_is_ours(sizes, monkeypatch):
    nets, batch = [steps.our_mlp(sizes) for _ in range(2)], steps.batch_of(8, sizes[0])
    steps.our_step(nets[0], batch)()
    monkeypatch.setattr(steps, "our_mlp", lambda sizes: nets[1])
    before = nets[1].params["0.weight"].copy()
    steps.bare_step(sizes, batch)()
    assert (nets[1].params["0.weight"] != before).any()
    for name, param in nets[0].params.items():
        np.testing.assert_allclose(nets[1].params[name], param, rtol=1e-5, atol=1e-7)


def test_the_matrix_products_run():
    assert steps.products((4, 3, 2), 5)() is None


def test_an_epoch_is_one_pass_in_both_libraries():
    ours, theirs = runs.our_epoch(), runs.sklearn_epoch()
    assert len(ours()) == -(-1200 // runs.BATCH)
    seen = theirs.func.__self__.t_
    theirs()
    assert theirs.func.__self__.t_ == seen + 1200


def test_runs_on_processes_are_as_many_as_the_row_says(monkeypatch):
    monkeypatch.setattr(runs, "RUNS", 2)
    monkeypatch.setattr(runs, "train_digits", abs)
    assert runs.repeated(1)() == [0, 1]


def test_one_of_the_runs_trains(monkeypatch):
    monkeypatch.setattr(runs, "EPOCHS", 1)
    assert runs.train_digits(0) > 0


# --- growth ---------------------------------------------------------------------------------------


def test_the_slope_of_a_power_is_its_exponent():
    sizes = np.array([8, 16, 64, 128])
    assert growth.slope(sizes, 3e-6 * sizes**1.7) == pytest.approx(1.7)


@pytest.mark.parametrize("what", growth.SERIES)
def test_growth_varies_one_number(what, monkeypatch):
    seen = []
    monkeypatch.setattr(growth, "_step", lambda **options: seen.append(options) or int)
    monkeypatch.setattr(
        growth, "time_in_turn", lambda make, plan: [[1e-3 * 2**i] for i, _ in enumerate(make())]
    )
    grown = growth.grow(what, (1, 2, 4))
    assert [options[what] for options in seen] == [1, 2, 4]
    assert grown.slope == pytest.approx(1)
    assert grown.last == pytest.approx(1)
    assert grown.seconds == (1e-3, 2e-3, 4e-3)


def test_growth_runs_on_tiny_nets():
    grown = growth.grow("depth", (1, 2), AT_ONCE, width=2)
    assert all(seconds > 0 for seconds in grown.seconds)


# --- tables ---------------------------------------------------------------------------------------

WHERE = {
    "processor": "x86_64",
    "processors": 2,
    "threads": 2,
    "load": 0.1,
    "versions": versions(),
}
GROWN = growth.Growth("width", (32, 64), (0.001, 0.004), 2.0, 2.0)
REPORT = table.Report(
    [
        (rows.Row("step", "PyTorch", 0.4, tuple), pair(0.5)),
        (rows.Row("runs", "1 process", 1.8, tuple, speedup=True), pair(0.5)),
    ],
    [GROWN],
    WHERE,
)


def test_the_table_shows_each_row_its_limit_and_whether_it_holds():
    page = table.markdown(REPORT)
    assert "| step | PyTorch | 2 | 4 | 0.50 (0.45 to 0.55) | at most 0.4 | **no** |" in page
    assert "| runs | 1 process | 2 | 4 | 2.00 (1.82 to 2.22) | at least 1.8 | yes |" in page
    assert "| width | 32: 1, 64: 4 | 2.00 | 4.00 times | 4.00 times |" in page
    assert f"numpy {np.__version__}" in page
    assert REPORT.missed == ["step"]


def test_a_busy_machine_is_told():
    busy = replace(REPORT, where={**WHERE, "load": 3.0})
    assert table.BUSY in table.markdown(busy)
    assert table.BUSY not in table.markdown(REPORT)


def test_both_files_are_written_and_say_the_same(tmp_path):
    table.write(REPORT, tmp_path)
    assert (tmp_path / "results.md").read_text("utf-8") == table.markdown(REPORT)
    body = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert [(row["name"], row["holds"]) for row in body["rows"]] == [
        ("step", False),
        ("runs", True),
    ]
    assert body["rows"][1]["measure"]["median"] == 2
    assert body["growth"][0]["sizes"] == [32, 64]


def test_rows_without_a_limit_neither_hold_nor_fail():
    row = rows.Row("step", "bare", None, tuple)
    report = replace(REPORT, rows=[(row, pair(1.5))])
    assert "| step | bare | 2 | 4 | 1.50 (1.35 to 1.65) |  |  |" in table.markdown(report)
    assert report.missed == []


def test_what_is_written_can_be_read(tmp_path):
    report = replace(REPORT, rows=[(row, pair(0.5)) for row in ROWS])
    table.write(report, tmp_path)
    again = table.read(tmp_path)
    assert table.markdown(again) == table.markdown(report)
    assert [str(row) for row, _ in again.rows] == [str(row) for row in ROWS]


def test_new_rows_stand_among_the_old_ones_in_the_order_of_the_table():
    old = replace(REPORT, rows=[(row, pair(0.5)) for row in ROWS[:3]])
    new = replace(old, rows=[(ROWS[1], pair(0.7))], growth=[], where={**WHERE, "load": 0.0})
    both = table.merge(new, old)
    assert [(str(row), p.ratio.median) for row, p in both.rows] == [
        (str(ROWS[0]), 0.5),
        (str(ROWS[1]), 0.7),
        (str(ROWS[2]), 0.5),
    ]
    assert (both.growth, both.where["load"]) == ([GROWN], 0.1)


def test_where_nothing_is_stored_new_rows_are_all_there_is(tmp_path):
    new = replace(REPORT, rows=[(row, pair(0.7)) for row in ROWS[:2]])
    assert table.markdown(table.merge(new, table.read(tmp_path))) == table.markdown(new)


# --- the command ----------------------------------------------------------------------------------


def test_without_pytorch_one_line_says_how_to_install_it(capsys):
    assert bench.main([], needed=("no_such_library",)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert ".[bench]" in said.err


def test_the_stored_table_has_every_row():
    stored = json.loads((bench.FOLDER / "results.json").read_text("utf-8"))
    assert [(row["name"], row["limit"]) for row in stored["rows"]] == [
        (row.name, row.limit) for row in ROWS
    ]
    assert [series["what"] for series in stored["growth"]] == list(growth.SERIES)


# --- the cost of a build --------------------------------------------------------------------------


def test_a_line_through_the_costs_says_what_a_chapter_costs():
    fixed, each, off = building.line([1, 2, 4], [3.5, 4.0, 5.0])
    assert (fixed, each) == pytest.approx((3.0, 0.5))
    assert off < 1e-12
    assert building.line([1, 2, 3], [1.0, 2.0, 6.0])[2] > 0.2


def test_the_report_holds_the_book_against_its_limits():
    rows = {n: (building.Cost(n, 2 * n), building.Cost(1, 1)) for n in (1, 2, 4)}
    quick, slow = building.Cost(60, 90), building.Cost(7, 8)
    assert "**yes**" in building.report(rows, (quick, building.Cost(5, 6)))
    text = building.report(rows, (quick, slow))
    assert "**no**" in text
    assert "| this book | 60.0 | 90.0 | 7.0 | 8.0 |" in text
    assert "takes 0.0 + 2.00 $n$ seconds" in " ".join(text.split()).replace("-0.0", "0.0")


def test_a_small_book_has_so_many_chapters_with_cards_of_their_own(tmp_path):
    page = building.small_book(tmp_path, 3)
    texts = [path.read_text("utf-8") for path in sorted(tmp_path.glob("book/chapter*.md"))]
    assert len(texts) == 3
    assert page.read_text("utf-8") == texts[0]
    cards = [
        line for text in texts for line in text.splitlines() if line.startswith(":::{claim}")
    ]
    assert len(cards) == len(set(cards)) == 3 * building.CARDS
    assert "book/chapter3" in (tmp_path / "_toc.yml").read_text("utf-8")
