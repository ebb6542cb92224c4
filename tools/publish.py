"""Publishing: the finished site is swapped in whole, so that site/ is always one good build."""

import shutil
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

    Args:
        html: The folder that Sphinx wrote.
        root: The tree; the site is its folder site.
    """
    site, new, old = (root / name for name in ("site", "site.new", "site.old"))
    recover(root)
    try:
        shutil.copytree(html, new, ignore=shutil.ignore_patterns(*UNPUBLISHED))
        if site.exists():
            site.rename(old)
        new.rename(site)
    finally:
        recover(root)
