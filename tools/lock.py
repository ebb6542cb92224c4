"""make lock: writes both locks anew, from pyproject.toml and package.json.

Pins that still fit are kept. To take the newest versions: make lock ARGS=--upgrade.
"""

import sys
from collections.abc import Sequence

from tools.environment import call, npm

# One lock for every platform and every Python from 3.11 on, with hashes, without addresses.
COMPILE = (
    *(
        "pip",
        "compile",
        "pyproject.toml",
        "--extra",
        "dev",
        "--output-file",
        "requirements.lock",
    ),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
    "--quiet",
)


def main(options: Sequence[str]) -> int:
    """Write both locks.

    Args:
        options: More options for uv pip compile.
    """
    commands = (
        [sys.executable, "-m", "uv", *COMPILE, *options],
        [*npm(), "install", "--package-lock-only", "--loglevel=error"],
    )
    for command in commands:
        if status := call(command):
            return status
    print("lock: requirements.lock and package-lock.json are written; make test tries them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
