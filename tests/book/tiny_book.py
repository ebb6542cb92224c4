"""Tiny books for the tests of the extension: a folder of pages, one claim with its record, one package."""

import contextlib
import io
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from nnbook.claims import Claim, Measure
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.records import SCHEMA, claim_fingerprint, judge, write_record
from nnbook.experiments import Experiment

KATEX = Path(__file__).parents[2] / "node_modules" / "katex"
EXTENSIONS = ["myst_nb", "sphinxcontrib.bibtex", "nnbook_sphinx"]
EXPERIMENT = Experiment("tiny", run=lambda seed: {"ratio": 2.0 + seed}, seeds=3)
CLAIM = Claim(
    id="T01",
    title="A tiny claim",
    sentence="The ratio is *above* 1.",
    sources=(("tiny2020", "page 3"),),
    chapter="index",
    evidence="One table {cite:p}`tiny2020`.",
    method="Counting $n$ times.",
    measures=(
        Measure("ratio", "The ratio $r$", EXPERIMENT, unit="times", low=-10),
        Measure("plain", "Reported", EXPERIMENT, unit="updates"),
    ),
)
CLAIMS = {"T01": CLAIM}
VALUES = {"ratio": [2.0, 3.0, 4.0], "plain": [100.0, 120.0, 140.0]}
BIBLIOGRAPHY = "@misc{tiny2020, author={Ada Tiny and Bo Small}, title={Tables}, year={2020}}\n"
BIBLIOGRAPHY_LIST = "\n\n```{bibliography}\n```\n"
FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ndescription: A page.\norphan: true\n---\n"
PAGE = FRONT + "# Title\n\n"


def record(folder: Path, **changes: object) -> Path:
    """Write the record of the tiny claim."""
    _, _, verdict = judge(CLAIM, VALUES)
    body = {
        "schema": SCHEMA,
        "claim": "T01",
        "fingerprint": claim_fingerprint(CLAIM, CodeGraph()),
        "verdict": verdict,
        "values": VALUES,
        "curves": {},
        "rates": {"tiny": {"relu": 0.03}},
        "seconds": 1.5,
        "versions": {"numpy": "2.0"},
    }
    return write_record(CLAIM, {**body, **changes}, folder)


def make(root: Path, **pages: str) -> Path:
    """Write pages, the bibliography and the record; `index` must be among the pages."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        tail = BIBLIOGRAPHY_LIST if name == "index" else ""
        (root / f"{name}.md").write_text(text + tail, encoding="utf-8")
    (root / "refs.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    if not (root / "results").exists():
        record(root / "results")
    return root


def build(root: Path, **config: object) -> tuple[str, str]:
    """Build the book in this process; returns what stopped it ("" if nothing did) and the log."""
    settings = {
        "extensions": EXTENSIONS,
        "nb_execution_mode": "cache",
        "nb_execution_timeout": 60,
        "nb_execution_raise_on_error": True,
        "myst_enable_extensions": ["dollarmath", "colon_fence"],
        "myst_heading_anchors": 3,
        "bibtex_bibfiles": ["refs.bib"],
        "bibtex_reference_style": "author_year",
        "bibtex_default_style": "nnbook",
        "html_theme": "basic",
        "html_math_renderer": "katex",
        "exclude_patterns": ["out", "results"],
        "nnbook_katex": str(KATEX),
        "nnbook_claims": "tiny_book:CLAIMS",
        "nnbook_results": str(root / "results"),
        **config,
    }
    log, error = io.StringIO(), ""
    with docutils_namespace(), patch_docutils():
        try:
            app = Sphinx(
                root, None, root / "out/html", root / "out/trees", "html", settings, log, log
            )
            app.build()
        except Exception as problem:
            error = str(problem)
    with contextlib.suppress(AttributeError):
        del sys.tracebacklimit
    return error, log.getvalue()


def html(root: Path, name: str = "index") -> str:
    """The built page."""
    return (root / "out/html" / f"{name}.html").read_text("utf-8")
