"""Publishing: the finished site is swapped in whole, so that site/ is always one good build."""

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

UNPUBLISHED = (".buildinfo*", ".doctrees")


def recover(root: Path) -> None:
    """Put right what a run that was killed while publishing left: bring back the last good site."""
    site, new, old = (root / name for name in ("site", "site.new", "site.old"))
    if old.exists() and not site.exists():
        old.rename(site)
    for rest in (new, old):
        if rest.exists():
            shutil.rmtree(rest)


def publish(html: Path, root: Path) -> None:
    """Make a copy of the built pages the new site.

    A copy, not hard links: the next build writes into its files, and must not write into the site.
    A file that is as it was in the last site is a hard link to that one; nothing writes into a site.

    Args:
        html: The folder that Sphinx wrote.
        root: The tree; the site is its folder site.
    """
    site, new, old = (root / name for name in ("site", "site.new", "site.old"))
    recover(root)
    try:
        unpublished = shutil.ignore_patterns(*UNPUBLISHED)
        shutil.copytree(html, new, ignore=unpublished, copy_function=_keep_or_copy(html, site))
        if site.exists():
            site.rename(old)
        new.rename(site)
    finally:
        recover(root)


def _keep_or_copy(html: Path, site: Path) -> Callable[[str, str], None]:
    """What puts a built file into the new site: a link to the last site's copy of it, else a copy."""

    def put(source: str, target: str) -> None:
        last = site / Path(source).relative_to(html)
        with contextlib.suppress(OSError):  # not there, or the file system has no links
            if _stamp(last) == _stamp(Path(source)):
                os.link(last, target)
                return
        shutil.copy2(source, target)

    return put


def _stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file; a copy has those of what it was copied from."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size
