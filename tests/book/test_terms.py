"""Terms of the glossary: linked at their first use in a chapter, and listed in the index."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from tiny_book import FRONT, PAGE, build, html, make

from nnbook_sphinx.terms import EVERYDAY, pattern

pytestmark = pytest.mark.filterwarnings("ignore")

GLOSSARY = PAGE + (
    "```{glossary}\nbatch norm\n  A layer.\n\nnorm\n  A length.\n\nReLU\n  A function.\n\n"
    "example\n  One item.\n```\n"
)
SETTINGS = {"nnbook_chapters": ["one", "two"]}


def linked(root: Path, name: str = "one") -> list[str]:
    """The texts that lead to the glossary, in order."""
    return [link.get_text() for link in links(root, name)]


def links(root: Path, name: str = "one") -> list[Tag]:
    """The links to the glossary."""
    page = BeautifulSoup(html(root, name), "html.parser")
    return [label.parent for label in page.select("a > .std-term")]


def chapter(root: Path, text: str, **more: str) -> Path:
    """A book with a glossary and a chapter, built."""
    make(root, index=GLOSSARY, one=PAGE + text, **more)
    assert build(root, **SETTINGS)[0] == ""
    return root


def test_a_term_is_linked_where_it_is_first_used(tmp_path: Path) -> None:
    chapter(tmp_path, "Norms, say.\n\nA norm and a *ReLU* and a norm, then two ReLUs.\n")
    assert linked(tmp_path) == ["Norms", "ReLU"]
    assert links(tmp_path)[0]["href"] == "index.html#term-norm"


def test_the_longest_term_wins_and_case_counts_where_it_is_part_of_the_name(
    tmp_path: Path,
) -> None:
    chapter(tmp_path, "Batch norms use a relu. Norm.\n")
    assert linked(tmp_path) == ["Batch norms", "Norm"]


def test_parts_of_words_are_no_terms(tmp_path: Path) -> None:
    chapter(tmp_path, "Abnormal: normal, pre-norm, norm-like, enorm.\n")
    assert linked(tmp_path) == []


def test_a_role_before_it_counts_as_the_first_use(tmp_path: Path) -> None:
    chapter(tmp_path, "The {term}`lengths <norm>`. A norm. A {term}`ReLU`. ReLU.\n")
    assert linked(tmp_path) == ["lengths", "ReLU"]


@pytest.mark.parametrize(
    "text",
    [
        "## A norm\n",
        "`norm`\n",
        "$norm$\n",
        "> norm\n",
        "[norm](other.md)\n",
        "```\nnorm\n```\n",
        "For example.\n",
    ],
)
def test_headings_code_quotes_and_everyday_words_are_left_alone(
    text: str, tmp_path: Path
) -> None:
    chapter(tmp_path, text, other=PAGE)
    assert linked(tmp_path) == []


def test_other_pages_are_left_alone(tmp_path: Path) -> None:
    chapter(tmp_path, "Nothing.\n", other=PAGE + "A norm.\n")
    assert linked(tmp_path, "other") == []


def test_everyday_words_are_terms_of_the_glossary() -> None:
    text = (Path(__file__).parents[2] / "book/glossary.md").read_text("utf-8")
    assert set(text.splitlines()) >= EVERYDAY


def test_the_pattern_reads_over_line_breaks() -> None:
    assert pattern(["batch norm"]).search("a batch\n norm")


def test_a_term_is_told_by_its_name_however_it_is_written(tmp_path: Path) -> None:
    chapter(tmp_path, "Batch norms are as ReLUs are. A Norm.\n")
    targets = [link["href"].split("#")[1] for link in links(tmp_path, "one")]
    assert targets == ["term-batch-norm", "term-ReLU", "term-norm"]


def test_the_index_names_the_sections_that_use_a_term(tmp_path: Path) -> None:
    text = (
        "A norm.\n\n## First\n\nA norm.\n\n## Second\n\nA norm, a norm, a {term}`norm`, a ReLU.\n\n"
        "## Third\n\nA norm, a norm.\n\n## Fourth\n\nA norm, a norm.\n\n"
        "## References and further reading\n\nReLU, ReLU, ReLU.\n"
    )
    chapter(tmp_path, text, two=PAGE + "Only here a ReLU.\n", where=PAGE + "```{where}\n```\n")
    page = BeautifulSoup(html(tmp_path, "where"), "html.parser")
    lists = page.select("dl.where")
    assert [rubric.get_text() for rubric in page.select(".rubric")] == ["N", "R"]
    norm, relu = ([line.get_text() for line in box.select("dd p")] for box in lists)
    assert norm == ["Title: Second, Third, Fourth"]
    assert sorted(relu) == ["Title: Second", "Title: Title"]
    assert lists[0].select("dd a")[1]["href"] == "one.html#second"


def test_the_index_follows_an_edit(tmp_path: Path) -> None:
    chapter(tmp_path, "## Here\n\nA norm.\n", where=PAGE + "```{where}\n```\n")
    (tmp_path / "one.md").write_text(PAGE + "## Here\n\nA ReLU.\n")
    assert build(tmp_path, **SETTINGS)[0] == ""
    page = BeautifulSoup(html(tmp_path, "where"), "html.parser")
    assert [term.get_text() for term in page.select("dt")] == ["ReLU"]


def test_the_index_follows_the_glossary_and_is_left_alone_else(tmp_path: Path) -> None:
    chapter(tmp_path, "## Here\n\nA norm.\n", where=PAGE + "```{where}\n```\n")
    written = (tmp_path / "out/html/where.html").stat().st_mtime_ns
    (tmp_path / "one.md").write_text(PAGE + "## Here\n\nA norm, yes.\n")
    assert build(tmp_path, **SETTINGS)[0] == ""
    assert (tmp_path / "out/html/where.html").stat().st_mtime_ns == written
    page = (tmp_path / "index.md").read_text()
    (tmp_path / "index.md").write_text(page.replace("\nnorm\n", "\nyes\n"))
    assert build(tmp_path, **SETTINGS)[0] == ""
    terms = BeautifulSoup(html(tmp_path, "where"), "html.parser").select("dt")
    assert [term.get_text() for term in terms] == ["yes"]


def test_an_index_of_nothing_is_empty(tmp_path: Path) -> None:
    make(tmp_path, index=FRONT + "# Title\n\n```{where}\n```\n")
    assert build(tmp_path, **SETTINGS)[0] == ""
    assert "dl" not in [
        tag.name for tag in BeautifulSoup(html(tmp_path), "html.parser").find_all()
    ]
