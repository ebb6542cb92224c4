"""What the tests of the claims share: a log of what ran, and one uninterrupted run of the tiny claims."""

import json

import pytest
import tiny_claims

from nnbook.claims.runner import run_claims


@pytest.fixture(autouse=True)
def ran(tmp_path, monkeypatch):
    """What ran so far in this test, as lines."""
    path = tmp_path / "log.txt"
    path.touch()
    monkeypatch.setenv("TINY_LOG", str(path))
    return lambda: path.read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The folder of an uninterrupted run on one process, with `results` and `journals`."""
    home = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINY_LOG", str(home / "log.txt"))
        run_claims(
            tiny_claims.CLAIMS.values(),
            jobs=1,
            folder=home / "results",
            journals=home / "journals",
        )
    return home


@pytest.fixture
def contents():
    """The records of a folder by claim, without what differs from run to run."""

    def read(folder):
        bodies = {
            path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")
        }
        return {
            name: {k: v for k, v in body.items() if k not in ("seconds", "checksum")}
            for name, body in bodies.items()
        }

    return read
