"""The page on other libraries, book/names.md: its names exist there, and its numbers are what they said.

The libraries' side is stored: tests/golden/names_torch.json and names_jax.json, made by the scripts of the
same name. The cells of the page are run here, one after the other, and `sides` is read after each.
"""

import contextlib
import importlib
import inspect
import io
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nnbook.activations import ACTIVATIONS
from nnbook.convolution import Conv2d
from nnbook.layers import Linear, PReLU
from nnbook.normalization import BatchNorm

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "book" / "names.md").read_text("utf-8")
STORED = [
    json.loads((TESTS / "golden" / name).read_text("utf-8"))
    for name in ("names_torch.json", "names_jax.json")
]
TOPS = {"torch", "torchvision", "jax", "flax", "optax", "keras"}
NONE = "\N{EN DASH}"
COLUMNS = ("nnbook", "PyTorch", "JAX, Flax, Optax", "Keras")
# What a newcomer would look for: all public names of these. A new one needs a row of a table.
MODULES = (
    *["activations", "augmentation", "averaging", "checkpoints", "convolution", "datasets"],
    *["diagnostics", "ensembles", "gradcheck", "initializers", "layers", "losses", "lsuv"],
    *["metrics", "models", "normalization", "optimizers", "preprocessing", "regularization"],
    *["residual", "sanity", "schedules", "second_order", "training", "transfer"],
)
# Results that a function returns, and our names for arrays and generators.
RESULTS = {"Check", "Report", "RangeTest", "Step"}
ELSEWHERE = {"model.params", "model.buffers", "np.random.Generator"}
# Drawn at random on both sides: (relative, absolute) tolerance.
DRAWN = {"linear-init": (0.03, 0), "he-tails": (0, 1e-3), "xavier-conv": (0.02, 0)}
ONE_NUMBER = {"decay-rate", "dropout-rate"}  # said in different ways
CONVERTED = {"conv-output"}  # a check of the conversion that the page shows


# --- reading the page -----------------------------------------------------------------------------


def tables(first):
    """The tables whose first column has this head, as lists of rows of cells."""
    found = re.findall(rf"^\| {re.escape(first)} *\|.*(?:\n\|.*)+", PAGE, re.M)
    for table in found:
        yield [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.split("\n")]


def codes(text):
    return re.findall("`([^`]+)`", text)


def differences():
    """Label of a section -> the row of the table that links to it."""
    (table,) = tables("What")
    assert table[0] == ["What", *COLUMNS]
    return {re.search(r"\(#([\w-]+)\)$", row[0])[1]: row for row in table[2:]}


def sections():
    """Label -> (heading, cell) of each section of a difference."""
    found = re.findall(
        r"^\(([\w-]+)\)=\n### (.+)\n(?:(?!^\().*\n)*?```{code-cell} ipython3\n((?:.*\n)*?)```",
        PAGE,
        re.M,
    )
    return {label: (heading, cell) for label, heading, cell in found}


@cache
def computed():
    """Label -> `sides` after its cell, and what the cell printed."""
    setup = re.search(r"```{code-cell} ipython3\n((?:.*\n)*?)```", PAGE)[1]
    results, names, options = {}, {}, np.get_printoptions()
    try:
        exec(setup, names)
        for label, (_, cell) in sections().items():
            names.pop("sides", None)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(cell, names)
            results[label] = names["sides"], printed.getvalue()
    finally:
        np.set_printoptions(**options)
    return results


def stored(label):
    """Side -> value of a case, from all files."""
    return {side: value for file in STORED for side, value in file.get(label, {}).items()}


# --- the differences ------------------------------------------------------------------------------


def test_every_line_of_the_table_has_its_section_and_its_stored_numbers():
    cases = {key for file in STORED for key in file} - {"versions", "names", "parameters"}
    assert list(differences()) == list(sections())
    assert cases - CONVERTED == set(sections())
    assert len(sections()) > 30


@pytest.mark.parametrize("label", sections())
def test_a_line_its_heading_and_its_sides_agree(label):
    heading, _ = sections()[label]
    row = differences()[label]
    assert row[0] == f"[{heading}](#{label})"
    shown = {"nnbook"} | {side.split(",")[0].split()[0] for side in stored(label)}
    libraries = [set(column.split(", ")) for column in COLUMNS]
    for cell, column in zip(row[1:], libraries, strict=True):
        assert (cell != NONE) == bool(shown & column), f"{cell} in a column of {shown}"


@pytest.mark.parametrize("label", sections())
def test_the_cell_computes_what_each_library_said(label):
    sides, _ = computed()[label]
    assert sides.keys() == {"nnbook", *stored(label)}
    relative, absolute = DRAWN.get(label, (1e-6, 1e-12))
    for side, value in stored(label).items():
        if isinstance(value, str):
            assert str(sides[side]) == value
        else:
            np.testing.assert_allclose(
                np.squeeze(sides[side]), np.squeeze(value), relative, absolute, err_msg=side
            )


@pytest.mark.parametrize("label", sections())
def test_the_sides_differ_unless_only_the_argument_does_and_are_printed(label):
    sides, printed = computed()[label]
    first, *others = (np.asarray(value).tolist() for value in sides.values())
    if label in ONE_NUMBER:
        for other in others:
            np.testing.assert_allclose(first, other)
    else:
        assert any(other != first for other in others)
    starts = [line[:18].strip() for line in printed.splitlines() if line[0].isalpha()]
    assert starts == list(sides)


def test_cells_are_short_and_define_nothing():
    for cell in re.findall(r"```{code-cell} ipython3\n((?:.*\n)*?)```", PAGE):
        assert len(cell.splitlines()) <= 12
        assert max(map(len, cell.splitlines())) <= 96
        assert re.search(r"^\s*(def|class|lambda)\b", cell, re.M) is None


@pytest.mark.parametrize("library", ["PyTorch", "Flax", "Keras"])
def test_a_kernel_reordered_as_shown_gives_the_same_convolution(library):
    conv = Conv2d(2, 3, 3, rng=np.random.default_rng(0))
    conv.params["weight"][:] = np.arange(54.0).reshape(18, 3) / 54
    y, _ = conv(np.arange(32.0).reshape(1, 2, 4, 4))
    np.testing.assert_allclose(y, stored("conv-output")[library], 1e-6)


# --- the names ------------------------------------------------------------------------------------


def public(module):
    """The classes and functions that a module defines for its users."""
    found = importlib.import_module(f"nnbook.{module}")
    return {
        name: thing
        for name, thing in vars(found).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == found.__name__
    }


def ours():
    """The code in the first columns and in the list of what has no counterpart."""
    listed = re.search(r"^We know of no counterpart(?:.+\n)+", PAGE, re.M)[0]
    first = [row[0] for table in tables("nnbook") for row in table[2:]]
    return {code for cell in [*first, listed] for code in codes(cell)}


def test_our_names_exist():
    known = {name for module in MODULES for name in public(module)}
    written = {re.sub(r"\(.*|\..*", "", code) for code in ours() - ELSEWHERE}
    assert written <= known


def test_all_our_names_are_in_a_table_or_have_no_counterpart():
    names = {name for module in MODULES for name in public(module)} - RESULTS
    slopes = {name for name in names if name.endswith("_grad") and name != "numerical_grad"}
    assert slopes == {f"{name}_grad" for name in ACTIVATIONS}
    missing = names - slopes - {code.split("(")[0].split(".")[0] for code in ours()}
    assert missing == set(), "give each a row in book/names.md"


def theirs():
    """Pairs of the head of a column and a code in it."""
    for table in tables("nnbook"):
        for row in table[2:]:
            for head, cell in zip(table[0][1:], row[1:], strict=True):
                yield from ((head, code) for code in codes(cell))


def test_their_names_exist_there_with_the_arguments_shown():
    known = {name for file in STORED for name in file["names"]}
    unknown = [
        (head, code)
        for head, code in theirs()
        if (code if code.split(".")[0] in TOPS else f"{head}.{code}") not in known
    ]
    assert len(list(theirs())) > 200
    assert unknown == [], "run the scripts in tests/golden again"


def test_no_name_is_stored_that_the_page_does_not_show():
    shown = {name for head, code in theirs() for name in (code, f"{head}.{code}")}
    assert {name for file in STORED for name in file["names"]} <= shown


def test_names_of_parameters_are_those_of_the_libraries():
    (table,) = tables("of")
    for column, library in enumerate(table[0][1:], start=1):
        written = [row[column].split(", ") for row in table[2:]]
        assert written == parameters(library), library


def parameters(library):
    if library != "nnbook":
        return next(f["parameters"][library] for f in STORED if library in f["parameters"])
    norm, linear = BatchNorm(1), Linear(1, 1, rng=np.random.default_rng(0))
    return [list(d) for d in (linear.params, norm.params, norm.buffers, PReLU().params)]


def test_the_page_names_the_versions():
    text = " ".join(PAGE.split())
    for file in STORED:
        for library, version in file["versions"].items():
            assert f"{library} {version.split('+')[0]}" in text
