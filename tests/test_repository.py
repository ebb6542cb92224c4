"""The repository itself: locks, files without traces of a machine, CI, no skips."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lint
from tools.environment import ROOT

# Skips fail a run


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("def test_it(): pass\n", 0, "1 passed"),
        (
            "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no')\n",
            1,
            "1 skipped, which",
        ),
        ("import pytest\npytest.skip('no', allow_module_level=True)\n", 5, "1 skipped, which"),
        ("", 5, "no tests ran"),
    ],
)
def test_a_skip_fails_the_run(tmp_path, text, status, said):
    done = run_pytest(tmp_path, text)
    assert done.returncode == status
    assert said in done.stdout


# The repository


def tracked() -> dict[str, str]:
    """The text files that git tracks, or would."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    texts = {}
    for name in filter(None, listed.split("\0")):
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    assert "requirements.lock" in texts
    return texts


HOSTS = [
    f"{name}.{end}"
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("npmmirror", "com"),
        ("pypi.tuna.tsinghua", "edu.cn"),
        ("mirrors.aliyun", "com"),
    )
]
OPTIONS = [
    f"--{name}" for name in ("index-url", "extra-index-url", "find-links", "trusted-host")
]


def test_no_file_names_an_index():
    found = [(name, host) for name, text in tracked().items() for host in HOSTS if host in text]
    assert found == []


def test_the_locks_hold_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert [option for option in OPTIONS if option in lock] == []
    packages = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", lock).strip())
    assert len(packages) > 100
    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []
    node = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = [package for place, package in node.items() if place]
    assert all("integrity" in package and "resolved" not in package for package in installed)


def test_no_file_holds_a_path_of_the_machine_it_was_made_on():
    places = [re.escape(f"{place}/") for place in (ROOT, Path.home())]
    pattern = re.compile(rf"(?<![\w./-])(?:{'|'.join(places)}|/(?:home|Users)/\w+/)")
    found = {name: pattern.findall(text) for name, text in tracked().items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_ci_runs_the_two_commands_of_the_readme():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[:1] == ["set -euo pipefail"]
    assert commands[-2:] == ["make book", "make test"]
    readme = (ROOT / "README.md").read_text()
    assert "\nmake book" in readme
    assert "\nmake test" in readme
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "book.yml").read_text()


def test_every_target_is_described_and_runs_a_module_that_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    assert targets[0] == "book"
    assert re.findall(r"(?m)^(\w+): +## ", makefile) == targets
    modules = re.findall(r"-m tools\.(\w+)", makefile)
    assert all((ROOT / "tools" / f"{module}.py").exists() for module in modules)


def test_actions_are_pinned_by_commit():
    workflows = list((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [use for path in workflows for use in re.findall(r"uses: (\S+)", path.read_text())]
    assert used
    assert [use for use in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", use)] == []


def test_every_check_of_lint_is_there():
    assert list(lint.checks(ROOT)) == ["ruff check", "ruff format", "mypy", "prettier"]
