"""The tests of the labs' engine, which run in Node."""

import re
import subprocess
from pathlib import Path

from tools.environment import ROOT, node

FILES = sorted(Path(__file__).parent.glob("*.test.mjs"))


def test_the_engine_passes_its_tests():
    command = [str(node(ROOT)), "--test", "--test-reporter=tap", *map(str, FILES)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    counts = dict(re.findall(r"^# (tests|pass|fail|skipped|todo) (\d+)$", run.stdout, re.M))
    wrong = "".join(
        line for line in run.stdout.splitlines(keepends=True) if not line.startswith("ok")
    )
    assert run.returncode == 0, wrong + run.stderr
    # A file that is not found or has no test would pass as well.
    written = sum(len(re.findall(r"^ *test\(", f.read_text(), re.M)) for f in FILES)
    assert int(counts["pass"]) == int(counts["tests"]) >= written > 20
    assert counts["fail"] == counts["skipped"] == counts["todo"] == "0"


def test_a_wrong_engine_fails(tmp_path):
    wrong = tmp_path / "wrong.test.mjs"
    source = FILES[0].read_text().replace("../../src/labs", (ROOT / "src/labs").as_uri())
    fixtures = (FILES[0].parent / "fixtures.json").read_text().replace("0.7", "0.8", 1)
    (tmp_path / "fixtures.json").write_text(fixtures)
    wrong.write_text(source)
    run = subprocess.run(
        [str(node(ROOT)), "--test", str(wrong)], capture_output=True, check=False
    )
    assert run.returncode == 1
