"""make test: lint, the book, a browser, then every test."""

import os
import sys
from collections.abc import Sequence

from tools import browser, lint
from tools.environment import call


def main(options: Sequence[str]) -> int:
    """Run everything; stop at the first stage that fails.

    Args:
        options: More options for pytest.
    """
    try:
        found = browser.ensure()
    except browser.NoBrowserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if status := lint.main() or call([sys.executable, "-m", "tools.book"]):
        return status
    os.environ["CHROMIUM"] = str(found)
    return call([sys.executable, "-m", "pytest", *options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
