"""Terms of the glossary are linked in every chapter of the built site that uses them; the index works."""

import re

import pytest
from bs4 import BeautifulSoup, Tag

from nnbook_sphinx.terms import CHAPTERS, EVERYDAY

# What is no prose of the chapter, or may not hold a link.
ASIDE = (
    "h1, h2, h3, h4, code, pre, .math, .math-block, blockquote, figcaption, .claim, a, script, style,"
    " summary, .admonition-title, .cell_output, cite"
)


@pytest.fixture(scope="module")
def chapters(site) -> dict[str, Tag]:
    """The articles of the chapters by name."""
    paths = sorted(path for name in CHAPTERS for path in site.glob(f"{name}.html"))
    return {
        path.stem: BeautifulSoup(path.read_text("utf-8"), "html.parser").select_one("article")
        for path in paths
    }


@pytest.fixture(scope="module")
def glossary(site) -> BeautifulSoup:
    return BeautifulSoup((site / "book/glossary.html").read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def terms(glossary) -> dict[str, str]:
    """Term -> its id on the page of the glossary."""
    found = glossary.select("dl.glossary dt")
    return {" ".join(dt.get_text().split()).strip("# "): dt["id"] for dt in found}


def test_terms_that_a_chapter_uses_are_linked_in_it(chapters, terms):
    assert len(chapters) >= 7
    unlinked = []
    for chapter, article in chapters.items():
        linked = {a["href"].split("#")[-1] for a in article.select('a[href*="glossary.html#"]')}
        for aside in article.select(ASIDE):
            aside.replace_with(" \N{MIDDLE DOT} ")
        text = " ".join(" ".join(p.get_text() for p in article.select("p")).split())
        for term, anchor in terms.items():
            flags = re.IGNORECASE if term == term.lower() else 0
            if term in EVERYDAY or anchor in linked:
                continue
            longer = [t for t in terms if term in t and t != term]
            rest = (
                re.sub("|".join(map(re.escape, longer)), "", text, flags=re.I)
                if longer
                else text
            )
            if re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", rest, flags):
                unlinked.append(f"{chapter}: {term}")
    assert unlinked == []


def test_the_index_leads_to_sections_that_exist(site):
    page = BeautifulSoup((site / "book/index-of-terms.html").read_text("utf-8"), "html.parser")
    links = page.select("dl.where dd a[href*='#']")
    assert len(links) > 200
    ids: dict[str, set[str]] = {}
    for link in links:
        name, anchor = link["href"].split("#")
        if name not in ids:
            text = (site / "book" / name).read_text("utf-8")
            ids[name] = set(re.findall(r'id="([^"]+)"', text))
        assert anchor in ids[name], link["href"]
