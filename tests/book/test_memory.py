"""What is taken over from the last build, and that nothing is when what it hangs on has changed."""

import sys
from pathlib import Path

import pytest
from sphinx.pycode import ModuleAnalyzer
from tiny_book import BIBLIOGRAPHY, FRONT, PAGE, VALUES, build, html, make, record

from nnbook.claims.fingerprint import CodeGraph
from nnbook_sphinx import bibliography, chapters, known, ledger
from nnbook_sphinx.known import Answers, KnownGraph

pytestmark = pytest.mark.filterwarnings("ignore")

CARD = ":::{claim} T01\n:::\n"
CELL = "\n```{code-cell} ipython3\nprint('one')\n```\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two functions, one of which reaches the other."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "def a():\n    return b()\n\n\ndef b():\n    return 1\n"
    )
    return folder


def counted(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[object]:
    """From now on, every call of a function of the module adds its first argument to the list."""
    calls: list[object] = []
    whole = getattr(module, name)

    def call(*args: object, **more: object) -> object:
        calls.append(args[0])
        return whole(*args, **more)

    monkeypatch.setattr(module, name, call)
    return calls


def asked(graph: CodeGraph) -> list[object]:
    """What a graph answers."""
    reached = graph.reach([("small", "a")])
    return [reached, graph.digest(reached), graph.reach_from_text("from small import b\nb()")]


def test_a_graph_that_knows_the_files_parses_none(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = KnownGraph(package, Answers())
    answers = asked(first)
    assert answers == asked(CodeGraph(package))
    made = counted(monkeypatch, known, "CodeGraph")
    again = KnownGraph(package, first.answers)
    assert asked(again) == answers
    assert made == []
    assert again.answers == first.answers
    again.reach([("small", "b")])
    assert made == [package]


@pytest.mark.parametrize("change", ["edit", "new", "gone"])
def test_a_graph_forgets_all_when_a_file_changes(package: Path, change: str) -> None:
    (package / "more.py").write_text("def c():\n    return 2\n")
    first = KnownGraph(package, Answers())
    asked(first)
    text = (package / "__init__.py").read_text()
    if change == "edit":
        (package / "__init__.py").write_text(text.replace("return 1", "return 2"))
    elif change == "new":
        (package / "other.py").write_text("")
    else:
        (package / "more.py").unlink()
    second = KnownGraph(package, first.answers)
    assert asked(second) == asked(CodeGraph(package))
    assert second.answers.files != first.answers.files


def test_a_graph_keeps_what_it_was_asked_in_this_build_only(package: Path) -> None:
    first = KnownGraph(package, Answers())
    asked(first)
    assert KnownGraph(package, first.answers).answers.reached == {}


def test_an_answer_can_be_changed_by_who_asked(package: Path) -> None:
    graph = KnownGraph(package, Answers())
    graph.reach([("small", "a")]).clear()
    assert graph.reach([("small", "a")]) == {("small", "a"), ("small", "b")}


def test_an_edit_of_prose_reads_no_code_no_record_and_no_other_chapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, index=PAGE + CARD + CELL, other=PAGE + "Words.\n" + CELL)
    assert build(tmp_path)[0] == ""
    graphs = counted(monkeypatch, known, "CodeGraph")
    records = counted(monkeypatch, ledger, "load_record")
    parsed = counted(monkeypatch, chapters, "parse")
    (tmp_path / "index.md").write_text((tmp_path / "index.md").read_text() + "\nMore.\n")
    assert build(tmp_path)[0] == ""
    assert "More." in html(tmp_path)
    assert (graphs, records, parsed) == ([], [], [tmp_path / "index.md"])


def test_a_new_record_is_read_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, index=PAGE + "It is {measured}`T01.ratio`.\n", other=PAGE + "Words.\n")
    assert build(tmp_path)[0] == ""
    before = html(tmp_path)
    record(tmp_path / "results", values={**VALUES, "ratio": [5.0, 6.0, 7.0]})
    assert build(tmp_path)[0] == ""
    assert html(tmp_path) != before
    read = counted(monkeypatch, ledger, "load_record")
    assert build(tmp_path)[0] == ""
    assert read == []


def test_another_configuration_parses_the_chapters_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, index=PAGE + CELL)
    assert build(tmp_path)[0] == ""
    parsed = counted(monkeypatch, chapters, "parse")
    assert build(tmp_path, myst_heading_anchors=2)[0] == ""
    assert parsed == [tmp_path / "index.md"]


def test_works_are_formatted_again_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, index=PAGE + "As said {cite:p}`tiny2020`.\n", other=PAGE + "Words.\n")
    assert build(tmp_path)[0] == ""
    formatted = counted(monkeypatch, bibliography.PlainStyle, "format_entry")
    (tmp_path / "other.md").write_text(PAGE + "Words and words.\n")
    assert build(tmp_path)[0] == ""
    assert formatted == []
    assert "Tables" in html(tmp_path)
    (tmp_path / "refs.bib").write_text(BIBLIOGRAPHY.replace("Tables", "Chairs"))
    assert build(tmp_path)[0] == ""
    assert "Chairs" in html(tmp_path)
    assert "Tables" not in html(tmp_path)
    (tmp_path / "refs.bib").write_text(BIBLIOGRAPHY.replace("2020}", "2021}"))
    assert build(tmp_path)[0] == ""
    assert "2021" in html(tmp_path)


def test_a_page_of_source_follows_its_file_and_imports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "noted.py"
    text = (
        "from pathlib import Path\n\nwith Path(__file__).with_suffix('.ran').open('a') as file:\n"
        "    file.write('x')\n\n\ndef shown():\n    '''Shown.'''\n    return 'old'\n"
    )
    module.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    extensions = [
        "sphinx.ext.autodoc",
        "sphinx.ext.viewcode",
        "myst_nb",
        "sphinxcontrib.bibtex",
    ]
    settings = {"extensions": [*extensions, "nnbook_sphinx"]}
    page = FRONT + "# Title\n\n```{eval-rst}\n.. autofunction:: noted.shown\n```\n"
    make(tmp_path, index=PAGE, code=page)

    def build_as_in_a_new_process() -> None:
        sys.modules.pop("noted", None)
        ModuleAnalyzer.cache.clear()
        assert build(tmp_path, **settings)[0] == ""

    for words in ("", "More.\n"):
        (tmp_path / "index.md").write_text((tmp_path / "index.md").read_text() + words)
        build_as_in_a_new_process()
    assert module.with_suffix(".ran").read_text() == "x"
    assert "old" in html(tmp_path, "_modules/noted")
    module.write_text(text.replace("old", "new text"))
    build_as_in_a_new_process()
    assert "new text" in html(tmp_path, "_modules/noted")
