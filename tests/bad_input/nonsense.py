"""Nonsense for tests: values that a function does not expect, and what may come of them.

`mangled` draws arguments of which one or two are nonsense, some of them close to good ones. `verdict` calls a
function with them: it accepts a sound answer, or a refusal in the house wording that leaves everything as it
was. Nothing here knows of a function of the package.
"""

import copy
import re
import warnings
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from matplotlib.axes import Axes

WORDING = re.compile(
    r"(in layer [\d.]+ \(\w+\): )?"
    r"(?P<name>[^\n]+?) must be (?P<expected>[^\n]+), got (?P<got>[^\n]+)"
)
LARGE, SMALL = 1e4, 1e-4  # beyond these an answer may overflow or underflow

# --- what to draw ---------------------------------------------------------------------------------

NUMBERS: tuple[Any, ...] = (
    *(0, 1, 2, 3, 7, -1, -3, 2**63, -(2**63), 10**400, 10**5000),
    *(0.0, 0.5, 1.0, 1.5, -0.5, 1e-300, 1e300, np.nan, np.inf, -np.inf, 1j),
    *(
        True,
        False,
        np.True_,
        Decimal("0.5"),
        Fraction(1, 2),
        Fraction(-1, 3),
        Fraction(10**400),
    ),
    *(np.int8(2), np.uint8(1), np.uint64(2**63), np.int64(-1)),
    *(np.float16(0.5), np.float32(0.5), np.float64("nan"), np.longdouble(0.5)),
    *(np.complex64(1), np.datetime64(0, "s"), np.timedelta64(1, "s")),
)
OTHERS: tuple[Any, ...] = (
    *(None, "", "1", "nan", "relu", "0.weight", b"1", ..., object(), slice(1), range(3)),
    *((), (1,), (1, 2), (0.5, 0.5), (None, None), ("a", "b")),
    *([], [1], [[1.0, 2.0], [3.0]], [None], [0.5, 0.5], [[1.0, 2.0]], [10**400, 0.5]),
    *({}, {"a": 1}, {1: 2}, {"weight": None}, set(), frozenset({1}), {"x"}),
)
SHAPES = ((), (0,), (1,), (3,), (4, 3), (3, 4), (0, 3), (4, 0), (1, 1), (2, 3, 4), (2, 3, 4, 4))
TYPES = "float64 float32 float16 longdouble >f8 int64 uint8 bool complex128 object str bytes datetime64[s]"
FILLS = (0.0, 1.0, -1.0, 2.0, 1e300, np.nan, np.inf, -np.inf)


def filled(shape: tuple[int, ...], dtype: str, fill: float | None) -> np.ndarray:
    """An array of equal entries, or of random ones; what a dtype does not hold becomes what it will."""
    rng = np.random.default_rng(0)
    numbers = rng.standard_normal(shape) if fill is None else np.full(shape, fill)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if np.dtype(dtype).kind == "M":
            return numbers.astype(np.float64).astype("int64").astype(dtype)
        return numbers.astype(dtype)


arrays = st.builds(
    filled,
    st.sampled_from(SHAPES),
    st.sampled_from(TYPES.split()),
    st.sampled_from((None, *FILLS)),
)
anything = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(OTHERS), arrays)


def read_only(x: np.ndarray) -> np.ndarray:
    """A copy that cannot be changed."""
    x = x.copy()
    x.flags.writeable = False
    return x


def near_array(x: np.ndarray) -> st.SearchStrategy[Any]:
    """Arrays with one thing changed, that thing being right or wrong."""
    changes: list[Callable[[], Any]] = [
        *(
            lambda t=t: x.astype(t)
            for t in ("float32", "float16", ">f8", "longdouble", "int64")
        ),
        *(lambda t=t: x.astype(t) for t in ("uint8", "complex128", "object", "str", "bool")),
        *(
            lambda: x[:0],
            lambda: x[:1],
            lambda: x[1:],
            lambda: x[..., :-1],
            lambda: x[..., None],
        ),
        *(lambda: x[None], lambda: x.T, lambda: x.ravel(), lambda: x.tolist(), lambda: x.sum()),
        *(lambda: read_only(x), lambda: np.asfortranarray(x), lambda: x[::-1], lambda: -x),
        *(lambda: np.ma.masked_array(x), lambda: np.concatenate([x, x]), lambda: list(x)),
        *(lambda: [*x.tolist(), None], lambda: [*x.tolist(), []], lambda: 1e200 * x),
    ]
    entry = st.sampled_from((0, -1, 1, 2, 99, np.nan, np.inf, -np.inf, 1e300))
    return st.one_of(
        st.sampled_from(changes).map(lambda change: quietly(change)),
        st.tuples(st.integers(0, max(0, x.size - 1)), entry).map(lambda at: with_entry(x, *at)),
    )


def quietly(change: Callable[[], Any]) -> Any:
    """The value of a change, without the warnings of a cast that cannot be right."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return change()


def with_entry(x: np.ndarray, i: int, value: float) -> np.ndarray:
    """A copy with one other entry, in a dtype that holds it."""
    x = x.copy()
    if x.dtype.kind not in "fc" and not np.isfinite(value):
        x = x.astype(float)
    if x.size and (x.dtype.kind == "f" or abs(value) < 100):
        x.reshape(-1)[i] = value
    return x


def near(value: Any) -> st.SearchStrategy[Any]:
    """Values that are close to a good one, right or wrong."""
    if isinstance(value, np.ndarray):
        return near_array(value)
    if isinstance(value, bool):
        return st.sampled_from((not value, np.bool_(value), int(value), "no", None))
    if isinstance(value, int):
        others = (
            value + 1,
            value - 1,
            -value,
            value + 7,
            float(value),
            value + 0.5,
            str(value),
        )
        return st.sampled_from((*others, np.int32(value), np.array(value), Fraction(value)))
    if isinstance(value, float):
        others = (-value, 0, 10 * value, 1, int(value), Fraction(value), str(value), [value])
        return st.sampled_from((*others, np.float32(value), np.float64(value), np.array(value)))
    if isinstance(value, str):
        return st.sampled_from((value.upper(), f"{value} ", np.str_(value), value.encode()))
    if isinstance(value, np.random.Generator):
        return st.sampled_from((0, np.random.RandomState(0), type(value)))
    if isinstance(value, Mapping):
        return near_dict(dict(value))
    if isinstance(value, tuple | list):
        return near_list(value)
    return st.just(None if callable(value) else type(value))


def near_dict(value: dict[Any, Any]) -> st.SearchStrategy[Any]:
    """Dicts with a key less, more or other, or with nonsense in one place."""
    if not value:
        return st.just([])
    key = st.sampled_from(list(value))
    return st.one_of(
        key.map(lambda k: {other: v for other, v in value.items() if other != k}),
        key.map(lambda k: {(f"{o}x" if o == k else o): v for o, v in value.items()}),
        key.map(lambda k: {(1 if o == k else o): v for o, v in value.items()}),
        key.flatmap(
            lambda k: st.one_of(near(value[k]), anything).map(lambda v: value | {k: v})
        ),
        st.just(list(value.items())),
    )


def near_list(value: Any) -> st.SearchStrategy[Any]:
    """Sequences that are shorter, longer, of another kind, or with nonsense in one place."""
    kind = list if isinstance(value, list) else tuple
    others = [kind(value[:-1]), kind([*value, *value[-1:]]), kind(value[::-1]), list(value)]
    changed = st.integers(0, max(0, len(value) - 1)).flatmap(
        lambda i: st.one_of(*([near(value[i])] if value else []), anything).map(
            lambda v: kind([*value[:i], v, *value[i + 1 :]])
        )
    )
    return st.one_of(st.sampled_from([*others, tuple(value), set(map(str, value))]), changed)


@st.composite
def mangled(draw: st.DrawFn, good: dict[str, Any], kept: tuple[str, ...]) -> dict[str, Any]:
    """Nonsense for one or two of the arguments."""
    names = [name for name in good if name not in kept]
    chosen = names and draw(
        st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    )
    return {name: draw(st.one_of(near(good[name]), anything)) for name in chosen}


# --- what a value is made of ----------------------------------------------------------------------


def state(value: Any) -> Any:
    """Something that is equal for equal contents: arrays, generators, Axes, models, optimizers."""
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state), value.bit_generator.seed_seq.n_children_spawned
    if isinstance(value, Axes):
        return [repr(value), value.axison, repr(value.axis()), *map(repr, value.get_children())]
    if isinstance(value, np.ndarray):
        whole = value.tolist() if value.dtype.hasobject else value.tobytes()
        return str(value.dtype), value.shape, repr(whole) if value.dtype.hasobject else whole
    if isinstance(value, Mapping):
        return [(repr(key), state(inner)) for key, inner in value.items()]
    if isinstance(value, tuple | list):
        return [state(inner) for inner in value]
    if type(value).__module__.startswith("nnbook"):
        return type(value).__name__, state(vars(value))
    return type(value).__name__, written(value)


def written(value: Any) -> str:
    """Its repr; Python does not write numbers of more than 4300 digits."""
    try:
        return repr(value)
    except ValueError:
        return str(id(value))


def is_time(value: Any) -> bool:
    """NumPy counts durations as whole numbers."""
    return isinstance(value, np.timedelta64)


def numbers_in(value: Any) -> list[float]:
    """All numbers in a value, as floats."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biuf":
            return [float(v) for v in np.abs(value.ravel()).astype(np.longdouble)]
        return [v for inner in value.ravel().tolist() for v in numbers_in(inner)]
    if isinstance(value, Mapping):
        return [v for inner in value.values() for v in numbers_in(inner)]
    if isinstance(value, tuple | list | set | frozenset):
        return [v for inner in value for v in numbers_in(inner)]
    if not isinstance(value, int | float | complex | Fraction | np.number) or is_time(value):
        return []
    try:
        return [float(abs(value))]
    except OverflowError:
        return [np.inf]


def extreme(value: Any) -> bool:
    """Does it hold a number so large, so small or so little of a number that an answer may be none?"""
    return any(not v <= LARGE or 0 < v < SMALL for v in numbers_in(value))


def arrays_in(value: Any) -> list[np.ndarray]:
    """All arrays and NumPy numbers in an answer, those of models and their like included."""
    if isinstance(value, complex) or (isinstance(value, int) and abs(value) >= 2**63):
        return []  # what was given and is only handed on, as labels are
    if isinstance(value, np.ndarray | np.number | float | int | Fraction):
        return [] if is_time(value) else [np.asarray(plain(value))]
    if isinstance(value, Mapping):
        return [a for inner in value.values() for a in arrays_in(inner)]
    if isinstance(value, tuple | list):
        return [a for inner in value for a in arrays_in(inner)]
    if type(value).__module__.startswith("nnbook"):
        return arrays_in(vars(value)) if hasattr(value, "__dict__") else []
    return []


def plain(value: Any) -> Any:
    """The value written as a careful caller would: Python's numbers, plain arrays in C's order."""
    if isinstance(value, np.bool_ | np.integer | np.floating) and not is_time(value):
        return value.item()
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, np.ndarray):
        kind = value.dtype.newbyteorder("=")
        return np.array(np.asarray(value), kind, order="C") if value.ndim else value
    if isinstance(value, tuple | list):
        return list(map(plain, value)) if type(value) is list else tuple(map(plain, value))
    if type(value) is dict:
        return {k: plain(v) if isinstance(v, np.ndarray) else v for k, v in value.items()}
    return value


def changed_by_plain(value: Any) -> bool:
    """Would `plain` write it in another way?"""
    if isinstance(value, np.generic | Fraction):
        return True
    if isinstance(value, np.ndarray):
        usual = type(value) is np.ndarray and value.dtype.isnative and value.flags.c_contiguous
        return not (usual and value.flags.writeable)
    if isinstance(value, tuple | list):
        return any(map(changed_by_plain, value))
    inner = value.values() if type(value) is dict else ()
    return any(changed_by_plain(v) for v in inner if isinstance(v, np.ndarray))


# --- what may come of it --------------------------------------------------------------------------


def verdict(case: Any, nonsense: dict[str, Any]) -> str:
    """Call with nonsense, and say what came: "answered" or "refused"; anything else is an AssertionError.

    Args:
        case: the row of what is called, a `Case`.
        nonsense: what takes the place of some good arguments, as `mangled` draws it.
    """
    arguments = case.good() | copy.deepcopy(nonsense)
    before = {name: state(value) for name, value in arguments.items()} | {"files": files()}
    with np.errstate(all="ignore"):
        try:
            answer = case.call(**arguments)
        except ValueError as error:
            check_wording(error, (*arguments, *case.names))
            assert_same(before, arguments, case.spent)
            return "refused"
        except case.raises:
            assert_same(before, arguments, case.spent)
            return "refused"
        assert_same(before, arguments, case.changes)
        check_answer(case, arguments, nonsense, answer)
    return "answered"


def check_wording(error: ValueError, names: tuple[str, ...]) -> None:
    """NAME must be EXPECTED, got VALUE: in one line, of a known name."""
    said = WORDING.fullmatch(str(error))
    assert said, f"not in the house wording: {type(error).__name__}: {error}"
    assert said["name"].startswith(names), f"{said['name']!r} is not one of {names}"


def check_answer(
    case: Any, arguments: dict[str, Any], nonsense: dict[str, Any], answer: Any
) -> None:
    """Numbers only, finite ones if the arguments allow, the same for a careful caller; and right."""
    wild = any(map(extreme, arguments.values()))
    for array in arrays_in(answer):
        assert array.dtype.kind in "biuf", f"an answer of {array.dtype}"
        assert wild or array.dtype.kind != "f" or np.isfinite(array).all(), "not finite"
    if any(map(changed_by_plain, nonsense.values())):
        careful = {name: plain(value) for name, value in nonsense.items()}
        assert_close(answer, case.call(**case.good() | careful), 0.02 if wild else 1e-3)
    assert case.right(answer, SimpleNamespace(**arguments)), f"wrong answer: {answer!r}"


def files() -> dict[str, bytes]:
    """What is in the current folder."""
    return {str(p): p.read_bytes() for p in sorted(Path().rglob("*")) if p.is_file()}


def assert_same(
    before: dict[str, Any], arguments: dict[str, Any], changes: tuple[str, ...]
) -> None:
    """Nothing has changed but what may."""
    for name, value in arguments.items():
        assert name in changes or state(value) == before[name], f"{name} was changed"
    assert "files" in changes or files() == before["files"], "a file was changed"


def assert_close(answer: Any, careful: Any, rtol: float) -> None:
    """The same as if a careful caller had called."""
    pairs = arrays_in(answer), arrays_in(careful)
    assert len(pairs[0]) == len(pairs[1])
    for a, b in zip(*pairs, strict=True):
        assert (a.shape, a.dtype.kind == "f") == (b.shape, b.dtype.kind == "f")
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)
