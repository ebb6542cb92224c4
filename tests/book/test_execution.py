"""What runs again and what does not: a tiny package, a tiny book, both directions."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_book import PAGE, build, html, make

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]
PACKAGE = {
    "__init__.py": '"""Tiny."""\n',
    "a.py": '"""A."""\n\n\ndef used():\n    """Doc."""\n    return 1\n\n\ndef other():\n    return 5\n',
    "b.py": "from tiny.a import used\n\n\ndef twice():\n    return 2 * used()\n",
}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of three chapters; `count` in each says how often it ran."""
    package = tmp_path / "tiny"
    package.mkdir()
    for name, text in PACKAGE.items():
        (package / name).write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return make(
        tmp_path,
        index=chapter("from tiny.b import twice\nprint('got', twice())", "index"),
        aside=chapter("from tiny.a import other\nprint('got', other())", "aside"),
        prose=PAGE + "No cells.\n",
    )


def chapter(code: str, name: str) -> str:
    """A chapter that notes that it ran."""
    note = f"with open('{name}.ran', 'a') as file:\n    _ = file.write('x')"
    return f"{PAGE}```{{code-cell}} ipython3\n{code}\n{note}\n```\n"


def runs(book: Path) -> dict[str, int]:
    """How often each chapter ran."""
    return {path.stem: len(path.read_text()) for path in sorted(book.glob("*.ran"))}


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_exactly_the_chapters_that_reach_an_edit_run_again(book: Path) -> None:
    settings = {"nnbook_package": str(book / "tiny")}
    assert build(book, **settings)[0] == ""
    assert runs(book) == {"aside": 1, "index": 1}
    assert "got 2" in html(book)

    assert build(book, **settings)[0] == ""
    edit(book / "index.md", "# Title", "# Another title\n\nMore words.")
    edit(book / "tiny/a.py", '"""Doc."""', '"""Other words."""  # and a comment')
    assert build(book, **settings)[0] == ""
    assert runs(book) == {"aside": 1, "index": 1}
    assert "More words" in html(book)

    edit(book / "tiny/a.py", "return 1", "return 4")
    assert build(book, **settings)[0] == ""
    assert runs(book) == {"aside": 1, "index": 2}
    assert "got 8" in html(book)

    edit(book / "tiny/a.py", "return 5", "return 6")
    assert build(book, **settings)[0] == ""
    assert runs(book) == {"aside": 2, "index": 2}
    assert "got 6" in html(book, "aside")

    edit(book / "tiny/a.py", "return 6", "return 5")
    assert build(book, **settings)[0] == ""
    assert runs(book) == {"aside": 2, "index": 2}
    assert "got 5" in html(book, "aside")


@pytest.mark.parametrize("code", ["claim = 'T01'", "from tiny_book import CLAIMS\nCLAIMS;"])
def test_a_record_that_a_cell_names_counts(code: str, tmp_path: Path, monkeypatch) -> None:
    from tiny_book import VALUES, record

    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{Path(__file__).parent}")
    make(tmp_path, index=chapter(code, "index"))
    assert build(tmp_path)[0] == ""
    record(tmp_path / "results", values={**VALUES, "plain": [1.0, 2.0, 3.0]})
    assert build(tmp_path)[0] == ""
    assert runs(tmp_path) == {"index": 2}


def test_a_new_caption_runs_nothing(tmp_path: Path) -> None:
    page = (
        f"{PAGE}```{{code-cell}} ipython3\n---\nmystnb:\n  image:\n    alt: {'A line that rises. ' * 3}\n"
        "  figure:\n    caption: Before.\n---\nimport matplotlib.pyplot as plt\nplt.plot([0, 1])\n"
        "open('index.ran', 'a').write('x');\n```\n"
    )
    make(tmp_path, index=page)
    assert build(tmp_path)[0] == ""
    edit(tmp_path / "index.md", "Before.", "Afterwards.")
    assert build(tmp_path)[0] == ""
    assert "Afterwards." in html(tmp_path)
    assert runs(tmp_path) == {"index": 1}


def test_a_figure_is_the_same_every_time(tmp_path: Path) -> None:
    page = (
        f"{PAGE}```{{code-cell}} ipython3\n---\nmystnb:\n  image:\n    alt: {'A line that rises. ' * 3}\n"
        "  figure:\n    caption: Look.\n---\nimport matplotlib.pyplot as plt\nplt.plot([0, 1]);\n```\n"
    )
    for name in ("one", "two"):
        assert build(make(tmp_path / name, index=page))[0] == ""
    names = [
        sorted(path.name for path in (tmp_path / name / "out/jupyter_execute").glob("*.svg"))
        for name in ("one", "two")
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 2


def test_chapters_run_at_the_same_time(tmp_path: Path) -> None:
    wait = (
        "import pathlib, time\nwhile not pathlib.Path('{}.ran').exists():\n    time.sleep(0.05)"
    )
    pages = {
        name: chapter(f"open('{name}.ran', 'w').close()\n" + wait.format(other), name)
        for name, other in (("index", "second"), ("second", "index"))
    }
    assert build(make(tmp_path, **pages), nnbook_workers=2, nb_execution_timeout=40)[0] == ""


def test_what_ran_is_kept_when_another_chapter_fails(tmp_path: Path) -> None:
    make(tmp_path, index=chapter("x = 1", "index"), other=chapter("x / 0", "other"))
    error, _ = build(tmp_path)
    assert f"{tmp_path}/other.md:11: cell 1 raised NameError" in error
    assert [json.loads(p.read_text())["chapter"] for p in stored(tmp_path)] == ["index"]
    edit(tmp_path / "other.md", "x / 0", "x = 0")
    assert build(tmp_path)[0] == ""
    assert runs(tmp_path) == {"index": 1, "other": 1}


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "Ctrl-C"])
def test_a_build_cut_short_goes_on_later(how: signal.Signals, tmp_path: Path) -> None:
    slow = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\n" + (
        "while not pathlib.Path('go').exists():\n    time.sleep(0.05)"
    )
    make(tmp_path, index=chapter("x = 1", "index"), slow=chapter(slow, "slow"))
    code = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n" + (
        f"import pathlib, tiny_book\nprint(tiny_book.build(pathlib.Path({str(tmp_path)!r})))"
    )
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as child:
        wait_for(lambda: (tmp_path / "pid").exists() and len(stored(tmp_path)) == 1)
        child.send_signal(how)
        child.wait(timeout=60)  # a build that hangs here must fail, not wait
    kernel = int((tmp_path / "pid").read_text())
    wait_for(lambda: not Path(f"/proc/{kernel}").exists() or is_zombie(kernel))
    assert len(stored(tmp_path)) == 1
    (tmp_path / "go").touch()
    assert build(tmp_path)[0] == ""
    assert runs(tmp_path) == {"index": 1, "slow": 1}


def stored(book: Path) -> list[Path]:
    """The kept results."""
    return sorted((book / "out/executed").glob("*.json"))


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True


def wait_for(condition, seconds: float = 40.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
