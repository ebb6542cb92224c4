"""The fingerprint: what does not count changes nothing, and an edit changes exactly what reaches it."""

import ast
import re
import shutil
from functools import cache
from textwrap import dedent

import pytest

from nnbook.claims import CLAIMS
from nnbook.claims.fingerprint import PACKAGE, CodeGraph, structure
from nnbook.claims.records import claim_fingerprint

TINY = {
    "__init__": "",
    "base": '''
        """The base."""
        import math

        RATE = 0.1
        LOW, HIGH = 1, 2
        COUNT: int = 3

        def helper(x):
            """Help."""
            return x * RATE  # a comment

        def other(x):
            return math.sqrt(x)

        def low():
            return LOW
        ''',
    "front/__init__": "from tiny.base import helper as aid\nfrom tiny.base import other\n",
    "things": '''
        def wrap(f):
            return f

        DEFAULT = 5

        class Parent:
            """A parent."""

            def inherited(self):
                return 1

        class Thing(Parent):
            def method(self):
                return 2
        ''',
    "tables": """
        def f(x):
            return x

        def g(x):
            return -x

        TABLE = {"f": f}
        TABLE["g"] = g
        """,
    "circle_a": """
        from tiny import circle_b

        LIMIT = 3

        def ping(n):
            return circle_b.pong(n)
        """,
    "circle_b": """
        from tiny.circle_a import LIMIT, ping

        def pong(n):
            return ping(n - 1) if n > LIMIT else n
        """,
    "sub/__init__": "",
    "sub/deep": "def leaf():\n    return 1\n",
    "runs": '''
        """The roots."""
        import tiny.base
        import tiny.base as b
        import tiny.sub.deep
        from tiny import base, circle_a, front
        from tiny.base import COUNT, HIGH, helper
        from tiny.front import aid
        from tiny.tables import TABLE
        from tiny.things import DEFAULT, Thing, wrap

        def alone():
            return 1

        def by_name(x):
            return helper(x)

        def by_module(x):
            return base.other(x)

        def by_alias(x):
            return b.helper(x)

        def by_dotted(x):
            return tiny.base.other(x)

        def by_deep_dotted():
            return tiny.sub.deep.leaf()

        def by_reexport(x):
            return aid(x)

        def by_package(x):
            return front.other(x)

        def by_table(name):
            return TABLE[name]

        def by_method():
            return Thing().method()

        @wrap
        def by_decorator():
            return 1

        def by_default(x=DEFAULT):
            return x

        def by_annotation(x: "int") -> Thing:
            return x

        def by_tuple():
            return HIGH

        def by_annotated():
            return COUNT

        def by_circle():
            return circle_a.ping(9)

        def by_value():
            return base

        def by_inner():
            def inner():
                return [helper(i) for i in range(3)]

            return lambda: inner()
        ''',
}
TINY = {name: dedent(text) for name, text in TINY.items()}
NAMED = {"by_name", "by_alias", "by_reexport", "by_inner", "by_value"}
DOTTED = {"by_module", "by_dotted", "by_package", "by_value"}


def write(folder, files):
    package = folder / "tiny"
    for name, text in files.items():
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return CodeGraph(package)


def digests(graph):
    roots = re.findall(r"def (\w+)", TINY["runs"])
    roots = [root for root in roots if root != "inner"]
    return {root: graph.digest(graph.reach([("tiny.runs", root)])) for root in roots}


def changed(folder, files):
    """The roots whose digest differs from that of the tiny package as it is above."""
    before, after = (digests(write(folder / "a", TINY)), digests(write(folder / "b", files)))
    return {root for root in before if before[root] != after[root]}


def edit(module, old, new):
    assert TINY[module].count(old) == 1
    return TINY | {module: TINY[module].replace(old, new)}


# --- what does not count --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("base", '"""Help."""', '"""Help much more."""'),
        ("base", '"""The base."""', ""),
        ("base", "# a comment", "# another comment"),
        ("base", "return x * RATE  # a comment", "return (\n  x\n * RATE)"),
        ("base", "0.1", "1e-1"),
        ("base", '"""Help."""\n', '"""Help."""\n\n\n    # why\n'),
        ("things", '"""A parent."""', ""),
        ("tables", '"f"', "'f'"),
        ("runs", '"""The roots."""', '"""The\n\nroots."""'),
        ("runs", "import tiny.base\n", "import os\nimport tiny.base\n"),
    ],
)
def test_docstrings_comments_and_layout_change_nothing(tmp_path, module, old, new):
    assert changed(tmp_path, edit(module, old, new)) == set()


def test_a_new_definition_that_nobody_names_changes_nothing_but_who_takes_the_whole_module(
    tmp_path,
):
    grown = TINY | {"base": TINY["base"] + "\ndef extra():\n    return 1\n"}
    assert changed(tmp_path, grown) == {"by_value"}
    assert changed(tmp_path / "more", TINY | {"extra": "X = 1\n"}) == set()


def test_the_order_of_definitions_and_of_imports_changes_nothing(tmp_path):
    head, *definitions = re.split(r"\n\n(?=def|@)", TINY["runs"].strip())
    lines = head.splitlines()
    shuffled = ["\n".join([lines[0], *reversed(lines[1:])]), *reversed(definitions)]
    assert changed(tmp_path, TINY | {"runs": "\n\n".join(shuffled)}) == set()


# --- what does: exactly the roots that reach it, and no other -------------------------------------


@pytest.mark.parametrize(
    ("module", "old", "new", "roots"),
    [
        ("base", "x * RATE", "x + RATE", NAMED),
        ("base", "0.1", "0.2", NAMED),
        ("base", "math.sqrt(x)", "math.sqrt(x + 1)", DOTTED),
        ("base", "LOW, HIGH = 1, 2", "LOW, HIGH = 1, 3", {"by_tuple", "by_value"}),
        ("base", "COUNT: int = 3", "COUNT: int = 4", {"by_annotated", "by_value"}),
        ("base", "return LOW", "return -LOW", {"by_value"}),
        ("sub/deep", "return 1", "return 2", {"by_deep_dotted"}),
        ("tables", "return x\n", "return 2 * x\n", {"by_table"}),
        ("tables", "return -x", "return 2 * x", {"by_table"}),
        ("tables", 'TABLE["g"]', 'TABLE["h"]', {"by_table"}),
        ("things", "return f", "return f()", {"by_decorator"}),
        ("things", "DEFAULT = 5", "DEFAULT = 6", {"by_default"}),
        ("things", "return 2", "return 3", {"by_method", "by_annotation"}),
        ("things", "return 1", "return 3", {"by_method", "by_annotation"}),
        ("things", "class Thing(Parent)", "class Thing", {"by_method", "by_annotation"}),
        ("circle_a", "LIMIT = 3", "LIMIT = 4", {"by_circle"}),
        ("circle_b", "n - 1", "n - 2", {"by_circle"}),
        ("runs", "return 1\n\ndef by_name", "return 2\n\ndef by_name", {"alone"}),
        ("runs", "@wrap\n", "", {"by_decorator"}),
        ("runs", "x=DEFAULT", "x=7", {"by_default"}),
        ("runs", "range(3)", "range(4)", {"by_inner"}),
        ("runs", "circle_a.ping(9)", "circle_a.LIMIT", {"by_circle"}),
        ("front/__init__", "helper as aid", "other as aid", {"by_reexport"}),
    ],
)
def test_an_edit_changes_exactly_what_reaches_it(tmp_path, module, old, new, roots):
    assert changed(tmp_path, edit(module, old, new)) == roots


def test_statements_of_a_module_count_for_whoever_reaches_into_it(tmp_path):
    noisy = TINY | {"sub/deep": TINY["sub/deep"] + "\nfor i in range(3):\n    print(i)\n"}
    assert changed(tmp_path, noisy) == {"by_deep_dotted"}


def test_an_import_that_leads_elsewhere_counts(tmp_path):
    moved = edit("runs", "from tiny.front import aid", "from tiny.base import other as aid")
    assert changed(tmp_path, moved) == {"by_reexport"}


def test_a_rename_counts(tmp_path):
    base, runs = (TINY[m].replace("helper", "aide") for m in ("base", "runs"))
    front = TINY["front/__init__"].replace("helper", "aide")
    renamed = TINY | {"base": base, "runs": runs, "front/__init__": front}
    assert changed(tmp_path, renamed) == NAMED


# --- reach ----------------------------------------------------------------------------------------


def test_reach_names_all_that_is_reached(tmp_path):
    graph = write(tmp_path, TINY)
    assert graph.reach([("tiny.runs", "by_name")]) == {
        ("tiny.runs", "by_name"),
        ("tiny.base", "helper"),
        ("tiny.base", "RATE"),
    }
    circle = {("tiny.circle_a", "ping"), ("tiny.circle_a", "LIMIT"), ("tiny.circle_b", "pong")}
    assert graph.reach([("tiny.runs", "by_circle")]) == circle | {("tiny.runs", "by_circle")}


def test_a_text_from_outside_reaches_what_it_names(tmp_path):
    graph = write(tmp_path, TINY)
    text = "import tiny.sub.deep\nfrom tiny.base import HIGH\n\nprint(HIGH, tiny.sub.deep.leaf())\n"
    reached = graph.reach_from_text(text)
    assert ("tiny.sub.deep", "leaf") in reached
    assert any(module == "tiny.base" for module, _ in reached)
    assert ("tiny.base", "helper") not in reached
    assert graph.reach_from_text("print(1)\n") == set()
    assert graph.reach_from_text("from tiny.base import helper\n") == set()  # named, never used


def test_what_is_unknown_reaches_nothing(tmp_path):
    graph = write(tmp_path, TINY)
    assert graph.reach([("tiny.nowhere", "x"), ("numpy", "exp")]) == set()


# --- the same on every Python ---------------------------------------------------------------------

SAMPLE = '''
"""Docstring of the module."""
import numpy as np
from os import path as p, sep

LOW, HIGH = -1, 1_000
TABLE: dict[str, int] = {"a": 1, **{}, "b": 0x10}
TABLE["c"] = 2.5e-3 + 1j

@decorator(1, k=2)
def f(a, /, b: int = 1, *args, c=None, **kwargs) -> str:
    """Docstring of the function."""
    "no docstring"
    with open(a) as file, np.errstate(over="ignore"):
        x = [i for i in range(3) if i and not b]
    return f"{a!r:>{b}} {x[1:2, ...]} {{}} {b = } {a:.3f}" f"" "tail"

class C(Base, metaclass=Meta):
    """Docstring of the class."""

    async def g(self):
        async for i in self:
            yield await i

def h(x):
    global HIGH
    try:
        match x:
            case {"k": [1, *rest], **more} if rest:
                del more
            case C(a=1) | None:
                raise ValueError("x") from None
    except* (OSError, KeyError) as e:
        return lambda y, *, z=b"bytes": (y := z)
    else:
        x @= x if x is not None else ~x
    while True:
        break
    assert x, f"{x:%Y {sep}}"
'''
STORED = "7478e6b3d186905409ef03d3de1d9a5dd7cae3ec627504fe205898bdd179add6"


def test_a_stored_hash_is_found_again(tmp_path):
    graph = write(tmp_path, {"__init__": "", "sample": SAMPLE})
    roots = [("tiny.sample", name) for name in ("TABLE", "LOW", "f", "C", "h")]
    assert graph.digest(graph.reach(roots)) == STORED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 'a' 'b'", "x = 'ab'", True),
        ("x = (1)", "x = 1", True),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = True", False),
        ("x = 'a'", "x = b'a'", False),
        ("x = f'{y}'", "x = f'{y!s}'", False),
        ("x = f'{y:{w}}'", "x = f'{y:{v}}'", False),
        ("x = f'{y:{w}}'", "x = f'{y:{w}} '", False),
        ("x = [y]", "x = f'{y}'", False),
        ("x = [1]", "x = (1,)", False),
        ("x = y.z", "x = y[z]", False),
        ("def f(a, b): pass", "def f(b, a): pass", False),
        ("def f(*, a): pass", "def f(a): pass", False),
        ("def f():\n 'doc'", "def f():\n 'other doc'", True),
        ("x = 'a'", "x = 'b'", False),
        ("if x:\n 'a'", "if x:\n 'b'", False),
    ],
)
def test_structure_tells_code_apart(one, other, same):
    assert (structure(ast.parse(one)) == structure(ast.parse(other))) == same


# --- the package itself ---------------------------------------------------------------------------


@cache
def fingerprints(package):
    graph = CodeGraph(package)
    return {name: claim_fingerprint(claim, graph) for name, claim in CLAIMS.items()}


def stale_claims(folder, module, old, new):
    """The claims whose fingerprint changes when one text of the package is replaced by another."""
    copy = shutil.copytree(
        PACKAGE, folder / "nnbook", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = copy / f"{module}.py"
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    before, after = fingerprints(PACKAGE), fingerprints(copy)
    return {name for name in CLAIMS if before[name] != after[name]}


def claims_of(*experiments):
    return {c.id for c in CLAIMS.values() if {e.name for e in c.experiments} & set(experiments)}


TUNED = {e.name for c in CLAIMS.values() for e in c.experiments if e.arms}
EVERY = {e.name for c in CLAIMS.values() for e in c.experiments}


@pytest.mark.parametrize(
    ("module", "old", "new", "experiments"),
    [
        ("activations", "Logistic function", "The logistic function", set()),
        (
            "experiments/activations/zigzag",
            "from w = 0, until",
            "from the origin, until",
            set(),
        ),
        ("experiments/activations/zigzag", "+ shift\n", "- shift\n", {"zigzag"}),
        ("experiments/activations/cost", "return min(times)", "return max(times)", {"cost"}),
        ("experiments/activations/sparsity", "np.sign(", "np.abs(", {"sparsity"}),
        ("experiments/protocol", "range(1000, 1008)", "range(1000, 1003)", TUNED),
        ("experiments/protocol", "threadpool_limits(1)", "threadpool_limits(2)", EVERY),
        ("gradcheck", "/ (2 * h)", "/ (3 * h)", {"bias_before_norm", "kinks"}),
        ("plotting", "BLUE, ORANGE", "ORANGE, BLUE", set()),
    ],
)
def test_an_edit_of_the_package_makes_exactly_the_claims_that_reach_it_stale(
    tmp_path, module, old, new, experiments
):
    assert stale_claims(tmp_path, module, old, new) == claims_of(*experiments)
