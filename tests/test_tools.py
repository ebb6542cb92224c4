"""The tools behind the Makefile, on tiny trees: set-up, build, publishing, lock, browser, server."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools import book, browser, clean, environment, live, mutex, publish, serve

ROOT = environment.ROOT
POSIX = "#!/bin/sh\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A book of one page."""
    write(tmp_path / "_config.yml", "title: Tiny\n")
    write(tmp_path / "_toc.yml", "format: jb-book\nroot: book/index\n")
    write(tmp_path / "book" / "index.md", "# Tiny\n")
    return tmp_path


def builder(page: str, status: int = 0, seen: list[bool] | None = None):
    """A stand-in for Jupyter Book: writes one page, remembers it, and notes whether it remembered."""

    def run(root: Path, options: object) -> int:
        if seen is not None:
            seen.append((root / book.PICKLE).exists())
        write(root / "_build" / "html" / "index.html", page)
        write(root / book.PICKLE, page)
        return status

    return run


# Publishing


def test_a_good_build_is_published_whole(tree):
    assert book.build(tree, run=builder("one")) == 0
    write(tree / "site" / "stale.html", "")
    assert book.build(tree, run=builder("two")) == 0
    assert content(tree / "site") == {"index.html": b"two"}


def test_a_failing_build_leaves_the_site_byte_for_byte(tree, capsys):
    book.build(tree, run=builder("good"))
    before = content(tree / "site")
    assert book.build(tree, run=builder("bad", status=1)) == 1
    assert content(tree / "site") == before
    assert "site/ is as it was" in capsys.readouterr().err


def test_writing_into_the_build_does_not_write_into_the_site(tree):
    book.build(tree, run=builder("good"))
    with (tree / "_build" / "html" / "index.html").open("a") as page:
        page.write(" and more")
    assert content(tree / "site") == {"index.html": b"good"}


def test_a_file_that_was_not_written_again_is_the_one_of_the_last_site(tree):
    book.build(tree, run=builder("good"))
    html = tree / "_build" / "html"
    for name in ("same", "grown", "touched", "harmed"):
        write(html / f"{name}.html", name)
    publish.publish(html, tree)
    before = {path.name: path.stat().st_ino for path in (tree / "site").iterdir()}
    write(html / "grown.html", "grown up")
    write(html / "touched.html", "TOUCHED")
    os.utime(html / "touched.html", ns=(1, 1))
    write(tree / "site" / "harmed.html", "by hand")
    publish.publish(html, tree)
    now = {path.name: path.stat().st_ino for path in (tree / "site").iterdir()}
    kept = {name for name in now if now[name] == before[name]}
    assert kept == {"index.html", "same.html"}
    assert content(tree / "site") == content(html)


def test_a_file_system_without_links_gets_copies(tree, monkeypatch):
    def fail(*_):
        raise OSError("no links here")

    book.build(tree, run=builder("good"))
    monkeypatch.setattr(publish.os, "link", fail)
    assert book.build(tree, run=builder("good")) == 0
    assert content(tree / "site") == {"index.html": b"good"}


DYING = """
import os, sys
from pathlib import Path
from tools import publish
calls = 0
def dying(function):
    def call(*args, **options):
        global calls
        calls += 1
        if calls == {step}:
            os._exit(9)
        return function(*args, **options)
    return call
Path.rename = dying(Path.rename)
publish.shutil.copytree = dying(publish.shutil.copytree)
publish.shutil.rmtree = dying(publish.shutil.rmtree)
publish.publish(Path({html!r}), Path({root!r}))
"""


@pytest.mark.parametrize(
    ("step", "kept"), [(1, "old"), (2, "old"), (3, "old"), (4, "new"), (5, "new")]
)
def test_a_kill_while_publishing_is_recovered(tree, step, kept):
    """Steps: copy, site to site.old, site.new to site, removal of site.old; there is no fifth."""
    write(tree / "site" / "index.html", "old")
    html = write(tree / "_build" / "html" / "index.html", "new").parent
    script = DYING.format(step=step, html=str(html), root=str(tree))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == (9 if step < 5 else 0)
    publish.recover(tree)
    assert content(tree / "site") == {"index.html": kept.encode()}
    assert not (tree / "site.new").exists()
    assert not (tree / "site.old").exists()


def test_a_copy_that_fails_leaves_the_site(tree, monkeypatch):
    book.build(tree, run=builder("good"))

    def fail(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr(publish.shutil, "copytree", fail)
    with pytest.raises(OSError, match="no space left"):
        publish.publish(tree / "_build" / "html", tree)
    assert content(tree / "site") == {"index.html": b"good"}


# What Sphinx remembers is trusted only after a good build


def test_a_good_build_is_continued(tree):
    seen: list[bool] = []
    for page in ("one", "two"):
        book.build(tree, run=builder(page, seen=seen))
    assert seen == [False, True]


@pytest.mark.parametrize("spoil", ["failed", "killed", "lenient", "page added", "page gone"])
def test_after_anything_else_every_page_is_read_again(tree, spoil):
    seen: list[bool] = []
    write(tree / "book" / "more.md", "# More\n")
    book.build(tree, run=builder("one"))
    if spoil == "failed":
        book.build(tree, run=builder("two", status=1))
    elif spoil == "killed":
        with pytest.raises(SystemExit):
            book.build(tree, run=lambda root, options: sys.exit(137))
    elif spoil == "lenient":
        write(tree / book.PICKLE, "written by jupyter-book build .")
    elif spoil == "page added":
        write(tree / "book" / "new.md", "# New\n")
    elif spoil == "page gone":
        (tree / "book" / "more.md").unlink()
    book.build(tree, run=builder("three", seen=seen))
    assert seen == [False]


def test_edited_prose_does_not_count_as_another_page(tree):
    seen: list[bool] = []
    book.build(tree, run=builder("one"))
    write(tree / "book" / "index.md", "# Tiny, edited\n")
    book.build(tree, run=builder("two", seen=seen))
    assert seen == [True]


def test_routine_lines_are_hidden_and_others_are_not(capsys):
    quiet = book.Quiet(sys.stdout)
    quiet.write("\x1b[01mreading sources... \x1b[39;49;00m[100%] book/index\n")
    quiet.write("book/setup/activations.md: Executed notebook")
    quiet.write(" in 1.42 seconds\nWARNING: reading sources is slow\n")
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "book/setup/activations.md: Executed notebook in 1.42 seconds",
        "WARNING: reading sources is slow",
    ]


# One run at a time

HOLDER = """
import sys, time
from pathlib import Path
from tools.mutex import only_one
with only_one(Path({root!r})):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_live_run_is_named_and_a_dead_one_does_not_count(tmp_path):
    script = HOLDER.format(root=str(tmp_path))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(mutex.BusyError, match=f"process {holder.pid} is at work in "):
            mutex.only_one(tmp_path).__enter__()
        holder.send_signal(signal.SIGKILL)
    with mutex.only_one(tmp_path):
        assert (tmp_path / mutex.NAME).read_text() == str(os.getpid())


def test_a_file_left_by_a_dead_process_does_not_lock(tmp_path):
    write(tmp_path / mutex.NAME, "999999999")
    with mutex.only_one(tmp_path):
        pass


def test_a_second_build_is_refused(tree):
    def nested(root: Path, options: object) -> int:
        return book.build(root, run=builder("inner"))

    with pytest.raises(mutex.BusyError):
        book.build(tree, run=nested)
    assert not (tree / "site").exists()


# Set-up


class Setup:
    """A tree with stand-ins for the slow steps, which note that they ran."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.ran: list[str] = []
        self.empty = False
        for names in environment.INPUTS.values():
            for name in names:
                write(root / name, name)
        write(root / environment.STAMP, "{}")
        write(root / environment.NODE_MARK, "")
        monkeypatch.setattr(environment, "make_venv", self.make_venv)

    def make_venv(self, root: Path, *, anew: bool) -> None:
        self.ran += ["venv anew"] if anew else []
        if anew or self.empty:
            (root / environment.STAMP).unlink()

    def ensure(self, fail: str = "") -> list[str]:
        def step(part):
            def run(root: Path) -> None:
                self.ran.append(part)
                if part == fail:
                    raise KeyboardInterrupt

            return run

        self.ran = []
        environment.ensure(self.root, {part: step(part) for part in ("python", "node")})
        return self.ran


@pytest.fixture
def setup(tmp_path, monkeypatch):
    return Setup(tmp_path, monkeypatch)


def test_set_up_runs_once(setup):
    assert setup.ensure() == ["python", "node"]
    assert setup.ensure() == []


@pytest.mark.parametrize(
    ("changed", "redone"),
    [
        ("requirements.lock", ["python", "node"]),
        ("pyproject.toml", ["python"]),
        ("package-lock.json", ["node"]),
    ],
)
def test_a_changed_file_redoes_its_part(setup, changed, redone):
    setup.ensure()
    write(setup.root / changed, "changed")
    assert setup.ensure() == redone


def test_missing_node_modules_are_installed_again(setup):
    setup.ensure()
    shutil.rmtree(setup.root / "node_modules")
    assert setup.ensure() == ["node"]


def test_a_killed_set_up_goes_on(setup):
    with pytest.raises(KeyboardInterrupt):
        setup.ensure(fail="python")
    assert setup.ensure() == ["venv anew", "python", "node"]


def test_a_part_that_was_finished_is_not_redone(setup):
    with pytest.raises(KeyboardInterrupt):
        setup.ensure(fail="node")
    assert setup.ensure() == ["node"]


def test_a_venv_made_anew_is_filled_anew(setup):
    setup.ensure()
    setup.empty = True
    write(setup.root / "package-lock.json", "changed")
    assert setup.ensure() == ["python", "node"]


def test_a_broken_stamp_counts_as_none(setup):
    setup.ensure()
    write(setup.root / environment.STAMP, '{"python": "')
    assert setup.ensure() == ["python", "node"]


def test_a_failing_command_of_the_set_up_says_what_to_do():
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(
        environment.SetupError, match=r"failed, see above; is the network there\?"
    ):
        environment.run(command, environment.NETWORK)


def script(path: Path, text: str) -> Path:
    write(path, POSIX + text).chmod(0o755)
    return path


def launcher(tmp_path: Path, pythons: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a copy of tools/run where only these Pythons are on the PATH."""
    copy = write(tmp_path / "tools" / "run", (ROOT / "tools" / "run").read_text())
    for name, text in pythons.items():
        script(tmp_path / "bin" / name, text)
    (tmp_path / "bin").mkdir(exist_ok=True)
    for command in ("sh", "dirname"):
        (tmp_path / "bin" / command).symlink_to(shutil.which(command))
    variables = {"PATH": str(tmp_path / "bin")}
    command = ["/bin/sh", str(copy), "-m", "tools.book"]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_an_old_python_is_refused_clearly(tmp_path):
    done = launcher(tmp_path, {"python3": "exit 1\n"})
    assert done.returncode == 1
    assert done.stderr.startswith("error: Python 3.11 or newer is needed")


def test_a_newer_python_is_taken_where_python3_is_old(tmp_path):
    pythons = {"python3": "exit 1\n", "python3.13": 'echo "3.13 $*"\n'}
    write(tmp_path / ".venv" / "bin" / "python", POSIX + 'echo "venv $*"\n')
    done = launcher(tmp_path, pythons)
    assert "3.13 -m tools.environment" in done.stdout


# The browser


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A machine without a browser: an empty PATH, an empty home."""
    for variable in ("CHROMIUM", "PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setattr(browser, "MAC", ())
    (tmp_path / "bin").mkdir()
    return tmp_path


def test_browsers_are_taken_in_order(places, monkeypatch):
    last = script(places / "playwright" / "chromium-9" / "chrome-linux" / "chrome", "exit 0\n")
    assert browser.find() == last
    edge = script(places / "bin" / "microsoft-edge", "exit 0\n")
    assert browser.find() == edge
    chrome = script(places / "bin" / "google-chrome", "exit 0\n")
    assert browser.find() == chrome
    chromium = script(places / "bin" / "chromium", "exit 0\n")
    assert browser.find() == chromium
    monkeypatch.setenv("CHROMIUM", str(chrome))
    assert browser.find() == chrome


def test_a_stub_that_does_not_run_is_passed_over(places):
    script(places / "bin" / "chromium-browser", "echo install the snap >&2; exit 1\n")
    assert browser.find() is None
    chrome = script(places / "bin" / "google-chrome-stable", "exit 0\n")
    assert browser.find() == chrome


def test_a_named_browser_that_does_not_run_is_an_error(places, monkeypatch):
    monkeypatch.setenv("CHROMIUM", str(places / "nothing"))
    with pytest.raises(
        browser.NoBrowserError, match=r"CHROMIUM is .*nothing, which does not run"
    ):
        browser.find()


def test_installers_are_tried_in_order_and_then_it_is_an_error(places, monkeypatch):
    tried = []
    monkeypatch.setattr(browser, "install_playwrights", lambda: tried.append("playwright"))
    monkeypatch.setattr(browser, "install_systems", lambda: tried.append("system"))
    with pytest.raises(browser.NoBrowserError, match="Install one, or name it:"):
        browser.ensure()
    assert tried == ["playwright", "system"]


def test_an_installed_browser_is_found(places, monkeypatch):
    def install() -> None:
        script(places / "bin" / "chromium", "exit 0\n")

    monkeypatch.setattr(browser, "install_playwrights", install)
    assert browser.ensure() == places / "bin" / "chromium"


# The server


def test_the_server_forbids_caching_and_names_what_is_missing(tmp_path, capsys):
    write(tmp_path / "index.html", "hello")
    with serve.server(tmp_path, 0) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        origin = f"http://127.0.0.1:{http.server_port}"
        with urllib.request.urlopen(f"{origin}/") as answer:
            assert answer.read() == b"hello"
            assert answer.headers["Cache-Control"] == "no-store"
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{origin}/nothing.html")
        missing.value.close()
        http.shutdown()
        thread.join()
    shown = capsys.readouterr().err
    assert "GET /nothing.html" in shown
    assert shown.count("\n") == 1


# The preview


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("book/index.md", True),
        ("book/results/C01.json", True),
        ("src/nnbook/layers.py", True),
        ("_config.yml", True),
        ("_toc.yml", True),
        ("_build/html/index.html", False),
        ("site/index.html", False),
        ("site.new/index.html", False),
        ("bookish.md", False),
        (".venv/lib/x.py", False),
        ("src/nnbook/__pycache__/layers.pyc", False),
    ],
)
def test_the_preview_watches_what_makes_the_pages(path, watched):
    root = Path("/some/where")
    options = [part for part in live.command(root, ()) if part.startswith("--re-ignore=")]
    patterns = [option.removeprefix("--re-ignore=") for option in options]
    ignored = any(re.search(pattern, f"{root.as_posix()}/{path}") for pattern in patterns)
    assert ignored is not watched


def test_the_configuration_of_the_preview_is_python(tmp_path):
    compile(live.CONF.format(root=str(tmp_path)), "conf.py", "exec")


# Cleaning


def test_clean_removes_what_was_built_and_nothing_else(tree):
    book.build(tree, run=builder("good"))
    write(tree / ".venv" / "pyvenv.cfg", "")
    assert clean.main((), tree) == 0
    assert sorted(path.name for path in tree.iterdir()) == [
        ".make.lock",
        ".venv",
        "_config.yml",
        "_toc.yml",
        "book",
    ]
