"""The parts of the extension that need no book: numbers, excerpts, dark colors, sizes, hosts, API pages."""
# ruff: noqa: RUF001 - the signs of mathematics are what is tested

import contextlib
import io
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

import nnbook
from nnbook.experiments import Summary
from nnbook.layers import Activate
from nnbook.normalization import BatchNorm
from nnbook_sphinx import api, docstrings
from nnbook_sphinx.figures import svg_size
from nnbook_sphinx.gates import alt_problem
from nnbook_sphinx.ledger import UnknownNameError
from nnbook_sphinx.modules import public_modules, public_names
from nnbook_sphinx.numbers import bounds, mean, mean_and_bounds, number, with_unit
from nnbook_sphinx.offsite import requests_of
from nnbook_sphinx.palette import BASE, darken, read_palette
from nnbook_sphinx.source import find_excerpt, join, module_path, spans
from nnbook_sphinx.store import _shown

ROOT = Path(__file__).parents[1]
PACKAGE = Path(nnbook.__file__).parent
NARROW = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (1797.0, "1797"),
        (12345.0, f"12{NARROW}345"),
        (2.9031, "2.9"),
        (0.03, "0.03"),
        (-0.25, "−0.25"),
        (123.456, "123"),
        (1234.56, "1230"),
        (4.25e-18, f"4.25{SPACE}×{SPACE}10⁻¹⁸"),
        (-1e7, f"−1{SPACE}×{SPACE}10⁷"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "not a number"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("low", "middle", "high", "unit", "text"),
    [
        (2.5, 2.9, 3.4, "", "2.9 (2.5 to 3.4)"),
        (2.5, 2.9, 3.4, "times", "2.9× (2.5 to 3.4)"),
        (99.95, 99.97, 99.99, "%", "99.97% (99.95 to 99.99)"),
        (239.4, 251.2, 263.0, "updates", f"251 (239 to 263){SPACE}updates"),
        (-0.5, 0.02, 0.5, "", "0.0 (−0.5 to 0.5)"),
        (4.0, 4.0, 4.0, "%", "4%"),
        (
            1e-9,
            2e-9,
            4e-9,
            "",
            "2 × 10⁻⁹ (1 × 10⁻⁹ to 4 × 10⁻⁹)".replace(" × ", f"{SPACE}×{SPACE}"),
        ),
    ],
)
def test_interval(low: float, middle: float, high: float, unit: str, text: str) -> None:
    assert mean_and_bounds(Summary(middle, low, high, 10), unit) == text


def test_parts_of_an_interval() -> None:
    interval = Summary(2.9, 2.5, 3.4, 10)
    assert mean(interval, "%") == "2.9%"
    assert bounds(interval, "s") == f"2.5 to 3.4{SPACE}s"
    assert with_unit("3", "") == "3"


MODULE = '''
import functools

LIMITS = {
    "a": 1,
}


@functools.cache
def f(x):
    """Doc.

    More.
    """

    # why
    return x


class C:
    """Doc."""

    def method(self):
        """Doc."""
        return f(1)

    def empty(self):
        """Only words."""
'''


def test_an_excerpt_leaves_out_docstrings_and_keeps_comments() -> None:
    excerpt = find_excerpt(MODULE, "f")
    assert excerpt.text == "@functools.cache\ndef f(x):\n    # why\n    return x"
    assert (excerpt.first, excerpt.last) == (9, 17)
    assert find_excerpt(MODULE, "C.method").text == "def method(self):\n    return f(1)"
    assert '"""Only words."""' in find_excerpt(MODULE, "C").text
    assert find_excerpt(MODULE, "LIMITS").text == 'LIMITS = {\n    "a": 1,\n}'


def test_excerpts_are_joined_and_their_lines_named() -> None:
    excerpts = [find_excerpt(MODULE, name) for name in ("f", "C.method")]
    assert "return x\n\n\ndef method" in join(excerpts)
    assert spans(excerpts[:1]) == "lines 9\N{EN DASH}17"


def test_unknown_names_come_with_close_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown name 'LIMIT'; did you mean LIMITS\?"):
        find_excerpt(MODULE, "LIMIT")
    with pytest.raises(UnknownNameError, match=r"did you mean nnbook\.losses"):
        module_path(PACKAGE, "nnbook.loses")
    assert module_path(PACKAGE, "nnbook.claims") == PACKAGE / "claims" / "__init__.py"


def test_tests_can_be_shown_too() -> None:
    path = module_path(PACKAGE, "tests.test_gradients")
    assert path == ROOT / "tests" / "test_gradients.py"
    assert find_excerpt(path.read_text("utf-8"), "test_layers").text.startswith("@pytest.mark")
    with pytest.raises(UnknownNameError, match=r"did you mean tests\.test_gradients"):
        module_path(PACKAGE, "tests.test_gradient")


def test_darken_exchanges_the_palette_and_nothing_else() -> None:
    svg = '<svg a="1"><path style="fill: #0B63B0; stroke: #123456"/></svg>'
    dark = darken(svg, {"#000000": "#eeeeee", "#0b63b0": "#6cb6ff"})
    assert (
        dark == '<svg fill="#eeeeee" a="1"><path style="fill: #6cb6ff; stroke: #123456"/></svg>'
    )


def test_the_palette_is_that_of_plotting(tmp_path: Path) -> None:
    from nnbook.plotting import LIGHT_TO_DARK

    assert read_palette(PACKAGE) == BASE | {k.lower(): v for k, v in LIGHT_TO_DARK.items()}
    assert read_palette(tmp_path) == BASE


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('<svg width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6">', (614, 461)),
        ('<svg viewBox="0 0 20 10">', (20, 10)),
        ("<svg>", None),
    ],
)
def test_svg_size(root: str, size: tuple[int, int] | None) -> None:
    assert svg_size(root) == size


def test_alt_problem() -> None:
    good = "A line that rises from left to right, slowly."
    assert alt_problem(good, "What to see.") is None
    assert alt_problem(good, good) == "has its caption as its alt text"
    assert alt_problem("  ", "") == "has no alt text"


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://a.example/x.js"></script>',
        '<link rel="stylesheet" href="//a.example/x.css">',
        '<link rel="preconnect" href="https://a.example">',
        '<img srcset="https://a.example/x.png 2x">',
        "<p style=\"background: url('https://a.example/x.png')\">",
        '<style>@import "https://a.example/x.css";</style>',
        '<script>fetch("https://a.example/x.json")</script>',
    ],
)
def test_requests_to_other_hosts_are_found(html: str) -> None:
    assert len(requests_of(html)) == 1


def test_links_are_no_requests() -> None:
    assert (
        requests_of(
            '<a href="https://a.example">x</a><link rel="canonical" href="https://b.example">'
        )
        == []
    )


def test_every_public_module_has_its_page_of_today() -> None:
    folder = ROOT / "book" / "api"
    written = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert written == api.pages(PACKAGE), "run: python -m nnbook_sphinx.api"


def test_api_pages_of_gone_modules_are_removed(tmp_path: Path) -> None:
    (tmp_path / "nnbook.gone.md").write_text("old")
    api.write(PACKAGE, tmp_path)
    assert not (tmp_path / "nnbook.gone.md").exists()
    assert (tmp_path / "index.md").exists()


def test_the_index_lists_every_module_once_under_its_topic() -> None:
    index = api.pages(PACKAGE)["index.md"]
    listed = re.findall(r"^\| \[`[\w.]+`\]\(([\w.]+)\.md\)", index, re.M)
    assert sorted(listed) == sorted(set(public_modules(PACKAGE)) - {"nnbook"})
    headings = re.findall(r"^## (.+)$", index, re.M)
    assert [h for h in headings if h in api.TOPICS] == [t for t in api.TOPICS if t in headings]
    known = [name.removeprefix("nnbook.") for name in listed]
    for pattern in " ".join(api.TOPICS.values()).split():
        assert any(fnmatch(name, pattern) for name in known), f"no module is called {pattern}"


def test_the_index_names_what_a_module_defines() -> None:
    (row,) = (
        line for line in api.pages(PACKAGE)["index.md"].splitlines() if "[`losses`]" in line
    )
    assert row.count("{py:obj}") == 4
    assert "{py:obj}`~nnbook.losses.cross_entropy`" in row
    assert "relu_grad" not in api.pages(PACKAGE)["index.md"]


def test_the_example_of_the_index_learns_and_its_cells_are_short() -> None:
    names: dict[str, object] = {}
    cells = re.findall(
        r"```{code-cell} ipython3\n((?:.*\n)*?)```", api.INDEX.read_text("utf-8")
    )
    assert max(len(cell.splitlines()) for cell in cells) <= 12
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for cell in cells:
            *lines, last = cell.splitlines()
            exec(
                "\n".join([*lines, f"shown = {last}" if "sanity_checks(" in last else last]),
                names,
            )
    assert getattr(names["shown"], "passed", None) is True
    accuracy = re.search(r"test accuracy ([\d.]+)%", printed.getvalue())
    assert accuracy
    assert float(accuracy[1]) > 95


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("sanity_checks", "nnbook.sanity.sanity_checks"),  # its own module
        ("l2_penalty", "nnbook.regularization.l2_penalty"),  # elsewhere
        ("Optimizer.step", "nnbook.optimizers.Optimizer.step"),
        ("schedules", "nnbook.schedules"),
        ("constant", ""),  # in two modules
        ("ACTIVATIONS", ""),  # not on a page
        ("lr / sqrt(t)", ""),
    ],
)
def test_code_in_a_docstring_is_a_link_if_one_thing_has_the_name(
    code: str, target: str
) -> None:
    expected = f":py:obj:`{code} <{target}>`" if target else f"``{code}``"
    assert docstrings.link(code, "nnbook.sanity") == expected
    if code == "constant":
        inside = docstrings.link(code, "nnbook.schedules")
        assert inside == ":py:obj:`constant <nnbook.schedules.constant>`"


def test_a_docstring_is_text_with_code() -> None:
    lines = ["The sum of |W| * x_, as `mse` or `a * b` and ``c * d``; *args."]
    docstrings.escape(*[None] * 2, "nnbook.sanity.Check", None, None, lines)  # type: ignore[arg-type]
    link = ":py:obj:`mse <nnbook.losses.mse>`"
    assert lines == [
        f"The sum of \\|W\\| \\* x\\_, as {link} or ``a * b`` and ``c \\* d``; \\*args."
    ]


def test_a_property_keeps_its_sentence_whatever_napoleon_makes_of_it() -> None:
    nothing = [None] * 2
    lines = ["Two pairs: training and test."]
    docstrings.escape(nothing[0], "property", "nnbook.x", *nothing, lines)  # type: ignore[arg-type]
    lines[:] = ["training and test.", ":type: Two pairs"]
    docstrings.restore(nothing[0], "property", "nnbook.x", *nothing, lines)  # type: ignore[arg-type]
    assert lines == ["Two pairs: training and test."]
    docstrings.restore(nothing[0], "function", "nnbook.y", *nothing, lines)  # type: ignore[arg-type]
    assert lines == ["Two pairs: training and test."]


def test_a_default_that_is_a_constant_is_shown_by_its_value() -> None:
    signature = "(features, *, momentum=0.1, eps=EPS, dtype=np.float64)"
    shown = docstrings.values(*[None] * 3, BatchNorm, None, signature, None)  # type: ignore[arg-type]
    assert shown == (signature.replace("EPS", "1e-05"), None)
    assert docstrings.values(*[None] * 3, BatchNorm, None, None, None) is None  # type: ignore[arg-type]
    table = "(f=ACTIVATIONS)"  # too much to show
    assert docstrings.values(*[None] * 3, Activate, None, table, None) == (table, None)  # type: ignore[arg-type]


def test_names_of_a_module_are_those_with_a_docstring() -> None:
    names = list(public_names(public_modules(PACKAGE)["nnbook.optimizers"]))
    assert "Optimizer" in names
    assert "Optimizer.step" in names
    assert not [name for name in names if "__" in name]


def test_pieces_of_a_stream_are_shown_as_one_text_however_the_kernel_cut_it():
    def piece(name: str, text: str) -> dict[str, str]:
        return {"output_type": "stream", "name": name, "text": text}

    cut = [piece("stdout", "a\n"), piece("stdout", "b"), piece("stdout", "\nc\n")]
    other = [piece("stderr", "d\n"), piece("stdout", "e\n")]
    assert _shown([*cut, *other]) == [piece("stdout", "a\nb\nc\n"), *other]
    assert cut[0]["text"] == "a\n"
