"""The bibliography: every work in it is cited, by a page or a claim, and says where it can be found."""

import re
from pathlib import Path

from nnbook.claims import CLAIMS

BOOK = Path(__file__).parents[2] / "book"
ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
ENTRIES = dict(ENTRY.findall((BOOK / "references.bib").read_text("utf-8")))
CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def cited() -> set[str]:
    """The keys that pages, cards and docstrings of claims cite."""
    texts = [path.read_text("utf-8") for path in BOOK.rglob("*.md")]
    texts += [f"{claim.evidence} {claim.method}" for claim in CLAIMS.values()]
    keys = {
        k.strip()
        for text in texts
        for found in CITATION.findall(text)
        for k in found.split(",")
    }
    return keys | {key for claim in CLAIMS.values() for key, _ in claim.sources}


def test_every_work_is_cited_and_every_citation_has_its_work():
    assert sorted(set(ENTRIES) - cited()) == []
    assert sorted(cited() - set(ENTRIES)) == []


def test_every_work_has_authors_title_year_and_a_place():
    lacking = {}
    for key, fields in ENTRIES.items():
        names = set(re.findall(r"^\s*(\w+)\s*=", fields, re.MULTILINE))
        missing = {"author", "title"} - names
        if not names & {"year", "url", "eprint"}:
            missing.add("year")
        if not names & {
            "journal",
            "booktitle",
            "url",
            "eprint",
            "doi",
            "publisher",
            "howpublished",
            "note",
        }:
            missing.add("place")
        if missing:
            lacking[key] = sorted(missing)
    assert lacking == {}
