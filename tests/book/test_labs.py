"""Live experiments in a page: where they stand, what they load, and what is wrong with them."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from tiny_book import PAGE, build, html, make

from nnbook_sphinx.labs import bare
from tools.environment import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")

ALT = "A race of optimizers whose start and rates can be changed."
CELL = """```{code-cell} ipython3
---
mystnb:
  image:
    alt: A straight line that rises from the lower left to the upper right.
  figure:
    name: fig-line
    caption: What to see.
---
import matplotlib.pyplot as plt
plt.plot([0, 1]);
```
"""


def lab(head: str = "optimizers", **options: str) -> str:
    """A directive, with its picture and alt unless they are given."""
    given = {"picture": "fig-line", "alt": ALT, "body": ""} | options
    body = given.pop("body")
    lines = [f":{name}: {value}" for name, value in given.items() if value]
    return "\n".join([f"```{{lab}} {head}", *lines, body, "```", ""])


def test_a_lab_stands_around_its_figure(tmp_path):
    page = f"{PAGE}See {{numref}}`fig-line`.\n\n{CELL}\n{lab(body=json.dumps({'steps': 70}))}"
    root = make(tmp_path, index=page, other=PAGE + "Nothing.")
    error, _ = build(root, numfig=True)
    assert error == ""
    text = html(root)
    page = BeautifulSoup(text, "html.parser")
    frame = page.find("figure", class_="lab")
    assert frame["data-lab"] == "optimizers"
    assert json.loads(frame["data-state"]) == {"steps": 70}
    assert frame["aria-label"] == ALT
    still = frame.find("details", class_="lab-still", open=True)
    assert len(still.find_all("img")) == 2  # light and dark
    assert "What to see." in still.figcaption.text
    assert [figure["id"] for figure in page.find_all(id="fig-line")] == ["fig-line"]
    assert page.find("a", href="#fig-line")
    assert "labs/loader.js" in text
    assert "labs/loader.js" not in html(root, "other")


def test_the_scripts_are_those_of_src(tmp_path):
    root = make(tmp_path, index=f"{PAGE}{CELL}\n{lab()}")
    build(root)
    target = root / "out/html/_static/labs"
    (target / "old.js").write_text("gone")
    build(root)
    source = ROOT / "src/labs"
    copied = {
        path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()
    }
    wanted = {
        path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()
    }
    assert copied == wanted - {"package.json"}
    for name in copied:
        text = (source / name).read_text()
        assert (target / name).read_text() == (bare(text) if name.endswith(".js") else text)


def test_a_script_loses_its_comments_and_nothing_else():
    script = "// Why.\n/** What.\n * More. */\nfunction f() {\n  // because\n  return 6 / 2; // three\n}\n"
    assert bare(script) == "function f() {\nreturn 6 / 2; // three\n}\n"
    for path in (ROOT / "src/labs").rglob("*.js"):
        # A text over several lines would lose its indentation.
        assert all(line.count("`") % 2 == 0 for line in path.read_text().splitlines()), path


WRONG = {
    "unknown lab": (lab("optimisers"), "did you mean optimizers"),
    "no picture": (lab(picture=""), "picture must name a figure"),
    "unknown picture": (lab(picture="fig-lime"), "did you mean fig-line"),
    "short alt": (lab(alt="A lab."), "alt must have 30 characters"),
    "no alt": (lab(alt=""), "alt must have 30 characters"),
    "no JSON": (lab(body="steps: 3"), "settings must be JSON"),
    "no object": (lab(body="[3]"), "settings must be an object"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_stops_the_build_and_is_named(tmp_path, name):
    text, message = WRONG[name]
    error, log = build(make(tmp_path, index=f"{PAGE}{CELL}\n{text}"))
    line = re.search(r"index\.md:(\d+)", log)
    assert message in log + error
    assert line
    assert int(line[1]) > 20
    assert not (tmp_path / "out/html/index.html").exists()
