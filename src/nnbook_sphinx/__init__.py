"""Sphinx extension: turns package, recorded claims and chapters into pages, or says why it cannot.

Each component has its own module and its own `setup`. What a component finds wrong, it logs as a warning with
a place; `problems` stops the build on any warning, before a page is written.
"""

import gc
import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from nnbook_sphinx import (
    bibliography,
    card,
    claim,
    counts,
    details,
    docstrings,
    execution,
    export,
    figures,
    gates,
    labs,
    ledger,
    lines,
    links,
    mathematics,
    measured,
    offsite,
    overview,
    page,
    problems,
    solutions,
    source,
    terms,
    viewed,
    where,
)

COMPONENTS = (
    problems,
    lines,
    ledger,
    execution,
    source,
    details,
    docstrings,
    card,
    claim,
    measured,
    counts,
    overview,
    export,
    figures,
    mathematics,
    bibliography,
    terms,
    viewed,
    where,
    solutions,
    labs,
    gates,
    links,
    page,
    offsite,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up every component; all pages are read again when the extension itself has changed."""
    # A build is short and keeps what it makes: looking for garbage would take a fifth of its time.
    gc.set_threshold(100_000, 50, 50)
    for component in COMPONENTS:
        component.setup(app)
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))
    version = int(hashlib.sha256(code).hexdigest()[:12], 16)
    return {"version": "0.1", "env_version": version, "parallel_write_safe": True}
