"""Resolves every page before one is written, so that a dead link stops the build and the last site stays.

Sphinx resolves links while it writes. It also leaves a page alone when the target of one of its links moves
or goes; here all pages are looked at, and written again, when the set of targets has changed.
"""

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def targets(env: BuildEnvironment) -> str:
    """A hash of everything that a link can lead to and of the text that it shows there.

    All of it is sorted: a page that is read again moves to the end of Sphinx's tables.
    """
    slugs = sorted(
        (name, sorted(meta.get("myst_slugs", {}).items()))
        for name, meta in env.metadata.items()
    )
    titles = sorted((name, title.astext()) for name, title in env.titles.items())
    std = env.get_domain("std")
    objects = [sorted(domain.get_objects()) for name, domain in sorted(env.domains.items())]
    numbers = sorted(map(repr, (env.toc_fignumbers, env.toc_secnumbers)))
    tables = [slugs, titles, sorted(std.labels.items()), objects, numbers]  # type: ignore[attr-defined]
    return hashlib.sha256(repr(tables).encode()).hexdigest()


def static_files(app: Sphinx) -> str:
    """A hash of the book's own style sheets and scripts."""
    folders = [Path(app.confdir, folder) for folder in app.config.html_static_path]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Every page if a target has changed since the last build, or a style sheet (pages name its hash)."""
    now = targets(env) + static_files(app)
    changed = now != getattr(env, "nnbook_targets", None)
    env.nnbook_targets = now  # type: ignore[attr-defined]
    app.nnbook_all = changed  # type: ignore[attr-defined]
    return sorted(env.found_docs) if changed else []


def resolve(app: Sphinx, env: BuildEnvironment) -> None:
    """Resolve the pages that were read, or all; Sphinx logs what it cannot resolve."""
    read = getattr(app, "nnbook_read", [])
    for docname in sorted(env.found_docs) if app.nnbook_all else read:  # type: ignore[attr-defined]
        env.get_and_resolve_doctree(docname, app.builder)


def note_read(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Note which pages are read in this build."""
    app.nnbook_read = list(docnames)  # type: ignore[attr-defined]


def setup(app: Sphinx) -> None:
    """Resolve after numbers have been given and before `problems` looks at the log."""
    app.connect("env-before-read-docs", note_read)
    app.connect("env-get-updated", pages_to_write, priority=900)
    app.connect("env-check-consistency", resolve, priority=900)
