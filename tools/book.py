"""make book: builds the book with warnings as errors, and publishes it only if it is good."""

import contextlib
import gc
import hashlib
import io
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from tools.environment import ROOT, variables
from tools.mutex import BusyError, only_one
from tools.publish import publish, recover

Run = Callable[[Path, Sequence[str]], int]
STRICT = ("-n", "-W", "--keep-going")
TRUSTED = Path("_build", "trusted.json")
PICKLE = Path("_build", ".doctrees", "environment.pickle")
# All that Jupyter Book has to add to a problem that was reported.
POINTER = "Look above for the cause"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
# Progress that says nothing about this book. Warnings come on another stream, untouched.
ROUTINE = re.compile(
    r"Running |Source Folder|Config Path|Output Path|loading |making output|\[etoc\]|myst|===|"
    r"Using jupyter-cache|sphinx-multitoc|building \[|updating environment|reading sources|\s*$|"
    r"looking for now|pickling|checking consist|preparing doc|copying |writing |dumping |"
    r"generating indices|no targets|build succeeded|The HTML pages|Finished generating|"
    r"checking bibtex|parsing bibtex|highlighting |Your book's|You can look|Or paste|"
    r"Building your book, returns|\s+_build|\s+file:"
)


def sources(root: Path) -> str:
    """A hash of what pages there are and how they are configured, but not of what they say."""
    pages = sorted(path.relative_to(root).as_posix() for path in (root / "book").rglob("*.md"))
    settings = [(root / name).read_bytes() for name in ("_config.yml", "_toc.yml")]
    return hashlib.sha256("\n".join(pages).encode() + b"".join(settings)).hexdigest()


def state(root: Path) -> list[object]:
    """What tells whether Sphinx's memory is still the one that the last good build left."""
    pickle = root / PICKLE
    memory = [pickle.stat().st_mtime_ns, pickle.stat().st_size] if pickle.exists() else []
    return [*memory, sources(root)]


def forget_untrusted(root: Path) -> None:
    """Make Sphinx read every page again unless the last build here was strict and good.

    Sphinx reports a page's warnings only when it reads that page. After a failed, killed or lenient
    build it holds the page as read, and a second strict build would pass in silence. Nor does it
    delete the page of a chapter that is gone. Executed chapters stay in their own cache.
    """
    try:
        trusted = json.loads((root / TRUSTED).read_text())
    except (OSError, ValueError):
        trusted = None
    if trusted != state(root):
        (root / PICKLE).unlink(missing_ok=True)
        shutil.rmtree(root / "_build" / "html", ignore_errors=True)
    (root / TRUSTED).unlink(missing_ok=True)


class Quiet(io.TextIOBase):
    """A stream that passes lines on to another, except routine ones; colors only to a terminal."""

    def __init__(self, target: TextIO) -> None:
        self.target = target
        self.line = ""

    def write(self, text: str) -> int:
        """Take text, and pass on the lines that are complete."""
        *lines, self.line = (self.line + text).split("\n")
        for line in lines:
            plain = COLOR.sub("", line)
            if not ROUTINE.match(plain):
                print(line if self.isatty() else plain, file=self.target, flush=True)
        return len(text)

    def isatty(self) -> bool:
        """Whether the lines end up on a terminal."""
        return self.target.isatty()


def run_jupyter_book(root: Path, options: Sequence[str]) -> int:
    """Run Jupyter Book in this process, so that a kill ends both, and return its status.

    Args:
        root: The tree.
        options: More options for Jupyter Book; with -v, its whole output is shown.
    """
    # As in nnbook_sphinx, which is imported later: a tenth of the time of the imports.
    gc.set_threshold(100_000, 50, 50)
    from jupyter_book.cli.main import main as jupyter_book

    os.environ.update(variables(root))
    output = sys.stdout if "-v" in options else Quiet(sys.stdout)
    try:
        with contextlib.redirect_stdout(output):
            jupyter_book(["build", str(root), *STRICT, *options], prog_name="jupyter-book")
    except SystemExit as end:
        # What Jupyter Book makes of Ctrl-C during a build.
        if isinstance(end.code, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        return 1 if end.code else 0
    except RuntimeError as error:
        if POINTER not in str(error):
            print(str(error).strip(), file=sys.stderr)
        return 1
    return 0


def build(root: Path, options: Sequence[str] = (), run: Run = run_jupyter_book) -> int:
    """Build the book and publish it.

    Args:
        root: The tree.
        options: More options for Jupyter Book.
        run: What builds the pages.

    Returns:
        0 if the book is good and published; else not 0, and the site is as it was.

    Raises:
        BusyError: If another run is at work in the tree.
    """
    start = time.monotonic()
    with only_one(root):
        recover(root)
        forget_untrusted(root)
        status = run(root, options)
        if status:
            kept = "site/ is as it was" if (root / "site").exists() else "there is no site/ yet"
            print(
                f"book: not built, see the messages above; {kept}", file=sys.stderr, flush=True
            )
            return status
        publish(root / "_build" / "html", root)
        (root / TRUSTED).write_text(json.dumps(state(root)))
    print(f"book: site/index.html is ready ({time.monotonic() - start:.1f} s)", flush=True)
    return 0


def main(options: Sequence[str]) -> int:
    """Build; Ctrl-C and a kill leave the site as it was."""
    try:
        return build(ROOT, options)
    except BusyError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("book: stopped; site/ is as it was", file=sys.stderr)
        return 130


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Python would take a second to free Sphinx's pages one by one; all is written by now.
    os._exit(status)
