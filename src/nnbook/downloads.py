"""Files of public data sets: downloaded on first use, checked by their hashes, kept, read without pickle."""

import gzip
import sys
import tarfile
import zlib
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_count, check_kind, check_labels, refuse, show
from nnbook._extras import MissingExtraError
from nnbook._paths import check_path

CLASSES = 10
TRAINING = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST = ("test_batch.bin",)
TIMEOUT = 30  # seconds without a byte, then the next mirror is tried
CHUNK = 2**16

Bytes = NDArray[np.uint8]
Labels = NDArray[np.integer[Any]]


class Source(NamedTuple):
    """Where files are: the mirrors in the order in which they are tried, and the SHA-256 of each file."""

    #: Addresses of folders, with a slash at the end: the name of a file is put behind.
    mirrors: tuple[str, ...]
    #: Name of a file -> its hash in hexadecimal digits.
    sha256: dict[str, str]


# In the order: images and labels of the training part, images and labels of the test part.
MNIST = Source(
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
)
# The binary version: the one "for Python" is made of pickles, which can run code.
CIFAR10 = Source(
    ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
    {
        "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
    },
)


class DownloadError(OSError):
    """A file cannot be had from any mirror; says why not, and what to do."""


def fetch(source: Source, path: str | Path | None = None) -> list[Path]:
    """The files of a source on this machine; those that are missing or damaged are downloaded first.

    Args:
        source: where they are, and their hashes.
        path: the folder that keeps them; by default one among the system's caches.

    Raises:
        DownloadError: no mirror gave a file of the right hash. Nothing half-written is left.
    """
    check_kind("source", source, Source)
    if path is not None and not isinstance(path, str | Path):
        raise refuse("path", "the path of a folder", show(path))
    try:
        from pooch import os_cache
    except ImportError as error:
        raise MissingExtraError("pooch", "data") from error
    folder = Path(os_cache("nnbook") if path is None else path).expanduser().resolve()
    return [_fetch_one(name, source, folder) for name in source.sha256]


def _fetch_one(name: str, source: Source, folder: Path) -> Path:
    from pooch import retrieve

    reasons = []
    for mirror in source.mirrors:
        known_hash = f"sha256:{source.sha256[name]}"
        try:
            found = retrieve(mirror + name, known_hash, name, folder, downloader=_download)
            return Path(found)
        except (OSError, ValueError) as error:  # of the network or the disk, of a hash
            reasons.append(f"\n  {mirror}{name}: {error}")
    raise DownloadError(
        f"{name} cannot be downloaded:{''.join(reasons)}\nIs the network there? Then run it again; "
        f"or get the file from one of these addresses in another way, and put it into {folder}"
    )


def _download(url: str, output: Path, pooch: Any) -> None:
    """Download with a progress bar."""
    from pooch import HTTPDownloader

    try:
        from tqdm import tqdm
    except ImportError as error:
        raise MissingExtraError("tqdm", "data") from error
    name = url.rpartition("/")[2]
    # The total is a stopgap: pooch replaces it, but passes over a bar without one.
    with tqdm(desc=name, total=1, unit="B", unit_scale=True, file=sys.stderr) as bar:
        HTTPDownloader(progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT)(url, output, pooch)


def read_idx(path: Path, *shape: int) -> Bytes:
    """The bytes of a gzipped IDX file, MNIST's format: N items of the given shape, as (N, *shape).

    Raises:
        ValueError: the file is damaged, or holds something else.
    """
    path, shape = check_path("path", path), tuple(check_count("shape", size) for size in shape)
    try:
        data = gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(path, "a whole gzip file", error) from error
    rank = 1 + len(shape)
    magic, head = bytes([0, 0, 8, rank]), 4 + 4 * rank  # 8 stands for unsigned bytes
    if data[:4] != magic or len(data) < head:
        expected = f"an IDX file that begins with {magic.hex()} and {rank} sizes"
        raise _damaged(path, expected, f"{data[:4].hex() or 'nothing'}")
    sizes = tuple(np.frombuffer(data, ">u4", rank, offset=4).tolist())
    if sizes[1:] != shape:
        raise _damaged(path, f"a file of items of shape {shape}", f"shape {sizes[1:]}")
    if len(data) - head != prod(sizes):
        raise _damaged(path, f"a file of {sizes[0]} items", f"{len(data) - head} bytes of them")
    return np.frombuffer(data, np.uint8, offset=head).reshape(sizes)


def read_labels(path: Path, examples: int) -> Labels:
    """The labels of a gzipped IDX file, which must be as many as there are examples."""
    return _checked_labels(path, read_idx(path), check_count("examples", examples))


def read_cifar(path: Path) -> list[tuple[Bytes, Labels]]:
    """The training and the test part in the archive of CIFAR-10's binary version.

    Returns:
        For each part a pair of images, of shape (N, 3, 32, 32), and labels.

    Raises:
        ValueError: the archive is damaged, or holds something else.
    """
    members = _members(check_path("path", path))
    return [_records(path, members, names) for names in (TRAINING, TEST)]


def _members(path: Path) -> dict[str, bytes]:
    """The contents of the files in an archive by name; nothing is unpacked to the disk."""
    contents = {}
    try:
        with gzip.open(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    if member.isfile() and (file := archive.extractfile(member)):
                        contents[member.name.rpartition("/")[2]] = file.read()
            stream.read()  # up to the check sum
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(path, "a whole .tar.gz archive", error) from error
    return contents


def _records(
    path: Path, members: dict[str, bytes], names: Sequence[str]
) -> tuple[Bytes, Labels]:
    """Images and labels of the named files: a record is a label, then red, green and blue pixels."""
    size = 1 + 3 * 32 * 32
    for name in names:
        content = members.get(name, b"")
        if not content or len(content) % size:
            expected = f"an archive with {name}, of records of {size} bytes"
            raise _damaged(path, expected, f"{len(content)} bytes")
    rows = np.frombuffer(b"".join(members[name] for name in names), np.uint8)
    rows = rows.reshape(-1, size)
    return rows[:, 1:].reshape(-1, 3, 32, 32), _checked_labels(path, rows[:, 0], len(rows))


def _checked_labels(path: Path, labels: Bytes, examples: int) -> Labels:
    return check_labels(f"labels in {path}", labels.astype(np.int64), examples, CLASSES)


def _damaged(path: Path, expected: str, got: object) -> ValueError:
    return refuse(f"{path}", expected, f"{got}; delete it to have it downloaded anew")
