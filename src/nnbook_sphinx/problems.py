"""Any warning fails the build, before the first page is written: the last good site stays as it was.

Sphinx by itself prints a dead link or an unknown citation and goes on. Here every warning, Sphinx's or ours,
is kept with its place; once all pages are read and resolved, they are listed and the build stops.
"""

import logging as std_logging
import re
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util import logging

MARKER = "unfinished"
LAST = 999
COLOR = re.compile(r"\x1b\[[0-9;]*m")


class BookError(SphinxError):
    """What stops the build: one line a problem, each with its place and what to do."""

    category = "The book was not built"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        # Jupyter Book lets the interpreter print the traceback; its calls tell an author nothing.
        sys.tracebacklimit = 0


class Collector(std_logging.Handler):
    """Keeps every warning with its place."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(std_logging.WARNING)
        self.found: dict[str, None] = {}
        self.addFilter(logging.WarningSuppressor(app))
        self.addFilter(logging.WarningLogRecordTranslator(app))

    def emit(self, record: std_logging.LogRecord) -> None:
        """Note the warning, once."""
        self.found[COLOR.sub("", record.getMessage())] = None

    def stop_if_any(self) -> None:
        """Raise what was found."""
        if self.found:
            raise BookError(listing(list(self.found)))


def listing(problems: list[str]) -> str:
    """All problems as one text."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([f"{count}; the last site stays as it was.", *problems])


def setup(app: Sphinx) -> None:
    """Listen to Sphinx's log and check it before pages are written and again at the end."""
    collector = Collector(app)
    std_logging.getLogger(logging.NAMESPACE).addHandler(collector)
    app.connect("env-get-outdated", read_all_after_failure)
    app.connect("env-check-consistency", lambda *_: collector.stop_if_any(), priority=LAST)
    app.connect(
        "build-finished", lambda app, error: finish(app, error, collector), priority=LAST
    )


def read_all_after_failure(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Every page, if the last build failed or was killed.

    Sphinx reports a problem only when it reads the page, so a second build would pass in silence.
    """
    marker = Path(app.doctreedir, MARKER)
    failed = marker.exists()
    marker.touch()
    return sorted(env.found_docs) if failed else []


def finish(app: Sphinx, error: Exception | None, collector: Collector) -> None:
    """Fail on what was found while pages were written; else note that this build ended well."""
    std_logging.getLogger(logging.NAMESPACE).removeHandler(collector)
    if error is None:
        collector.stop_if_any()
        Path(app.doctreedir, MARKER).unlink(missing_ok=True)
