"""The checks: what passes comes back, what does not is refused in the house wording."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook import _checks as checks

quick = settings(max_examples=50, deadline=None, derandomize=True)
RNG = np.random.default_rng(0)

HUGE_NUMBER = f"rate must be a finite number of at least 0, got 1{'0' * 199}..."
REFUSALS = [
    (
        checks.check_number,
        ("rate", 1.5, 0, 1),
        {"closed": "[)"},
        "rate must be in [0, 1), got 1.5",
    ),
    (checks.check_number, ("rate", 1, 0, 1), {"closed": "[)"}, "rate must be in [0, 1), got 1"),
    (checks.check_number, ("rate", 0, 0, 1), {"closed": "(]"}, "rate must be in (0, 1], got 0"),
    (
        checks.check_number,
        ("std", -1, 0),
        {},
        "std must be a finite number of at least 0, got -1",
    ),
    (checks.check_number, ("bias", np.nan), {}, "bias must be a finite number, got nan"),
    (checks.check_number, ("bias", np.inf), {}, "bias must be a finite number, got inf"),
    (checks.check_number, ("bias", "1"), {}, "bias must be a finite number, got '1'"),
    (checks.check_number, ("bias", True), {}, "bias must be a finite number, got True"),
    (checks.check_number, ("bias", None), {}, "bias must be a finite number, got None"),
    (checks.check_number, ("bias", 1j), {}, "bias must be a finite number, got 1j"),
    (checks.check_positive, ("lr", 0.0), {}, "lr must be a finite number above 0, got 0.0"),
    (checks.check_positive, ("lr", -0.1), {}, "lr must be a finite number above 0, got -0.1"),
    (checks.check_count, ("n", 0), {}, "n must be a whole number of at least 1, got 0"),
    (checks.check_count, ("n", -3), {}, "n must be a whole number of at least 1, got -3"),
    (checks.check_count, ("n", 2.0), {}, "n must be a whole number of at least 1, got 2.0"),
    (checks.check_count, ("n", True), {}, "n must be a whole number of at least 1, got True"),
    (checks.check_count, ("n", 1, 2), {}, "n must be a whole number of at least 2, got 1"),
    (checks.check_choice, ("mode", "x", ("b", "a")), {}, "mode must be one of a, b, got 'x'"),
    (checks.check_array, ("x", [1, 2]), {}, "x must be an array of floats, got dtype int64"),
    (checks.check_array, ("x", [1j]), {}, "x must be an array of floats, got dtype complex128"),
    (checks.check_array, ("x", ["a"]), {}, "x must be an array of floats, got dtype <U1"),
    (
        checks.check_array,
        ("x", np.ones(3)),
        {"ndim": 2},
        "x must be an array of rank 2, got shape (3,)",
    ),
    (
        checks.check_array,
        ("x", np.ones((2, 3))),
        {"features": 4},
        "x must be an array of shape (N, 4), got shape (2, 3)",
    ),
    (
        checks.check_array,
        ("x", np.ones(4)),
        {"features": 4},
        "x must be an array of shape (N, 4), got shape (4,)",
    ),
    (
        checks.check_array,
        ("x", np.ones((0, 4))),
        {},
        "x must be a batch of at least one example, got shape (0, 4)",
    ),
    (
        checks.check_labels,
        ("y", [0, 1], 3, 2),
        {},
        "y must be an array of shape (3,), got shape (2,)",
    ),
    (
        checks.check_labels,
        ("y", [[0], [1]], 2, 2),
        {},
        "y must be an array of shape (2,), got shape (2, 1)",
    ),
    (
        checks.check_labels,
        ("y", [0.0, 1.0], 2, 2),
        {},
        "y must be an array of whole numbers, got dtype float64",
    ),
    (
        checks.check_labels,
        ("y", [True, False], 2, 2),
        {},
        "y must be an array of whole numbers, got dtype bool",
    ),
    (checks.check_labels, ("y", [0, 2], 2, 2), {}, "y must be in [0, 2), got 2"),
    (checks.check_labels, ("y", [-1, 1], 2, 2), {}, "y must be in [0, 2), got -1"),
    (checks.check_number, ("rate", 10**400, 0), {}, HUGE_NUMBER),
    (
        checks.check_number,
        ("rate", Fraction(3, 2), 0, 1),
        {},
        "rate must be in [0, 1], got Fraction(3, 2)",
    ),
    (
        checks.check_number,
        ("rate", np.array(0.5)),
        {},
        "rate must be a finite number, got array(0.5)",
    ),
    (
        checks.check_number,
        ("rate", np.ones(2)),
        {},
        "rate must be a finite number, got float64 array of shape (2,)",
    ),
    (checks.check_count, ("n", 2**63), {}, f"n must be below 2^63, got {2**63}"),
    (
        checks.check_count,
        ("n", np.array(3)),
        {},
        "n must be a whole number of at least 1, got array(3)",
    ),
    (
        checks.check_count,
        ("n", np.timedelta64(3, "s")),
        {},
        "n must be a whole number of at least 1, got np.timedelta64(3,'s')",
    ),
    (
        checks.check_number,
        ("rate", np.timedelta64(3, "s")),
        {},
        "rate must be a finite number, got np.timedelta64(3,'s')",
    ),
    (checks.check_flag, ("on", "no"), {}, "on must be True or False, got 'no'"),
    (checks.check_flag, ("on", 1), {}, "on must be True or False, got 1"),
    (checks.check_choice, ("mode", [], {"a": 1}), {}, "mode must be one of a, got []"),
    (checks.check_choice, ("mode", None, ("b", "a")), {}, "mode must be one of a, b, got None"),
    (checks.check_kind, ("d", 3, dict), {}, "d must be a dict, got 3"),
    (checks.check_kind, ("d", object(), OSError), {}, "d must be an OSError, got object"),
    (checks.check_function, ("f", 3), {}, "f must be a function, got 3"),
    (checks.check_array, ("x", 1.0), {}, "x must be an array of rank 1 or more, got shape ()"),
    (
        checks.check_array,
        ("x", [[1.0], [1.0, 2.0]]),
        {},
        "x must be an array, got [[1.0], [1.0, 2.0]]",
    ),
    (
        checks.check_array,
        ("x", np.ones(2, np.longdouble)),
        {},
        f"x must be an array of floats, got dtype {np.dtype(np.longdouble)}",
    ),
    (
        checks.check_finite,
        ("x", [1.0, np.nan]),
        {},
        "x must be finite, got an array with inf or nan",
    ),
    (
        checks.check_finite,
        ("x", [1.0, -np.inf]),
        {},
        "x must be finite, got an array with inf or nan",
    ),
    (
        checks.check_finite,
        ("x", [1.0]),
        {"ndim": 2},
        "x must be an array of rank 2, got shape (1,)",
    ),
    (
        checks.check_labels,
        ("y", [[0], [0, 1]], 2, 2),
        {},
        "y must be an array, got [[0], [0, 1]]",
    ),
    (checks.check_rows, ("y", [1, 2], 3), {}, "y must be as many as x has rows (3), got 2"),
    (checks.check_rows, ("y", 7, 3), {}, "y must be as many as x has rows (3), got array(7)"),
    (checks.check_rng, (7,), {}, "rng must be a numpy.random.Generator, got 7"),
    (checks.check_rng, (None,), {}, "rng must be a numpy.random.Generator, got None"),
]


@pytest.mark.parametrize(("check", "arguments", "options", "message"), REFUSALS)
def test_bad_input_is_refused_in_the_house_wording(check, arguments, options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check(*arguments, **options)


@pytest.mark.parametrize(
    ("check", "arguments", "value"),
    [
        (checks.check_number, ("rate",), 0.5),
        (checks.check_number, ("rate",), np.float32(0.5)),
        (checks.check_positive, ("lr",), 1e-300),
        (checks.check_count, ("n",), 3),
        (checks.check_count, ("n",), np.int64(3)),
        (checks.check_rng, (), RNG),
    ],
)
def test_good_input_comes_back(check, arguments, value):
    assert check(*arguments, value) == value


@pytest.mark.parametrize("value", [1, np.int8(1), np.float32(1), Fraction(1), np.longdouble(1)])
def test_a_number_becomes_a_plain_float(value):
    assert type(checks.check_number("rate", value)) is float


def test_a_value_that_python_does_not_write_is_shown_by_its_type():
    message = r"^n must be below 2\^63, got a value of type int$"
    with pytest.raises(ValueError, match=message):
        checks.check_count("n", 10**5000)


def test_a_fraction_beyond_all_floats_is_refused():
    with pytest.raises(
        ValueError, match=r"^rate must be a finite number, got Fraction\(10+\.\.\.$"
    ):
        checks.check_number("rate", Fraction(10**400))


def test_what_is_shown_stays_in_one_line_and_short():
    assert checks.show("a\nb") == r"'a\nb'"
    assert checks.show(np.ones((3, 4), np.float32)) == "float32 array of shape (3, 4)"
    assert len(checks.show(list(range(1000)))) == checks.LONGEST + 3
    assert checks.show(object()) == "object"
    pair = (np.ones((3, 4)), object())  # what a model returns
    assert checks.show(pair) == "(float64 array of shape (3, 4), object)"


def test_flags_kinds_functions_and_targets_come_back():
    assert checks.check_flag("on", np.True_) is True
    d = {}
    assert checks.check_kind("d", d, dict) is d
    assert checks.check_function("f", len) is len
    assert checks.check_rows("y", ["a", "b"], 2).tolist() == ["a", "b"]
    x = np.ones((2, 3))
    assert checks.check_finite("x", x) is x


def test_a_choice_comes_back():
    assert checks.check_choice("mode", "a", {"a": 1, "b": 2}) == "a"


def test_a_count_becomes_a_plain_int():
    assert type(checks.check_count("n", np.int32(3))) is int


@quick
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted),
    st.sampled_from(["[]", "[)", "(]", "()"]),
)
def test_an_interval_contains_what_its_brackets_say(value, ends, closed):
    low, high = ends
    inside = (low < value < high) or (value == low and closed[0] == "[" and value <= high)
    inside = inside or (value == high and closed[1] == "]" and value >= low)
    inside = inside and not (value == low and closed[0] == "(")
    inside = inside and not (value == high and closed[1] == ")")
    if inside:
        assert checks.check_number("x", value, low, high, closed=closed) == value
    else:
        with pytest.raises(ValueError, match=r"^x must be in"):
            checks.check_number("x", value, low, high, closed=closed)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_an_array_comes_back_as_it_is(dtype):
    x = np.ones((2, 3), dtype)
    assert checks.check_array("x", x, ndim=2, features=3) is x
    assert checks.check_array("x", x.tolist()).dtype == np.float64


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_labels_of_any_whole_type_come_back(dtype):
    labels = np.array([0, 2, 1], dtype)
    assert checks.check_labels("y", labels, 3, 3) is labels


@pytest.mark.parametrize("members", [[1, 2], (1, 2), {1: 3, 2: 4}, iter([1, 2])])
def test_several_come_back_as_a_list(members):
    assert checks.check_several("members", members) == [1, 2]


@pytest.mark.parametrize("members", [[], (), None, 3, np.array(3)])
def test_none_are_not_several(members):
    with pytest.raises(ValueError, match=r"^members must be of one or more members, got "):
        checks.check_several("members", members)
