"""Finds a Chromium for the browser tests, or installs one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)
HELP = (
    "no Chromium, Chrome or Edge was found, and none could be installed. Install one, or name it:\n"
    "       make test CHROMIUM=/path/to/chromium"
)


class NoBrowserError(Exception):
    """There is no browser that runs; the message says what to do."""


def candidates() -> Iterator[Path]:
    """Where a browser may be, in the order in which it is looked for."""
    yield from (Path(found) for name in COMMANDS if (found := shutil.which(name)))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (folder / f"{name}.app" / "Contents" / "MacOS" / name for name in MAC)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if variable in os.environ:
            yield from (Path(os.environ[variable]) / name for name in WINDOWS)
    for pattern in PLAYWRIGHT:
        yield from sorted(playwright_home().glob(pattern), reverse=True)


def playwright_home() -> Path:
    """The folder in which Playwright keeps its browsers."""
    if home := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        return Path(home)
    if os.name == "nt":
        caches = "AppData/Local"
    else:
        caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "ms-playwright"


def runs(browser: Path) -> bool:
    """Whether it starts: a name on the PATH may be a stub that only says what to install."""
    if os.name == "nt":
        return browser.is_file()  # chrome.exe --version opens a window
    try:
        command = [str(browser), "--version"]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        return done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find() -> Path | None:
    """The first browser that runs, or None.

    Raises:
        NoBrowserError: If the variable CHROMIUM names one that does not run.
    """
    if named := os.environ.get("CHROMIUM"):
        if runs(Path(named)):
            return Path(named)
        raise NoBrowserError(f"CHROMIUM is {named}, which does not run")
    return next(filter(runs, candidates()), None)


def ensure() -> Path:
    """The browser; if there is none, install Playwright's, or as root on Debian the system's.

    Raises:
        NoBrowserError: If there is none and none could be installed.
    """
    found = find()
    for install in (install_playwrights, install_systems):
        if found is None:
            install()
            found = find()
    if found is None:
        raise NoBrowserError(HELP)
    return found


def install_playwrights() -> None:
    """Let Playwright download its Chromium."""
    print("set-up: no browser found; trying playwright install chromium", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def install_systems() -> None:
    """Install the system's Chromium, if this is root on a system with apt-get."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("set-up: trying apt-get install chromium", flush=True)
        install = ["apt-get", "-q", "install", "-y", "--no-install-recommends", "chromium"]
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-q", "update"], env=variables, check=False)
        subprocess.run(install, env=variables, check=False)
