"""make lint: style, format and types of everything; runs every check, and names those that fail."""

import sys
from pathlib import Path

from tools.environment import ROOT, call, node

PRETTIER = (
    "*.{json,yml}",
    ".*.json",
    ".github/**/*.yml",
    "book/_static/*.{css,js}",
    "src/**/*.{css,js,mjs}",
    "tests/**/*.{js,mjs}",
    "benchmarks/**/*.mjs",
)


def checks(root: Path) -> dict[str, list[str]]:
    """The commands, by name."""
    python = [sys.executable, "-m"]
    prettier = [str(node(root)), "node_modules/prettier/bin/prettier.cjs", "--log-level=warn"]
    return {
        "ruff check": [*python, "ruff", "check", "--quiet", "--output-format=concise", "."],
        "ruff format": [*python, "ruff", "format", "--check", "--quiet", "."],
        "mypy": [*python, "mypy", "--no-error-summary"],
        "prettier": [*prettier, "--no-error-on-unmatched-pattern", "--check", *PRETTIER],
    }


def main() -> int:
    """Run the checks."""
    commands = checks(ROOT)
    failed = [name for name, command in commands.items() if call(command)]
    print(
        f"lint: {', '.join(failed or commands)} {'failed' if failed else 'passed'}", flush=True
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
