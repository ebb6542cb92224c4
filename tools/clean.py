"""make clean: removes what was built; with --all, what was installed too."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.environment import ROOT
from tools.mutex import BusyError, only_one

BUILT = ("_build", "site", "site.new", "site.old", "dist")
CACHES = (".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache")
INSTALLED = ("node_modules", ".venv")


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Remove the folders, unless a build is at work in the tree."""
    names = [*BUILT, *CACHES, *(INSTALLED if "--all" in arguments else ())]
    try:
        with only_one(root):
            for name in names:
                shutil.rmtree(root / name, ignore_errors=True)
    except BusyError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
