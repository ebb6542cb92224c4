"""How long a build takes, and how that grows with the number of chapters: python -m benchmarks.building.

Books of 1 to 12 equal chapters are built from nothing, and again after an edit of one line; so is this
book. The chapters have what real ones have: cells, figures, formulas, code, recorded numbers, cards.
Writes `benchmarks/building.md`.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnbook.claims import CLAIMS
from tools.environment import ROOT, variables

CHAPTERS = (1, 2, 4, 8, 12)
COLD, EDIT = 120.0, 6.0
REPORT = ROOT / "benchmarks" / "building.md"
CARDS, SECTIONS = 5, 14
# What `make book` does.
BUILD = (
    "import os, sys; from pathlib import Path; from tools.book import build; "
    "status = build(Path.cwd()); sys.stdout.flush(); sys.stderr.flush(); os._exit(status)"
)
FRONT = """---
file_format: mystnb
kernelspec:
  name: python3
description: A page.
---
# Chapter {number}

"""
SECTION = """## Section {section}

A unit of a net takes numbers, weighs them, adds a bias, and passes the sum on. {measured} This is the first
of many lines that say what a gradient does in a stack of layers, and why too high a learning rate ends in
numbers that are none.

$$\\chi_{{{number}}} = \\sigma_w^2\\;\\mathrm{{E}}\\big[f'(\\sqrt{{q_{{{section}}}}}\\,z)^2\\big]$$

```{{code-cell}} ipython3
---
mystnb:
  figure:
    caption: A function and its slope.
  image:
    alt: A line that rises from the lower left to the upper right of the plot.
---
import numpy as np
from nnbook import plotting
from nnbook.activations import relu, relu_grad

x = np.linspace(-5, {number}, 201 + {section})
fig, ax = plotting.figure()
_ = plotting.function_and_slope(ax, x, relu(x), relu_grad(x), "ReLU")
```

```{{source}} tests.test_gradients:test_layers
```

"""

PAGE = """# How long a build takes

Written by `python -m benchmarks.building`. {processors} processors, load average before {load:.1f}.

| chapters | from nothing, s | of computing, s | edit of one line, s | of computing, s |
| --- | --- | --- | --- | --- |
{table}

The chapters of the small books are equal, with {cells} cells and figures and {cards} cards each. To build
$n$ of them takes {fixed:.1f} + {each:.2f} $n$ seconds of computing; no size is off that line by more than
{off:.0f}%. "From nothing" runs all cells; the records of the claims are there. This book may take
{cold:.0f} s from nothing and {edit:.0f} s after an edit of one line: **{kept}**.
"""


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and seconds of computing, of this build and of what it started."""

    wall: float
    computing: float


def chapter(number: int) -> str:
    """The text of a chapter; each has claims of its own, for a card stands once in a book."""
    names = list(CLAIMS)[(number - 1) * CARDS : number * CARDS]
    text = FRONT.format(number=number)
    for section in range(1, SECTIONS + 1):
        name = names[section % CARDS]
        key = CLAIMS[name].measures[0].key
        measured = f"It is {{measured}}`{name}.{key}`."
        text += SECTION.format(number=number, section=section, measured=measured)
    return text + "".join(f":::{{claim}} {name}\nA practical word.\n:::\n\n" for name in names)


def small_book(folder: Path, chapters: int) -> Path:
    """Write a book of so many chapters; returns one of them."""
    start(folder)
    names = [f"chapter{number}" for number in range(1, chapters + 1)]
    for number, name in enumerate(names, start=1):
        (folder / "book" / f"{name}.md").write_text(chapter(number), encoding="utf-8")
    (folder / "book/index.md").write_text("---\ndescription: A book.\n---\n# Book\n")
    for name in ("references.bib", "references.md", "glossary.md"):
        shutil.copy(ROOT / "book" / name, folder / "book" / name)
    glossary = (folder / "book/glossary.md").read_text("utf-8")
    links = {
        "[the index](index-of-terms.md)": "the index",
        "[Notation](notation.md)": "Notation",
    }
    for link, text in links.items():
        glossary = glossary.replace(link, text)
    (folder / "book/glossary.md").write_text(glossary, encoding="utf-8")
    listed = "".join(f"  - file: book/{name}\n" for name in [*names, "glossary", "references"])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{listed}")
    return folder / "book/chapter1.md"


def whole_book(folder: Path) -> Path:
    """Copy this book; returns a chapter of it."""
    start(folder)
    shutil.copytree(ROOT / "book", folder / "book", dirs_exist_ok=True)
    shutil.copy(ROOT / "_toc.yml", folder / "_toc.yml")
    return folder / "book/setup/activations.md"


def start(folder: Path) -> None:
    """What every book needs."""
    shutil.copytree(ROOT / "book/_static", folder / "book/_static")
    shutil.copy(ROOT / "_config.yml", folder / "_config.yml")
    for name in ("node_modules", ".venv"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)


def build(folder: Path) -> Cost:
    """Build the book in a process of its own.

    Raises:
        RuntimeError: it was not built.
    """
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", BUILD]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | variables(ROOT) | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(wall, used)


def cold_and_edit(folder: Path, page: Path) -> tuple[Cost, Cost]:
    """The cost of a build from nothing, and of one after an edit of one line."""
    cold = build(folder)
    text = page.read_text("utf-8")
    place = text.index(". ", len(text) // 2)
    page.write_text(f"{text[:place]}, as said{text[place:]}", encoding="utf-8")
    return cold, build(folder)


def line(sizes: Sequence[int], seconds: Sequence[float]) -> tuple[float, float, float]:
    """Intercept and slope of the least-squares line, and the largest relative distance from it."""
    slope, intercept = np.polyfit(sizes, seconds, 1)
    fitted = intercept + slope * np.asarray(sizes)
    return float(intercept), float(slope), float(np.max(np.abs(seconds / fitted - 1)))


def report(rows: dict[int, tuple[Cost, Cost]], whole: tuple[Cost, Cost]) -> str:
    """The page that says it."""
    sizes = list(rows)
    fixed, each, off = line(sizes, [cold.computing for cold, _ in rows.values()])
    table = "\n".join(
        f"| {name} | {cold.wall:.1f} | {cold.computing:.1f} | {edit.wall:.1f} | {edit.computing:.1f} |"
        for name, (cold, edit) in {
            **{str(n): row for n, row in rows.items()},
            "this book": whole,
        }.items()
    )
    kept = whole[0].wall <= COLD and whole[1].wall <= EDIT
    return PAGE.format(
        processors=os.cpu_count(), load=LOAD, table=table, cells=SECTIONS, cards=CARDS, fixed=fixed,
        each=each, off=100 * off, cold=COLD, edit=EDIT, kept="yes" if kept else "no",
    )  # fmt: skip


LOAD = os.getloadavg()[0]


def main() -> int:
    """Measure, print and write."""
    rows = {}
    for chapters in CHAPTERS:
        with tempfile.TemporaryDirectory() as name:
            rows[chapters] = cold_and_edit(Path(name), small_book(Path(name), chapters))
        print(chapters, rows[chapters], flush=True)
    with tempfile.TemporaryDirectory() as name:
        whole = cold_and_edit(Path(name), whole_book(Path(name)))
    text = report(rows, whole)
    print(text)
    REPORT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
