"""Checkpoints: what comes back is what was saved; a bad file says so and changes nothing."""

import io
import pickle
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnbook import __version__, checkpoints
from nnbook.checkpoints import load, save
from nnbook.datasets import blobs
from nnbook.layers import Layer, Linear, Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.normalization import BatchNorm
from nnbook.optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp
from nnbook.training import fit
from nnbook.transfer import LayerRates

quick = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
OPTIMIZERS = {
    "SGD": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.05, momentum=0.9),
    "AdaGrad": lambda: AdaGrad(0.05),
    "RMSProp": lambda: RMSProp(0.01),
    "Adam": lambda: Adam(0.01),
    "LayerRates": lambda: LayerRates(Adam(0.01), {"0.0": 0.1, "1": 0.5}),
}


def fresh(seed=0):
    return np.random.default_rng(seed)


def net(seed=0, dtype=np.float64, sizes=(2, 5, 3)):
    inner = mlp(sizes, rng=fresh(seed), activation="prelu", dtype=dtype)
    return Sequential(inner, BatchNorm(sizes[-1], dtype=dtype))


def trained(model, optimizer, epochs=2, seed=0):
    x, y = blobs(10, rng=fresh())
    dtype = next(iter(model.params.values())).dtype
    fit(
        model,
        cross_entropy,
        optimizer,
        x.astype(dtype),
        y,
        epochs=epochs,
        batch_size=8,
        rng=fresh(seed),
    )
    return model


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def state(model, optimizer=None):
    """All that a load could change, as copies."""
    arrays = {f"p {k}": v.copy() for k, v in model.params.items()}
    arrays |= {f"b {k}": v.copy() for k, v in model.buffers.items()}
    return arrays, optimizer and pickle.dumps(optimizer)


def assert_same(left, right):
    assert left[0].keys() == right[0].keys()
    for name, array in left[0].items():
        assert array.dtype == right[0][name].dtype
        np.testing.assert_array_equal(array, right[0][name])
    assert left[1] == right[1]


# --- there and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_model_comes_back_bit_for_bit_in_the_arrays_it_had(tmp_path, dtype):
    model, other = trained(net(dtype=dtype), Adam(0.01)), net(1, dtype)
    assert model.buffers
    save(tmp_path / "a.npz", model)
    arrays = {**other.params}
    load(tmp_path / "a.npz", other)
    assert_same(state(model), state(other))
    assert all(other.params[name] is array for name, array in arrays.items())
    x = fresh(2).standard_normal((6, 2)).astype(dtype)
    np.testing.assert_array_equal(model(x)[0], other(x)[0])


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_training_goes_on_as_if_it_had_not_been_interrupted(tmp_path, make):
    whole, optimizer = net(), make()
    trained(whole, optimizer, seed=1)
    save(tmp_path / "half.npz", whole, optimizer)
    other, fresh_optimizer = net(5), make()
    trained(other, fresh_optimizer, seed=9)  # memory that has to go
    load(tmp_path / "half.npz", other, fresh_optimizer)
    assert fresh_optimizer.steps == optimizer.steps > 0
    for model, its in ((whole, optimizer), (other, fresh_optimizer)):
        trained(model, its, seed=2)
    assert_same(state(whole), state(other))


def test_every_optimizer_is_tried():
    """One that remembers under a name that is not in MEMORIES fails the test above."""
    ours = {kind for kind in Optimizer.__subclasses__() if kind.__module__.startswith("nnbook")}
    assert ours == {type(make()) for make in OPTIMIZERS.values()}


def test_an_optimizer_that_has_not_begun_comes_back_empty(tmp_path):
    save(tmp_path / "a.npz", net(), Adam())
    used = Adam()
    trained(net(), used)
    load(tmp_path / "a.npz", net(), used)
    assert (used.steps, used.slots) == (0, {})


def test_the_optimizer_in_a_file_may_be_left_there(tmp_path):
    model, optimizer = net(), Adam()
    trained(model, optimizer)
    save(tmp_path / "a.npz", model, optimizer)
    other = net(1)
    load(tmp_path / "a.npz", other)
    assert_same(state(model), state(other))


class Bag(Layer):
    """Arrays under any names."""

    def __init__(self, params, buffers):
        super().__init__()
        self.params, self.buffers = params, buffers


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
arrays = st.builds(
    lambda shape, dtype, seed: np.asarray(1e3 * fresh(seed).standard_normal(shape)).astype(
        dtype
    ),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from(["f2", "f4", "f8", "i8", "u1"]),
    st.integers(0, 99),
)


@quick
@given(st.dictionaries(names, arrays, max_size=3), st.dictionaries(names, arrays, max_size=3))
def test_any_names_shapes_and_dtypes_come_back(tmp_path, params, buffers):
    with np.errstate(all="ignore"):
        model = Bag(params, buffers)
        save(tmp_path / "a.npz", model)
        empty = [{k: np.zeros_like(a) for k, a in d.items()} for d in (params, buffers)]
    load(tmp_path / "a.npz", other := Bag(*empty))
    assert_same(state(model), state(other))


def test_inf_and_nan_come_back(tmp_path):
    model = Bag({"a": np.array([np.inf, -np.inf, np.nan, -0.0])}, {})
    save(tmp_path / "a.npz", model)
    load(tmp_path / "a.npz", other := Bag({"a": np.zeros(4)}, {}))
    assert other.params["a"].tobytes() == model.params["a"].tobytes()


# --- the file -------------------------------------------------------------------------------------


def test_the_file_is_a_plain_npz_with_versions_under_exactly_the_given_name(tmp_path):
    for path in (tmp_path / "model", str(tmp_path / "model.v1")):
        save(path, net())
    assert sorted(files_in(tmp_path)) == ["model", "model.v1"]
    with np.load(tmp_path / "model", allow_pickle=False) as file:
        assert set(file.files) == {
            *(f"params/{name}" for name in net().params),
            *(f"buffers/{name}" for name in net().buffers),
            *(f"versions/{what}" for what in ("format", "nnbook", "numpy")),
        }
        versions = [file[f"versions/{what}"].item() for what in ("format", "nnbook", "numpy")]
    assert versions == [1, __version__, np.__version__]


@pytest.mark.parametrize("when", ["savez", "fsync", "replace"])
def test_a_save_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, when):
    path = tmp_path / "a.npz"
    save(path, net())
    before = path.read_bytes()

    def fails(*_, **__):
        raise OSError("no space left")

    def breaks_off(file, **_):
        file.write(b"half of it")
        fails()

    if when == "savez":
        monkeypatch.setattr(np, "savez", breaks_off)
    elif when == "fsync":
        monkeypatch.setattr(checkpoints.os, "fsync", fails)
    else:
        monkeypatch.setattr(checkpoints.Path, "replace", fails)
    with pytest.raises(OSError, match="no space left"):
        save(path, net(1))
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["a.npz"]


def test_a_save_replaces_what_was_there(tmp_path):
    for seed in (0, 1):
        save(tmp_path / "a.npz", net(seed))
    load(tmp_path / "a.npz", other := net(5))
    assert_same(state(other), state(net(1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3,), "model must be a Layer, got 3"),
        ((net(), "adam"), "optimizer must be an Optimizer, got 'adam'"),
        (
            (Bag({"a": np.array([None])}, {}),),
            "params/a must be an array of numbers, got object array of shape (1,)",
        ),
        ((Bag({}, {"b": 3.0}),), "buffers/b must be an array of numbers, got 3.0"),
    ],
)
def test_what_is_no_model_is_not_saved(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        save(tmp_path / "a.npz", *arguments)
    assert files_in(tmp_path) == []


# --- bad files ------------------------------------------------------------------------------------


def refused(path, message, model=None, optimizer=None):
    """Loading says so, names the file, and changes nothing."""
    model = net(1) if model is None else model
    before = state(model, optimizer)
    with pytest.raises(ValueError, match=message) as caught:
        load(path, model, optimizer)
    assert str(path) in str(caught.value)
    assert_same(before, state(model, optimizer))


def whole(model, optimizer=None):
    file = io.BytesIO()
    contents = checkpoints._live(model) | {"versions/format": np.array(1)}
    np.savez(file, **contents, **(checkpoints._memory(optimizer) if optimizer else {}))
    return file.getvalue()


def npz(**contents):
    np.savez(file := io.BytesIO(), **contents)
    return file.getvalue()


def npy(array):
    np.save(file := io.BytesIO(), array)
    return file.getvalue()


def zipped(name, data):
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr(name, data)
    return file.getvalue()


class Trap:
    """Unpickled, it would say so."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


FOREIGN = {
    "empty": b"",
    "text": b"epoch,loss\n0,2.3\n",
    "an array": npy(np.ones(3)),
    "a pickle": pickle.dumps(Trap()),
    "an npz of pickles": npz(**{"versions/format": np.array([Trap()], dtype=object)}),
    "another npz": npz(weights=np.ones(3)),
    "another zip": zipped("word/document.xml", b"<xml/>"),
    "no number as format": npz(**{"versions/format": np.array("one")}),
    "a header that lies": zipped("versions/format.npy", npy(np.ones(3))[:-8]),
    "a huge header": zipped(
        "versions/format.npy", npy(np.ones(3)).replace(b"(3,), ", b"(9000000000000000,), ")
    ),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_foreign_files(tmp_path, data):
    path = tmp_path / "foreign.npz"
    path.write_bytes(data)
    refused(path, r"^file .*foreign\.npz must be a whole checkpoint of nnbook, got \w+: ")


def test_a_file_of_a_later_format(tmp_path):
    (tmp_path / "a.npz").write_bytes(npz(**{"versions/format": np.array(2)}))
    refused(tmp_path / "a.npz", r"^format of .*a\.npz must be 1, got 2$")


def test_every_truncated_file_is_refused(tmp_path):
    path, data = tmp_path / "a.npz", whole(net())
    for length in range(0, len(data), 13):
        path.write_bytes(data[:length])
        refused(path, "must be a whole checkpoint of nnbook")


@quick
@given(st.data())
def test_a_damaged_file_is_refused_or_the_damage_is_not_in_what_is_read(tmp_path, data):
    path, content = tmp_path / "a.npz", bytearray(whole(net()))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    model, seed, said = net(1), 0, str(path)
    try:
        load(path, model)
    except ValueError as error:
        seed, said = 1, str(error)
    assert str(path) in said
    assert_same(state(model), state(net(seed)))


MISMATCHES = {
    "another width": (
        net(sizes=(2, 6, 3)),
        r"params/0\.0\.weight in .* must be float64 of shape \(2, 5\), got float64 of shape \(2, 6\)",
    ),
    "another dtype": (
        net(dtype=np.float32),
        r"params/0\.0\.weight in .* must be float64 of shape \(2, 5\), got float32 of shape \(2, 5\)",
    ),
    "fewer layers": (
        Sequential(net().layers[0]),
        r"params/1\.gamma in .* must be float64 of shape \(3,\), got absent",
    ),
    "more layers": (
        Sequential(*net().layers, Linear(3, 2, rng=fresh())),
        r"params/2\.weight in .* must be absent, got float64 of shape \(3, 2\)",
    ),
    "no buffers": (Bag(net().params, {}), r"buffers/1\.running_mean in .* got absent"),
    "the last array only": (
        Bag(net().params, {**net().buffers, "1.running_var": np.ones(4)}),
        r"buffers/1\.running_var in .* must be float64 of shape \(3,\), got float64 of shape \(4,\)",
    ),
    "another byte order": (
        Bag({k: v.astype(">f8") for k, v in net().params.items()}, net().buffers),
        r"must be float64 of shape \(2, 5\), got >f8 of shape \(2, 5\)",
    ),
}


@pytest.mark.parametrize(("saved", "message"), MISMATCHES.values(), ids=MISMATCHES)
def test_a_checkpoint_of_another_model(tmp_path, saved, message):
    save(tmp_path / "a.npz", saved)
    refused(tmp_path / "a.npz", message)


def test_other_optimizers(tmp_path):
    path, optimizer = tmp_path / "a.npz", SGD(0.1, momentum=0.9)
    model = trained(net(), optimizer)
    save(path, model)
    refused(path, r"^optimizer in .*a\.npz must be SGD, got none$", optimizer=optimizer)
    save(path, model, Adam())
    refused(path, r"^optimizer in .*a\.npz must be SGD, got Adam$", optimizer=optimizer)
    half = checkpoints._memory(optimizer)
    del half["optimizer/steps"]
    path.write_bytes(
        npz(**checkpoints._live(model), **{"versions/format": np.array(1)}, **half)
    )
    refused(
        path,
        r"^optimizer in .*a\.npz must be SGD, got SGD without a count of steps$",
        optimizer=optimizer,
    )
    stranger = SGD(0.1, momentum=0.9)
    stranger.step({"w": np.ones(2)}, {"w": np.ones(2)})
    save(path, model, stranger)
    refused(
        path,
        r"^optimizer/velocity/0/w in .* must be of this model, got float64 of shape \(2,\)$",
        optimizer=optimizer,
    )


def test_a_model_that_cannot_be_changed_is_not_half_loaded(tmp_path):
    save(tmp_path / "a.npz", net())
    model = net(1)
    model.params["1.beta"].flags.writeable = False
    before = state(model)
    with pytest.raises(
        ValueError, match=r"^params/1\.beta must be an array that can be changed"
    ):
        load(tmp_path / "a.npz", model)
    assert_same(before, state(model))


def test_a_file_that_cannot_be_read_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        load(tmp_path / "none.npz", net())
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        load(tmp_path, net())
    with pytest.raises(ValueError, match=r"^model must be a Layer, got None$"):
        load(tmp_path / "none.npz", None)
