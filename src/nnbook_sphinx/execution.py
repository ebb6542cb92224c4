"""Runs stale chapters in parallel before Sphinx reads them, and reads again the pages that depend on them.

MyST-NB then finds every chapter in its own cache and runs nothing. That cache knows only the cells; ours also
knows the package code they reach, the records they name, and the versions of the libraries.
"""

import os
import time
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from nnbook_sphinx.chapters import Chapter, Parsed, read_chapter
from nnbook_sphinx.kept import kept
from nnbook_sphinx.ledger import ledger_of, uses_of
from nnbook_sphinx.problems import BookError, listing
from nnbook_sphinx.store import Store

logger = logging.getLogger(__name__)
FOLDER = "executed"


def setup(app: Sphinx) -> None:
    """Settings and the three moments at which a chapter's state matters."""
    app.add_config_value("nnbook_workers", os.cpu_count() or 1, "", (int,))
    app.connect("env-get-outdated", outdated_pages)
    app.connect("env-before-read-docs", run_stale)
    app.connect("env-updated", remember_tokens)
    app.connect("env-purge-doc", lambda _app, env, docname: tokens_of(env).pop(docname, None))


def tokens_of(env: BuildEnvironment) -> dict[str, str]:
    """Page name -> state of the chapter and of the claims as the page was read."""
    return kept(env, "tokens", dict[str, str])


def chapters_of(app: Sphinx) -> dict[str, Chapter]:
    """The chapters of this build by page name."""
    return kept(app, "chapters", lambda: _read_chapters(app))


def _read_chapters(app: Sphinx) -> dict[str, Chapter]:
    found = {name: Path(app.env.doc2path(name)) for name in sorted(app.env.found_docs)}
    config, ledger = app.env.myst_config, ledger_of(app)  # type: ignore[attr-defined]
    parsed = kept(app.env, "parsed", dict[str, Parsed])
    for gone in parsed.keys() - found.keys():
        del parsed[gone]
    chapters = [
        read_chapter(name, path, config, ledger, parsed)
        for name, path in found.items()
        if path.suffix == ".md"
    ]
    return {chapter.docname: chapter for chapter in chapters if chapter}


def page_token(app: Sphinx, env: BuildEnvironment, docname: str) -> str:
    """What the page shows that its own file does not say: results of cells, and records."""
    chapter = chapters_of(app).get(docname)
    claims = [ledger_of(app).token(claim) for claim in sorted(uses_of(env).get(docname, ()))]
    return " ".join([chapter.key if chapter else "", *claims])


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages whose token is no longer the one they were read with."""
    tokens = tokens_of(env)
    return [
        name
        for name in tokens
        if name in env.found_docs and page_token(app, env, name) != tokens[name]
    ]


def remember_tokens(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Note the tokens of all pages, now that they are read."""
    tokens_of(env).update({name: page_token(app, env, name) for name in env.found_docs})
    return []


def run_stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the chapters about to be read that no store holds; hand all of them to MyST-NB."""
    config = env.mystnb_config  # type: ignore[attr-defined]
    if config.execution_mode == "off":
        return
    chapters = [chapter for name in docnames if (chapter := chapters_of(app).get(name))]
    store = Store(Path(app.outdir).parent / FOLDER)
    stale = [chapter for chapter in chapters if not store.holds(chapter)]
    if stale:
        _run(app, stale, store, config.execution_timeout)
    store.hand_over(chapters, Path(config.execution_cache_path))
    store.prune({chapter.key for chapter in chapters_of(app).values()})


def _run(app: Sphinx, stale: list[Chapter], store: Store, timeout: int) -> None:
    from nnbook_sphinx.running import run_chapters  # its imports cost half a second

    workers = min(app.config.nnbook_workers, len(stale))
    logger.info("running %d chapter(s) on %d kernel(s)", len(stale), workers)
    start = time.perf_counter()
    failures = run_chapters(stale, store, workers=workers, timeout=timeout)
    logger.info(
        "ran %d chapter(s) in %.1f s", len(stale) - len(failures), time.perf_counter() - start
    )
    if failures:
        raise BookError(listing(failures))
