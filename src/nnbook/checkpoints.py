"""Save a model to a file and load it again: one .npz of plain arrays, nothing in it can run code."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from nnbook import __version__
from nnbook._checks import check_kind, refuse, show
from nnbook._params import check_writeable
from nnbook._paths import check_path
from nnbook.layers import Layer
from nnbook.optimizers import Optimizer
from nnbook.transfer import LayerRates

FORMAT = 1
# What the optimizers remember: name of a parameter -> array, or a tuple of arrays and counts.
MEMORIES = ("velocity", "squares", "slots")

Contents: TypeAlias = dict[str, Any]
Memories: TypeAlias = dict[str, dict[str, list[Any]]]


def save(path: str | Path, model: Layer, optimizer: Optimizer | None = None) -> None:
    """Write parameters, buffers, versions, and what the optimizer remembers, to exactly this path.

    The file is written whole or not at all: an earlier one stays until the new one is complete. Keys are
    "params/...", "buffers/...", "versions/..." and "optimizer/...", so `np.load` reads it too.
    The layers themselves are not in it, nor the states of random generators: a run that goes on from it
    shuffles and drops otherwise than one that was not interrupted.

    Raises:
        ValueError: something to be saved is no array of numbers; nothing is written then.
    """
    path, contents = check_path("path", path), _live(model)
    contents |= {
        "versions/format": np.array(FORMAT),
        "versions/nnbook": np.array(__version__),
        "versions/numpy": np.array(np.__version__),
    }
    if optimizer is not None:
        contents |= _memory(_inner(optimizer))
    _write_whole(path, contents)


def load(path: str | Path, model: Layer, optimizer: Optimizer | None = None) -> None:
    """Fill the arrays of a model of the same make, and an optimizer of the same kind, from a file.

    The optimizer gets its memory and its count of steps back; its rates are those it was made with.
    Build the model by the code that built the saved one; its first weights are overwritten.

    Raises:
        ValueError: the file is damaged, no checkpoint, or of another model; nothing is changed then.
        OSError: the file cannot be read.
    """
    path, live = check_path("path", path), _live(model)
    stored = _read(path)
    arrays = {k: v for k, v in stored.items() if k.startswith(("params/", "buffers/"))}
    _check_same(path, arrays, live)
    for key, array in live.items():
        check_writeable(key, array)
    if optimizer is not None:
        inner = _inner(optimizer)
        _recall(inner, _remembered(path, stored, live, type(inner).__name__))
        inner.steps = optimizer.steps = int(stored["optimizer/steps"])
    for key, array in live.items():
        array[...] = arrays[key]


def _live(model: Layer) -> Contents:
    """The arrays of the model under the names they have in a file."""
    check_kind("model", model, Layer)
    kinds = {"params": model.params, "buffers": model.buffers}
    live = {f"{kind}/{name}": a for kind, own in kinds.items() for name, a in own.items()}
    for key, array in live.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise refuse(key, "an array of numbers", show(array))
    return live


def _inner(optimizer: Optimizer) -> Optimizer:
    """The optimizer with the memory: of rates for layers, the one that they are for."""
    return optimizer.optimizer if isinstance(optimizer, LayerRates) else optimizer


def _memory(optimizer: Optimizer) -> Contents:
    """What the optimizer remembers, flat: "optimizer/velocity/0/weight" is part 0 of an entry."""
    check_kind("optimizer", optimizer, Optimizer)
    flat = {
        "optimizer/kind": np.array(type(optimizer).__name__),
        "optimizer/steps": np.array(optimizer.steps),
    }
    for memory in MEMORIES:
        for name, entry in getattr(optimizer, memory, {}).items():
            parts = entry if isinstance(entry, tuple) else (entry,)
            flat |= {
                f"optimizer/{memory}/{i}/{name}": np.asarray(p) for i, p in enumerate(parts)
            }
    return flat


def _remembered(path: Path, stored: Contents, live: Contents, kind: str) -> Memories:
    """What an optimizer of this kind remembered of the model: memory -> name -> parts."""
    found = str(stored.get("optimizer/kind", "none"))
    if kind == found and "optimizer/steps" not in stored:
        found = f"{kind} without a count of steps"
    if kind != found:
        raise refuse(f"optimizer in {path}", kind, found)
    memories: Memories = {memory: {} for memory in MEMORIES}
    for key, value in stored.items():
        if key.startswith("optimizer/") and key not in ("optimizer/kind", "optimizer/steps"):
            memory, _, rest = key.removeprefix("optimizer/").partition("/")
            name = rest.partition("/")[2]
            shape = live[f"params/{name}"].shape if f"params/{name}" in live else None
            if memory not in MEMORIES or value.shape not in ((), shape):
                raise refuse(f"{key} in {path}", "of this model", _in_words(value))
            part = value if value.shape == shape else value.item()
            memories[memory].setdefault(name, []).append(part)
    return memories


def _recall(optimizer: Optimizer, memories: Memories) -> None:
    """Put entries back as they were: arrays, or tuples of arrays and counts."""
    for memory, entries in memories.items():
        own = getattr(optimizer, memory, {})
        own.clear()
        for name, parts in entries.items():
            own[name] = tuple(parts) if len(parts) > 1 else parts[0]


def _check_same(path: Path, arrays: Contents, live: Contents) -> None:
    """Refuse other names, shapes or dtypes than the model's."""
    for key in [*live, *arrays]:
        expected, got = (_in_words(side.get(key)) for side in (live, arrays))
        if expected != got:
            raise refuse(f"{key} in {path}", expected, got)


def _in_words(array: NDArray[Any] | None) -> str:
    return "absent" if array is None else f"{array.dtype} of shape {array.shape}"


def _read(path: Path) -> Contents:
    """All arrays of a checkpoint; each is compared with its check sum before it is looked at."""
    data = path.read_bytes()
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = {name: BytesIO(archive.read(name)) for name in archive.namelist()}
        stored: Contents = {
            name.removesuffix(".npy"): np.lib.format.read_array(member, allow_pickle=False)
            for name, member in members.items()
        }
        found = int(stored["versions/format"])
    except Exception as error:  # a damaged file can make the readers stumble over anything
        got = f"{type(error).__name__}: {error}"
        raise refuse(f"file {path}", "a whole checkpoint of nnbook", got) from error
    if found != FORMAT:
        raise refuse(f"format of {path}", str(FORMAT), found)
    return stored


def _write_whole(path: Path, contents: Contents) -> None:
    """Write beside the path, then take its place in one move."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            np.savez(file, **contents)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
