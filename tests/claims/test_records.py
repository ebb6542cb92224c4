"""Records: refused when missing, damaged, edited, foreign or stale; written whole or not at all."""

import json
import shutil
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from tiny_claims import LEAD, T01, T02

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.model import Reading, Verdict
from nnbook.claims.records import RecordError, interval_of, load_record, read_body, write_record
from nnbook.experiments.protocol import summarize


@pytest.fixture(scope="module")
def graph():
    return CodeGraph()


@pytest.fixture
def folder(whole, tmp_path):
    """A copy of the records of the tiny claims."""
    return Path(shutil.copytree(whole / "results", tmp_path / "results"))


def refusal(claim, graph, folder):
    """The refusal of a record, once it is known to name the file and the command."""
    with pytest.raises(RecordError) as error:
        load_record(claim, graph, folder)
    text = str(error.value)
    assert text.startswith(f"{folder / claim.id}.json: ")
    assert text.endswith(f"; run: python -m nnbook.claims {claim.id}")
    return text


# --- a good one -----------------------------------------------------------------------------------


def test_a_fresh_record_is_read_back(graph, folder):
    record = load_record(T02, graph, folder)
    assert (record.claim, record.verdict) == ("T02", Verdict.IN_PART)
    assert record.readings == {"lead": Reading.FAILS, "level": Reading.HOLDS}
    assert record.rates == {"tiny_lead": {"a": 0.2, "b": 0.4}}
    assert {key: len(values) for key, values in record.values.items()} == {
        "lead": 10,
        "level": 12,
    }
    assert record.intervals["lead"].n == 10
    assert record.intervals["lead"].low < 1 < record.intervals["lead"].high
    assert set(record.curves) == {"a", "b", "two", "curve"}
    assert load_record(T01, graph, folder).verdict == Verdict.HOLDS


def test_layout_may_change(graph, folder):
    path = folder / "T01.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), indent=4), encoding="utf-8")
    assert load_record(T01, graph, folder).verdict == Verdict.HOLDS


# --- bad ones -------------------------------------------------------------------------------------


def test_missing(graph, folder):
    (folder / "T01.json").unlink()
    assert "no recorded result for T01" in refusal(T01, graph, folder)
    assert "no recorded result" in refusal(T01, graph, folder / "nowhere")


def first_digit_edited(text):
    at = text.index('"level": [') + len('"level": [')
    digit = next(i for i in range(at, len(text)) if text[i].isdigit())
    return text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :]


EDITS = {
    "digit": first_digit_edited,
    "last digit of the seconds": lambda t: t.replace('"seconds": ', '"seconds": 1'),
    "verdict": lambda t: t.replace('"verdict": "holds"', '"verdict": "refuted as stated"'),
    "reading": lambda t: t.replace('"reading": "holds"', '"reading": "fails"'),
    "version": lambda t: t.replace('"numpy": "', '"numpy": "9'),
    "key": lambda t: t.replace('"two": [', '"three": ['),
    "checksum": lambda t: t.replace('"checksum": "', '"checksum": "0'),
}
DAMAGES = {
    "empty": lambda t: "",
    "cut short": lambda t: t[: len(t) // 2],
    "without its last brace": lambda t: t.rstrip()[:-1],
    "merge conflict": lambda t: "<<<<<<< HEAD\n" + t,
    "list": lambda t: "[1, 2]",
    "list of records": lambda t: f"[{t}]",
    "number": lambda t: "3",
    "text": lambda t: '"T01"',
    "null": lambda t: "null",
    "empty object": lambda t: "{}",
    "other object": lambda t: '{"a": 1}',
    "checksum alone": lambda t: '{"checksum": "x"}',
    "nan": lambda t: t.replace('"seconds": ', '"seconds": NaN, "s": '),
    "infinity": lambda t: t.replace('"seconds": ', '"seconds": -Infinity, "s": '),
    "deep": lambda t: "[" * 100_000,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edited_by_hand(graph, folder, edit):
    path = folder / "T01.json"
    text = path.read_text("utf-8")
    assert edit(text) != text
    path.write_text(edit(text), encoding="utf-8")
    assert "was edited after it was recorded" in refusal(T01, graph, folder)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_or_foreign(graph, folder, damage):
    path = folder / "T01.json"
    path.write_text(damage(path.read_text("utf-8")), encoding="utf-8")
    assert "not a record of a claim" in refusal(T01, graph, folder)


def test_bytes_that_are_no_text(graph, folder):
    (folder / "T01.json").write_bytes(b"\xff\xfe\x00")
    assert "not a record of a claim" in refusal(T01, graph, folder)


def rewritten(folder, **changes):
    """The record of T01 with other content and a checksum that fits."""
    body = read_body(T01, folder) | changes
    write_record(T01, {k: v for k, v in body.items() if v is not None}, folder)


@pytest.mark.parametrize("schema", [0, 2, "1"])
def test_another_schema(graph, folder, schema):
    rewritten(folder, schema=schema)
    assert f"schema must be 1, got {schema}" in refusal(T01, graph, folder)


@pytest.mark.parametrize("key", ["verdict", "values", "curves", "fingerprint", "versions"])
def test_a_part_is_missing(graph, folder, key):
    rewritten(folder, **{key: None})
    assert f"lacks {key}" in refusal(T01, graph, folder)


def test_a_verdict_that_its_values_contradict(graph, folder):
    rewritten(folder, verdict="undecided")
    assert "says undecided, its values say" in refusal(T01, graph, folder)


def test_the_record_of_another_claim(graph, folder):
    shutil.copy(folder / "T02.json", folder / "T01.json")
    assert "stale" in refusal(T01, graph, folder)


FIRST, SECOND = T01.measures
MORE_SEEDS = replace(FIRST.experiment, seeds=13)
STALE = {
    "bound": replace(T01, measures=(replace(FIRST, low=2), SECOND)),
    "new rule": replace(T01, measures=(FIRST, replace(SECOND, low=1))),
    "unit": replace(T01, measures=(replace(FIRST, unit="km"), SECOND)),
    "scale": replace(T01, measures=(replace(FIRST, log=True), SECOND)),
    "key": replace(T01, measures=(replace(FIRST, key="other"), SECOND)),
    "measure dropped": replace(T01, measures=(FIRST,)),
    "failure": replace(T01, failure=Verdict.REFUTED),
    "seeds": replace(
        T01, measures=tuple(replace(m, experiment=MORE_SEEDS) for m in T01.measures)
    ),
    "experiment": replace(T01, measures=(replace(FIRST, experiment=LEAD), SECOND)),
}


@pytest.mark.parametrize("claim", STALE.values(), ids=STALE)
def test_stale_under_another_rule(graph, folder, claim):
    assert "stale, the code or the rule of T01 has changed" in refusal(claim, graph, folder)


@pytest.mark.parametrize(
    "changes", [{"title": "Other"}, {"sentence": "No."}, {"method": "Other."}]
)
def test_prose_may_change(graph, folder, changes):
    assert load_record(replace(T01, **changes), graph, folder).verdict == Verdict.HOLDS


# --- intervals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "values", "ends"),
    [
        ("%", [0.0, 0.0, 1.0], (0, 100)),
        ("%", [100.0, 100.0, 99.0], (0, 100)),
        ("%", [50.0, 51.0], (0, 100)),
        ("points", [0.0, 0.0, 1.0], (-inf, inf)),
        ("", [100.0, 100.0, 99.0], (-inf, inf)),
    ],
)
def test_intervals_of_percentages_end_at_0_and_100(unit, values, ends):
    span, plain = interval_of(replace(FIRST, unit=unit), values), summarize(values)
    assert (span.low, span.high) == (max(plain.low, ends[0]), min(plain.high, ends[1]))
    assert (span.mean, span.n) == (plain.mean, plain.n)


def test_intervals_are_taken_on_the_scale_of_the_measure():
    values = [1.0, 10.0, 100.0]
    assert interval_of(replace(FIRST, log=True), values) == summarize(values, scale="log")
    assert interval_of(FIRST, values) == summarize(values)


# --- writing --------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


def crash_in_replace(self, target):
    raise Crash


def crash_in_write(self, data, *args, **kwargs):
    with self.open("w", encoding="utf-8") as file:
        file.write(data[: len(data) // 2])
    raise Crash


@pytest.mark.parametrize(
    ("method", "crash"), [("replace", crash_in_replace), ("write_text", crash_in_write)]
)
def test_a_crash_while_writing_leaves_the_old_record(graph, folder, monkeypatch, method, crash):
    body = read_body(T01, folder)
    before = (folder / "T01.json").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, method, crash)
        with pytest.raises(Crash):
            write_record(T01, body | {"seconds": 99.0}, folder)
    assert (folder / "T01.json").read_bytes() == before
    assert load_record(T01, graph, folder).seconds != 99
    write_record(T01, body | {"seconds": 99.0}, folder)
    assert load_record(T01, graph, folder).seconds == 99
    assert {path.name for path in folder.iterdir()} == {"T01.json", "T02.json"}


def test_a_number_that_json_lacks_is_refused_and_nothing_is_written(folder):
    before = (folder / "T01.json").read_bytes()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_record(T01, read_body(T01, folder) | {"seconds": float("nan")}, folder)
    assert (folder / "T01.json").read_bytes() == before


def test_a_list_of_numbers_is_one_line_for_a_review(folder):
    curves = {
        "flat": [1.5, None, 2],
        "deep": [[1.0, 2.0], [3.0]],
        "empty": [],
        "text": ["[\n1]"],
    }
    path = write_record(T01, read_body(T01, folder) | {"curves": curves}, folder)
    lines = path.read_text("utf-8").splitlines()
    for line in ('  "flat": [1.5, null, 2],', "   [1.0, 2.0],", '  "empty": [],'):
        assert line in lines
    assert read_body(T01, folder)["curves"] == curves


def test_equal_content_makes_equal_files(folder, tmp_path):
    copy = write_record(T01, read_body(T01, folder), tmp_path / "new")
    assert copy.read_bytes() == (folder / "T01.json").read_bytes()
