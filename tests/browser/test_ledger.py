"""The ledger of the built site: complete, in step with the records, and usable in a real browser."""

import csv
import json
import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator
from playwright.sync_api import Browser, Locator, Page, expect

from nnbook.claims import CLAIMS
from nnbook.claims.records import read_body
from tools.environment import ROOT

PAGE = "book/claims.html"
PHONE = {"width": 375, "height": 812}
# Milliseconds after which a screen reader may be told how many rows are left.
SETTLED = 450


@pytest.fixture(scope="module")
def soup(site) -> BeautifulSoup:
    return BeautifulSoup((site / PAGE).read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def data(site) -> dict:
    return json.loads((site / "book/claims.json").read_text("utf-8"))


# --- what is in the files -------------------------------------------------------------------------


def test_every_claim_is_in_the_table_and_leads_to_its_card_and_code(site, soup):
    rows = {
        row.select_one(".claim-id").get_text(): row for row in soup.select(".ledger tbody tr")
    }
    assert set(CLAIMS) <= set(rows)
    numbers = sorted(int(name[1:]) for name in rows)
    assert numbers == list(range(1, numbers[-1] + 1))
    texts: dict[str, str] = {}
    for name, claim in CLAIMS.items():
        page, anchor = rows[name].select_one(".claim-id a")["href"].split("#")
        text = texts.setdefault(page, (site / "book" / page).read_text("utf-8"))
        assert f'id="{anchor}"' in text
        title = claim.title.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
        assert title in " ".join(rows[name].get_text().split())
        links = rows[name].select("td:last-child a")
        assert len(links) == len({e.run for e in claim.experiments})
        assert all("/nnbook.experiments." in f"/{link['href']}" for link in links)


def test_claims_without_card_have_a_reason(data, soup):
    left = {claim["id"]: claim["reason"] for claim in data["without_card"]}
    rows = soup.select(".ledger tbody tr.is-no-card")
    assert [row.select_one(".claim-id").get_text() for row in rows] == list(left)
    assert set(left).isdisjoint(CLAIMS)
    assert all(len(reason) > 20 for reason in left.values())


def test_verdicts_of_page_and_files_are_those_of_the_records(site, soup, data):
    schema = json.loads((ROOT / "book/claims.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(data)
    assert [claim["id"] for claim in data["claims"]] == list(CLAIMS)
    shown = {
        row.select_one(".claim-id").get_text(): row.select_one(".verdict").get_text()
        for row in soup.select(".ledger tbody tr")
    }
    for claim in data["claims"]:
        body = read_body(CLAIMS[claim["id"]])
        assert claim["verdict"] == body["verdict"]
        assert shown[claim["id"]].endswith(f" {body['verdict']}")
        assert claim["fingerprint"] == body["fingerprint"]
        for measure in claim["measures"]:
            recorded = body["measures"][measure["key"]]
            assert measure["mean"] == pytest.approx(recorded["mean"], rel=1e-12)
            assert measure["reading"] == recorded["reading"]


def test_the_csv_file_says_the_same(site, data):
    with (site / "book/claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(claim, measure) for claim in data["claims"] for measure in claim["measures"]]
    assert len(rows) == len(pairs)
    for row, (claim, measure) in zip(rows, pairs, strict=True):
        assert (row["claim"], row["verdict"]) == (claim["id"], claim["verdict"])
        assert (row["part"], row["reading"]) == (measure["key"], measure["reading"])
        assert float(row["mean"]) == measure["mean"]


def test_the_front_page_counts_as_the_ledger_does(site, data):
    text = BeautifulSoup(
        (site / "book/index.html").read_text("utf-8"), "html.parser"
    ).get_text()
    held = sum(claim["verdict"] == "holds" for claim in data["claims"])
    opening = " ".join(text.split())
    assert f"{len(data['claims'])} claims" in opening
    assert re.search(rf"\b{held} hold\b", opening)


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    context = browser.new_context()
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.goto(f"{origin}/{PAGE}")
    yield tab
    context.close()
    assert troubles == []


def shown(page: Page) -> list[str]:
    return page.locator(".ledger tbody tr:visible .claim-id").all_inner_texts()


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def ids(data: dict, **wanted: str) -> list[str]:
    return [c["id"] for c in data["claims"] if all(c[key] == v for key, v in wanted.items())]


def test_search_finds_words_in_any_order_and_says_how_many(page, data):
    total = len(data["claims"]) + len(data["without_card"])
    expect(status(page)).to_have_text(f"{total} of {total} claims")
    page.get_by_role("searchbox", name="Search").fill("6 times RELU")
    expect(status(page)).not_to_have_text(f"{total} of {total} claims")
    found = shown(page)
    assert "C11" in found
    assert len(found) < total
    expect(status(page)).to_have_text(f"{len(found)} of {total} claims")


def test_nothing_found_says_so_and_what_to_do(page):
    page.get_by_role("searchbox", name="Search").fill("zzzz")
    expect(status(page)).to_contain_text("0 of ")
    expect(status(page)).to_contain_text("take back")
    assert shown(page) == []
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) >= len(CLAIMS)
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()


def test_filters_by_chapter_and_verdict(page, data):
    page.get_by_label("Verdict").select_option("refuted-as-stated")
    assert shown(page) == ids(data, verdict="refuted as stated")
    chapter = next(c["chapter"] for c in data["claims"] if c["verdict"] == "refuted as stated")
    page.get_by_label("Chapter").select_option(label=chosen(page, chapter))
    assert shown(page) == ids(data, verdict="refuted as stated", chapter=chapter)


def chosen(page: Page, chapter: str) -> str:
    """The text of the option for a chapter, which ends in its number of claims."""
    (option,) = [
        text
        for text in page.get_by_label("Chapter").locator("option").all_inner_texts()
        if re.fullmatch(rf"{re.escape(chapter)} \(\d+\)", text)
    ]
    return option


def test_headers_sort_both_ways_and_say_so(page):
    head = page.get_by_role("columnheader", name="Verdict")
    button = head.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    first = page.locator(".ledger tbody tr .verdict").first
    expect(first).to_have_text("✓ holds")
    expect(page.get_by_label("Order by")).to_have_value("verdict")
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(first).not_to_have_text("✓ holds")
    page.get_by_label("Order by").select_option("claim")
    assert shown(page) == sorted(shown(page))


def test_the_address_keeps_the_choice(page, browser, data):
    page.get_by_label("Verdict").select_option("undecided")
    page.get_by_role("searchbox", name="Search").fill("momentum & co")
    page.get_by_role("searchbox", name="Search").fill("learning rate")
    page.get_by_role("button", name="Claim").click()
    context = browser.new_context()
    other = context.new_page()
    other.goto(page.url)
    assert shown(other) == shown(page)
    assert shown(other) == sorted(shown(other), reverse=True)
    expect(other.get_by_role("searchbox", name="Search")).to_have_value("learning rate")
    context.close()
    page.get_by_role("button", name="Show all").click()
    assert "#" not in page.url


def test_an_address_that_names_nothing_known_shows_everything(page, browser, origin):
    everything = shown(page)
    page.goto(f"{origin}/{PAGE}#verdict=true&order=up&color=red")
    page.reload()
    assert shown(page) == everything


def test_the_numbers_of_the_tally_lead_to_their_rows(page):
    link = page.locator(".tally tbody tr").first.locator("a").nth(1)
    link.click()
    page.wait_for_timeout(SETTLED)
    assert len(shown(page)) == int(link.inner_text())


def test_every_control_is_reached_by_keyboard(page):
    page.get_by_role("searchbox", name="Search").focus()
    names = []
    for _ in range(4):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("document.activeElement.name || document.activeElement.textContent")
        )
    assert names == ["chapter", "verdict", "order", "Show all"]


def test_on_a_phone_rows_are_cards_that_fit(browser, origin):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{origin}/{PAGE}")
    row = page.locator(".ledger tbody tr").nth(1)
    assert row.bounding_box()["width"] <= PHONE["width"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".ledger").get_by_role("row").count() > len(CLAIMS)
    context.close()


@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone_the_tally_fits_and_is_read_upright(browser, origin, width):
    tab = browser.new_page(viewport={"width": width, "height": 812})
    tab.goto(f"{origin}/{PAGE}")
    table = tab.locator(".tally table")
    fits = "table => table.scrollWidth <= table.parentElement.clientWidth"
    assert table.evaluate(fits)
    size = table.locator("th").nth(3).bounding_box()
    assert size is not None
    assert size["width"] < size["height"]
    tab.close()


def test_without_scripts_it_is_a_plain_table(browser, origin):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{origin}/{PAGE}")
    assert len(shown(page)) >= len(CLAIMS)
    assert page.locator(".ledger form").count() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="claims.json").click()
    assert download.value.suggested_filename == "claims.json"
    context.close()
