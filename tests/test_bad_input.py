"""Nonsense at all that is public: it gets a right answer, or a refusal in the house wording.

`bad_input` has a row for each constructor, function and method: how to call it, good arguments, and what
makes an answer right. What has no row fails the first test. Each row is tried with good arguments, and then
with draws of nonsense in the place of one or two. NNBOOK_EXAMPLES=1000 tries 20000 draws a row, other ones
each time.
"""

import importlib
import inspect
import os
import pkgutil
from dataclasses import is_dataclass
from functools import cache

import pooch
import pytest
from bad_input import nonsense, of_data, of_drawings, of_functions, of_layers, of_training
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nnbook

CASES = of_functions.ROWS | of_layers.ROWS | of_data.ROWS | of_training.ROWS | of_drawings.ROWS
EXAMPLES = os.environ.get("NNBOOK_EXAMPLES")
DRAWS = 20  # in one example: to draw takes longer than to call
tries = settings(
    max_examples=int(EXAMPLES or 4),
    derandomize=EXAMPLES is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# Experiments and claims are run by their authors and not by readers; `protocol` is what these build on.
LEFT_OUT = ("_", "claims", "experiments")
# Functions whose one caller has checked what it hands them.
INNER = {
    "change": "Optimizer.step",
    "in_turn": "as_completed",
    "on_processes": "as_completed",
    "on_cluster": "as_completed",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files are written to an empty folder; no proxy is asked for what is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(pooch.get_logger(), "handlers", [])


# --- everything has a row -------------------------------------------------------------------------


def modules():
    """Name and module, of all that are for readers."""
    for found in pkgutil.walk_packages(nnbook.__path__, "nnbook."):
        name = found.name.removeprefix("nnbook.")
        if name == "experiments.protocol" or not name.startswith(LEFT_OUT):
            yield name, importlib.import_module(found.name)


def public():
    """Names of all public constructors, functions and methods."""
    for module, content in modules():
        for name, thing in vars(content).items():
            own = getattr(thing, "__module__", None) == content.__name__ and name[0] != "_"
            if own and inspect.isfunction(thing):
                yield f"{module}.{name}"
            elif own and inspect.isclass(thing) and not issubclass(thing, BaseException):
                yield from of_class(f"{module}.{name}", thing)


def of_class(name, kind):
    """A constructor, unless the class keeps what it is given as it is; and methods."""
    if "__post_init__" in vars(kind) or not (is_dataclass(kind) or issubclass(kind, tuple)):
        yield name
    for method, f in vars(kind).items():
        if inspect.isfunction(f) and (method == "__call__" or method[0] != "_"):
            yield f"{name}.{method}"


def test_everything_public_has_a_row():
    wanted = {name for name in public() if name.split(".")[-1] not in INNER}
    had = {name.split(" ")[0] for name in CASES}
    assert sorted(wanted - had) == []
    assert sorted(had - wanted) == []


def test_what_needs_no_row_is_there():
    assert INNER.keys() <= {name.split(".")[-1] for name in public()}


# --- nonsense -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_good_arguments_get_an_answer(name):
    assert nonsense.verdict(CASES[name], {}) == "answered"


@cache
def nonsense_for(name):
    """The draws for a row."""
    case = CASES[name]
    return st.lists(nonsense.mangled(case.good(), case.kept), min_size=DRAWS, max_size=DRAWS)


@pytest.mark.parametrize("name", CASES)
@tries
@given(data=st.data())
def test_nonsense_gets_a_right_answer_or_a_refusal_that_changes_nothing(name, data):
    for bad in data.draw(nonsense_for(name), label="nonsense"):
        try:
            nonsense.verdict(CASES[name], bad)
        except BaseException as error:
            error.add_note(f"{name} got {nonsense.written(bad)}")
            raise
