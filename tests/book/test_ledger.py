"""The ledger in tiny books: its table, its counts, its files, and what makes the page be read again."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_book
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator
from tiny_book import CLAIM, PAGE, VALUES, build, html, make, record

from nnbook.claims.model import Verdict
from nnbook_sphinx.export import COLUMNS, FILES, SCHEMA
from nnbook_sphinx.overview import HEAD, gaps

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(
    json.loads((ROOT / "book/claims.schema.json").read_text("utf-8"))
)
CARD = ":::{claim} T01\n:::\n"
LEDGER = "```{ledger}\n```\n"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second claim arrives, with number 3."""
    other = replace(CLAIM, id="T03", title="Another claim", chapter="other")
    monkeypatch.setattr(tiny_book, "CLAIMS", {"T01": CLAIM, "T03": other})


def rows(root: Path, name: str = "index") -> list[list[str]]:
    """The texts of the cells of each row of the ledger."""
    table = BeautifulSoup(html(root, name), "html.parser").select_one(".ledger table")
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("td, th")]
        for row in table.select("tr")
    ]


def test_the_ledger_has_every_claim_with_its_verdict_and_links(tmp_path: Path) -> None:
    assert build(make(tmp_path, index=PAGE + CARD + LEDGER))[0] == ""
    head, row = rows(tmp_path)
    assert head == list(HEAD)
    name, sentence, said, measured, verdict, code = row
    assert name == "T01 Title"
    assert sentence == "A tiny claim The ratio is above 1."
    assert said.endswith("page 3")
    assert measured.startswith("The ratio")
    assert measured.endswith("3\N{MULTIPLICATION SIGN} (1 to 5) ✓ holds")
    assert "Reported" not in measured
    assert verdict == "✓ holds"
    assert code == "<lambda>"
    page = BeautifulSoup(html(tmp_path), "html.parser")
    assert page.select_one(".ledger .claim-id a")["href"] == "#t01"
    assert {"is-holds", "in-index"} <= set(page.select_one(".ledger tbody tr")["class"])


def test_only_the_page_of_the_ledger_loads_its_script(tmp_path: Path) -> None:
    make(tmp_path, index=PAGE + CARD + LEDGER, other=PAGE)
    assert build(tmp_path)[0] == ""
    assert "ledger.js" in html(tmp_path)
    assert "ledger.js" not in html(tmp_path, "other")


def test_a_number_without_card_needs_a_reason(two: None, tmp_path: Path) -> None:
    other = CARD.replace("T01", "T03")
    make(tmp_path, index=PAGE + CARD + LEDGER, other=PAGE + other)
    record(tmp_path / "results").rename(tmp_path / "results/T03.json")
    record(tmp_path / "results", claim="T03").rename(tmp_path / "results/T03.json")
    record(tmp_path / "results")
    error, _ = build(tmp_path)
    assert f"{tmp_path}/index.md:12" in error
    assert "no card and no reason for T02" in error
    body = "```{ledger}\nT02-T03: Part of {claim}`T01`.\n```\n"
    (tmp_path / "index.md").write_text(PAGE + CARD + body + tiny_book.BIBLIOGRAPHY_LIST)
    assert build(tmp_path)[0] == ""
    found = rows(tmp_path)[1:]
    assert [row[0].split()[0] for row in found] == ["T01", "T02", "T03"]
    assert found[1][1:] == ["Part of T01 .", "", "", "no card", ""]
    assert data(tmp_path)["without_card"] == [{"id": "T02", "reason": "Part of T01."}]


def test_gaps_are_numbers_below_the_largest() -> None:
    assert gaps(["T04", "T01"]) == ["T02", "T03"]
    assert gaps(["C02", "C01"]) == []


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("```{ledger}\nT02 part of T01\n```", "index.md:12", "a line must be like"),
        ("It is {count}`hold`.", "index.md:12", "did you mean holds"),
        ("It is {count}`holds in idnex`.", "index.md:12", "did you mean index"),
    ],
)
def test_mistakes_stop_the_build(text: str, place: str, remedy: str, tmp_path: Path) -> None:
    error, _ = build(make(tmp_path, index=PAGE + CARD + text))
    assert f"{tmp_path}/{place}" in error
    assert remedy in error


@pytest.mark.parametrize("use", [LEDGER, "```{tally}\n```\n", "It is {count}`holds`."])
def test_a_stale_record_stops_the_build(use: str, tmp_path: Path) -> None:
    make(tmp_path, index=PAGE + use, other=PAGE + CARD)
    record(tmp_path / "results", fingerprint="0")
    error, _ = build(tmp_path)
    assert f"{tmp_path}/index.md:10" in error
    assert "stale" in error


def test_counts(tmp_path: Path) -> None:
    text = (
        "All {count}`claims`, {count}`holds`, {count}`holds in part`, {count}`holds in index`."
    )
    make(tmp_path, index=PAGE + CARD + text + "\n\n```{tally}\n```\n")
    assert build(tmp_path)[0] == ""
    page = BeautifulSoup(html(tmp_path), "html.parser")
    assert "All 1, 1, 0, 1." in page.get_text()
    cells = [
        [c.get_text(strip=True) for c in row.select("th, td")]
        for row in page.select(".tally tr")
    ]
    assert cells == [
        ["Chapter", "Holds", "All"],
        ["Title", "1", "1"],
        ["All chapters", "1", "1"],
    ]
    links = [link["href"] for link in page.select(".tally td:not(:first-child) a")]
    assert links == [
        "#chapter=index&verdict=holds",
        "#chapter=index",
        "#verdict=holds",
        "#all=",
    ]


def test_a_new_record_is_shown_and_a_new_claim_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, index=PAGE + LEDGER + "\n{count}`holds`\n", other=PAGE + CARD)
    assert build(tmp_path)[0] == ""
    low = {**VALUES, "ratio": [-22.0, -21.0, -20.0]}
    record(tmp_path / "results", values=low, verdict=Verdict.REFUTED)
    assert build(tmp_path)[0] == ""
    assert rows(tmp_path)[1][4] == "✗ refuted as stated"
    assert data(tmp_path)["claims"][0]["verdict"] == "refuted as stated"
    monkeypatch.setattr(tiny_book, "CLAIMS", {"T01": CLAIM, "T02": replace(CLAIM, id="T02")})
    assert "no recorded result for T02" in build(tmp_path)[0]


# --- the files ------------------------------------------------------------------------------------


def data(root: Path) -> dict:
    """What the JSON file holds."""
    return json.loads((root / "out/html/claims.json").read_text("utf-8"))


def test_the_files_hold_claims_and_records(tmp_path: Path) -> None:
    assert build(make(tmp_path, index=PAGE + CARD + LEDGER))[0] == ""
    found = data(tmp_path)
    VALIDATOR.validate(found)
    (claim,) = found["claims"]
    assert (claim["id"], claim["card"], claim["chapter"]) == ("T01", "index.html#t01", "Title")
    ratio, plain = claim["measures"]
    assert (ratio["low"], ratio["high"], ratio["decides"]) == (-10, None, True)
    assert (ratio["mean"], ratio["seeds"], ratio["reading"]) == (3.0, 3, "holds")
    assert ratio["interval"][0] < 3 < ratio["interval"][1]
    assert (plain["low"], plain["decides"], plain["reading"]) == (None, False, "reported")

    table = list(
        csv.DictReader(io.StringIO((tmp_path / "out/html/claims.csv").read_text("utf-8")))
    )
    assert [row["part"] for row in table] == ["ratio", "plain"]
    assert list(table[0]) == list(COLUMNS)
    first = table[0]
    assert (first["schema"], first["claim"], first["decides"]) == (str(SCHEMA), "T01", "1")
    assert (first["low"], first["high"], float(first["mean"])) == ("-10", "", 3.0)
    assert [float(first[f"interval_{end}"]) for end in ("low", "high")] == ratio["interval"]


def test_a_book_without_ledger_has_no_files(tmp_path: Path) -> None:
    assert build(make(tmp_path, index=PAGE + CARD))[0] == ""
    assert not [name for name in FILES if (tmp_path / "out/html" / name).exists()]


@pytest.mark.parametrize(
    "harm",
    [
        lambda d: d.update(schema=2),
        lambda d: d.pop("claims"),
        lambda d: d["claims"][0].update(verdict="true"),
        lambda d: d["claims"][0].update(more=1),
        lambda d: d["claims"][0]["measures"][0].update(interval=[1.0]),
        lambda d: d["claims"][0]["measures"][0].update(mean=None),
        lambda d: d["without_card"].append({"id": "C12"}),
    ],
)
def test_the_schema_refuses_what_is_wrong(harm, tmp_path: Path) -> None:
    assert build(make(tmp_path, index=PAGE + CARD + LEDGER))[0] == ""
    found = data(tmp_path)
    harm(found)
    assert not VALIDATOR.is_valid(found)


def test_the_page_documents_every_field() -> None:
    text = (ROOT / "book/claims.md").read_text("utf-8").split("## The data")[1]
    schema = VALIDATOR.schema
    parts = [schema, *(schema["$defs"][name] for name in ("claim", "measure", "without_card"))]
    fields = {name for part in parts for name in part["properties"]}
    undocumented = [name for name in sorted(fields | set(COLUMNS)) if f"`{name}`" not in text]
    assert undocumented == []
    assert f"version of this layout: {SCHEMA}" in text
    assert schema["properties"]["schema"]["const"] == SCHEMA


def test_the_schema_knows_all_verdicts_and_readings() -> None:
    from nnbook.claims.model import Reading

    parts = VALIDATOR.schema["$defs"]
    assert parts["claim"]["properties"]["verdict"]["enum"] == [*Verdict]
    assert parts["measure"]["properties"]["reading"]["enum"] == [*Reading]
