"""One tiny broken book per gate: each must fail with its place and what to do, and leave the last site."""

from pathlib import Path

import pytest
from tiny_book import FRONT, PAGE, build, html, make, record

pytestmark = pytest.mark.filterwarnings("ignore")

GOOD_ALT = "A straight line that rises from the lower left to the upper right."


def figure(caption: str | None = "What to see.", alt: str | None = GOOD_ALT) -> str:
    """A page with a computed figure."""
    head = "mystnb:\n"
    head += f"  image:\n    alt: {alt}\n" if alt else ""
    head += f"  figure:\n    caption: {caption}\n" if caption else ""
    head = head if alt or caption else ""
    return (
        f"{PAGE}```{{code-cell}} ipython3\n---\n{head}---\nimport matplotlib.pyplot as plt\n"
        "plt.plot([0, 1]);\n```\n"
    )


def cell(code: str) -> str:
    """A page with a cell."""
    return f"{PAGE}```{{code-cell}} ipython3\n{code}\n```\n"


GATES = {
    "unknown source name": (
        PAGE + "```{source} nnbook.activations:rleu\n```",
        "index.md:10",
        "did you mean relu",
    ),
    "unknown source module": (
        PAGE + "```{source} nnbook.x:relu\n```",
        "index.md:10",
        "'nnbook.x'",
    ),
    "source without a name": (
        PAGE + "```{source} nnbook.activations\n```",
        "index.md:10",
        "nnbook.module:name",
    ),
    "unknown claim": (PAGE + ":::{claim} T99\n:::", "index.md:10", "known: T01"),
    "unknown claim linked": (PAGE + "See {claim}`T99`.", "index.md:10", "known: T01"),
    "claim without a card": (PAGE + "See {claim}`T01`.", "index.md:10", "claim-t01"),
    "unknown claim measured": (
        PAGE + "It is {measured}`T99.ratio`.",
        "index.md:10",
        "known: T01",
    ),
    "unknown measure": (
        PAGE + "It is {measured}`T01.rtio`.",
        "index.md:10",
        "did you mean ratio",
    ),
    "unknown part": (
        PAGE + "It is {measured}`T01.ratio:median`.",
        "index.md:10",
        "did you mean mean or reading",
    ),
    "unknown rate": (
        PAGE + "It is {measured}`T01.rates.tiny.tanh`.",
        "index.md:10",
        "tiny.relu",
    ),
    "image without alt": (PAGE + "![](pixel.png)", "index.md:10", "no alt text"),
    "image with short alt": (PAGE + "![A line](pixel.png)", "index.md:10", "fewer than 30"),
    "image with file name": (
        PAGE + "![a-very-long-name-of-a-picture-file.png](pixel.png)",
        "index.md:10",
        "file name as its alt",
    ),
    "figure without caption": (
        PAGE + f"```{{figure}} pixel.png\n:alt: {GOOD_ALT}\n```",
        "index.md:10",
        "no caption",
    ),
    "alt equal to caption": (
        PAGE + f"```{{figure}} pixel.png\n:alt: {GOOD_ALT}\n\n{GOOD_ALT}\n```",
        "index.md:10",
        "caption as its alt text",
    ),
    "long cell": (cell("\n".join(["1;"] * 13)), "index.md:11", "13 lines, more than 12"),
    "cell that defines": (cell("x = 1\ndef f():\n    pass"), "index.md:12", "defines f"),
    "cell with a lambda": (cell("f = lambda: 1"), "index.md:11", "defines a lambda"),
    "cell on stderr": (
        cell("import sys\nprint('careful', file=sys.stderr)"),
        "index.md:11",
        "careful",
    ),
    "cell that raises": (
        cell("x = 1\nx = x + 1\nx / 0"),
        "index.md:13",
        "ZeroDivisionError: division by zero",
    ),
    "cell with a syntax error": (cell("x = ("), "index.md:11", "SyntaxError"),
    "dead page link": (PAGE + "[text](missing.md)", "index.md:10", "missing.md"),
    "dead anchor": (PAGE + "[text](#nowhere)", "index.md:10", "nowhere"),
    "dead reference": (PAGE + "{ref}`nowhere`", "index.md:10", "nowhere"),
    "unknown citation": (PAGE + "{cite:p}`nobody1999`", "index.md:10", "nobody1999"),
    "bad formula": (PAGE + "A formula $\\frac{1$ here.", "index.md:10", "mend the formula"),
    "no description": (
        FRONT.replace("description: A page.\n", "") + "# Title\n",
        "index.md:1",
        "no description",
    ),
}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_stops_the_build_and_keeps_the_last_site(name: str, tmp_path: Path) -> None:
    page, place, remedy = GATES[name]
    make(tmp_path, index=page)
    write_pixel(tmp_path)
    site = tmp_path / "out/html/index.html"
    site.parent.mkdir(parents=True)
    site.write_text("the last good page")
    error, _ = build(tmp_path)
    assert f"{tmp_path}/{place}" in error
    assert remedy in error
    assert site.read_text() == "the last good page"


@pytest.mark.parametrize(
    ("page", "remedy"),
    [
        (figure(alt=None), "no alt text"),
        (figure(caption=None), "no caption"),
        (figure(alt="too short"), "fewer than 30"),
        (figure(caption=GOOD_ALT), "caption as its alt"),
    ],
)
def test_a_computed_figure_needs_alt_and_caption(
    page: str, remedy: str, tmp_path: Path
) -> None:
    error, _ = build(make(tmp_path, index=page))
    assert f"{tmp_path}/index.md:10" in error
    assert remedy in error


def test_a_cell_past_its_limit_stops_the_build(tmp_path: Path) -> None:
    page = cell("import time\ntime.sleep(60)")
    error, _ = build(make(tmp_path, index=page), nb_execution_timeout=1)
    assert f"{tmp_path}/index.md:11: cell 1 ran past its limit of 1 s" in error
    assert not list((tmp_path / "out").rglob("executed/*"))


def test_problems_of_all_pages_are_listed_together(tmp_path: Path) -> None:
    make(
        tmp_path,
        index=PAGE + "[a](#nowhere)\n\n{ref}`nobody`\n",
        other=PAGE + "![](pixel.png)\n",
    )
    write_pixel(tmp_path)
    error, _ = build(tmp_path)
    assert "3 problems" in error
    assert "index.md:12" in error
    assert "other.md:10" in error


def test_a_failed_build_fails_again(tmp_path: Path) -> None:
    make(tmp_path, index=PAGE + "{ref}`nobody`\n")
    assert build(tmp_path)[0]
    assert build(tmp_path)[0]


def test_removing_a_target_is_noticed_on_the_page_that_links_to_it(tmp_path: Path) -> None:
    make(tmp_path, index=PAGE + "[a](other.md#part)\n", other=PAGE + "## Part\n")
    assert build(tmp_path)[0] == ""
    (tmp_path / "other.md").write_text(PAGE + "## Piece\n")
    assert f"{tmp_path}/index.md:10" in build(tmp_path)[0]


def test_an_edit_of_one_line_writes_one_page(tmp_path: Path) -> None:
    pages = {name: PAGE + f"## Part of {name}\n\nWords.\n" for name in ("index", "one", "two")}
    make(tmp_path, **pages)
    assert build(tmp_path)[0] == ""
    times = {name: written(tmp_path, name) for name in pages}
    (tmp_path / "one.md").write_text(pages["one"] + "More words.\n")
    assert build(tmp_path)[0] == ""
    # The page with the bibliography is written each time.
    new = [name for name in pages if written(tmp_path, name) != times[name]]
    assert new == ["index", "one"]


def written(root: Path, name: str) -> int:
    """When the page was written."""
    return (root / f"out/html/{name}.html").stat().st_mtime_ns


@pytest.mark.parametrize(
    ("harm", "remedy"),
    [
        (Path.unlink, "no recorded result for T01; run: python -m nnbook.claims T01"),
        (lambda path: path.write_text("{"), "not a record of a claim"),
        (lambda path: path.write_text(path.read_text().replace("3.0", "9.0")), "was edited"),
        (lambda path: record(path.parent, fingerprint="0"), "stale"),
    ],
    ids=["missing", "damaged", "edited", "stale"],
)
@pytest.mark.parametrize("use", [":::{claim} T01\n:::", "It is {measured}`T01.ratio`."])
def test_a_record_that_must_not_be_shown(use: str, harm, remedy: str, tmp_path: Path) -> None:
    make(tmp_path, index=PAGE + use)
    assert build(tmp_path)[0] == ""
    harm(tmp_path / "results/T01.json")
    error, _ = build(tmp_path)
    assert f"{tmp_path}/index.md:10" in error
    assert remedy in error


def test_a_card_stands_once(tmp_path: Path) -> None:
    card = ":::{claim} T01\n:::\n"
    error, _ = build(make(tmp_path, index=PAGE + card, other=PAGE + card))
    assert f"{tmp_path}/other.md:10" in error
    assert "has a card on index already" in error


def test_a_page_that_asks_another_host(tmp_path: Path) -> None:
    raw = '```{raw} html\n<script src="https://cdn.example.org/a.js"></script>\n```\n'
    error, _ = build(make(tmp_path, index=PAGE + raw))
    assert "https://cdn.example.org/a.js" in error
    assert build(tmp_path)[0]


def test_missing_katex_says_what_to_run(tmp_path: Path) -> None:
    error, _ = build(make(tmp_path, index=PAGE), nnbook_katex="nowhere")
    assert "run: make book" in error


def test_the_unbroken_book_builds(tmp_path: Path) -> None:
    page = (
        PAGE
        + "It is {measured}`T01.ratio`, {measured}`T01.ratio:mean`, {measured}`T01.verdict`, "
        + "{measured}`T01:seeds`, {measured}`T01.rates.tiny.relu`. See {claim}`T01` and [it](#t01). "
        + "$x^2$ {cite:t}`tiny2020`\n\n:::{claim} T01\nDo *this*.\n:::\n\n"
        + "```{source} nnbook.activations:relu\n```\n\n"
        + f"\n![{GOOD_ALT}](pixel.png)\n"
        + figure().removeprefix(PAGE)
    )
    make(tmp_path, index=page)
    write_pixel(tmp_path)
    error, _ = build(tmp_path)
    assert error == ""
    text = html(tmp_path)
    assert 'class="claim claim-holds" id="t01"' in text
    assert 'id="t01"' in text
    assert text.count('href="#t01"') == 2
    assert "katex-mathml" in text
    assert "Tiny and Small 2020" in text
    assert '<span class="nf">relu</span>' in text
    assert '"""' not in text
    assert text.count("only-dark") == 1
    assert 'loading="lazy"' in text
    assert '<meta name="description" content="A page.">' in text


def write_pixel(folder: Path) -> None:
    """A small picture."""
    import matplotlib.image

    matplotlib.image.imsave(folder / "pixel.png", [[0.0, 1.0]])
