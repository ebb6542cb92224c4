"""A server of the built site and a real browser."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools import browser as finder
from tools.environment import ROOT
from tools.serve import server

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site() -> Path:
    folder = ROOT / "site"
    assert (folder / "index.html").exists(), "there is no site/: make book"
    return folder


@pytest.fixture(scope="session")
def origin(site: Path) -> Iterator[str]:
    with server(site, 0) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without its sandbox, Playwright's default: root needs that, and the pages are ours."""
    found = finder.find()
    assert found, finder.HELP
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield started
        started.close()
