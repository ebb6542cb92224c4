"""What holds for every test: figures without a screen, no deadline on a busy machine, no skips."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "agg"
# A shell that starts the tests in the background lets them ignore Ctrl-C, which tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("nnbook", settings.default, deadline=None)
settings.load_profile("nnbook")


@pytest.fixture
def ax() -> Iterator[object]:
    """An Axes in the book's style."""
    import matplotlib.pyplot as plt

    from nnbook import plotting

    _, axes = plotting.figure()
    yield axes
    plt.close("all")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a test was skipped: what cannot be tested here is not known to work."""
    if skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say so."""
    if count := len(skipped(config)):
        terminalreporter.write_line(f"error: {count} skipped, which counts as failed", red=True)


def skipped(config: pytest.Config) -> list[object]:
    """The reports of what was skipped."""
    return config.pluginmanager.getplugin("terminalreporter").stats.get("skipped", [])
