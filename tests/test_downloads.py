"""Downloads: from a mirror on this machine, each failure told clearly, nothing half-written left."""

import gzip
import re
import socket
from pathlib import Path

import numpy as np
import pooch
import pytest
from mirror import archive, cifar_files, cifar_members, idx, mnist_arrays, mnist_files, serve

from nnbook import datasets, downloads
from nnbook.downloads import CIFAR10, MNIST, DownloadError, Source, fetch


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """No proxy between the test and its server, and no log on a stream that pytest has closed."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(pooch.get_logger(), "handlers", [])


@pytest.fixture
def mirror():
    with serve(mnist_files(mnist_arrays())) as mirror:
        yield mirror


@pytest.fixture
def nowhere():
    """The address of a server that is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def kept(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- whole files ----------------------------------------------------------------------------------


def test_files_are_downloaded_once_and_kept(mirror, tmp_path, capfd):
    source = mirror.source()
    paths = fetch(source, tmp_path / "new")
    assert [path.name for path in paths] == list(MNIST.sha256) == mirror.asked
    assert kept(tmp_path / "new") == mirror.files
    said = capfd.readouterr().err
    assert all(f"{name}: 100%" in said for name in MNIST.sha256)
    assert fetch(source, str(tmp_path / "new")) == paths
    assert mirror.asked == list(MNIST.sha256)
    assert capfd.readouterr().err == ""


def test_what_is_there_needs_no_network(mirror, tmp_path, nowhere):
    fetch(mirror.source(), tmp_path)
    offline = Source((nowhere,), mirror.source().sha256)
    assert [path.read_bytes() for path in fetch(offline, tmp_path)] == [*mirror.files.values()]


def test_a_file_that_was_damaged_is_downloaded_anew(mirror, tmp_path):
    first, *_ = fetch(mirror.source(), tmp_path)
    first.write_bytes(first.read_bytes()[:-1])
    fetch(mirror.source(), tmp_path)
    assert kept(tmp_path) == mirror.files
    assert mirror.asked == [*mirror.files, first.name]


def test_without_a_path_they_are_in_the_cache_of_the_system(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "cache" / project)
    assert fetch(mirror.source())[0].parent == tmp_path / "cache" / "nnbook"
    assert len(kept(tmp_path / "cache" / "nnbook")) == 4


def test_the_tilde_is_the_home_folder(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert fetch(mirror.source(), "~/data")[0].parent == tmp_path.resolve() / "data"


def test_the_next_mirror_helps_if_one_fails(mirror, tmp_path, nowhere):
    with serve(dict.fromkeys(mirror.files, 503)) as ill, serve(mirror.files) as wrong:
        wrong.files = {name: data + b"!" for name, data in mirror.files.items()}
        fetch(mirror.source(nowhere, ill.url, wrong.url), tmp_path)
        assert ill.asked == wrong.asked == mirror.asked == list(mirror.files)
    assert kept(tmp_path) == mirror.files


# --- files that cannot be had ---------------------------------------------------------------------

NAME = "train-images-idx3-ubyte.gz"


def reasons(source, folder):
    """What is said when the first file cannot be had; nothing may be left of it."""
    with pytest.raises(DownloadError) as error:
        fetch(source, folder)
    assert kept(folder) == {}
    text = str(error.value)
    assert text.startswith(f"{NAME} cannot be downloaded:\n  {source.mirrors[0]}{NAME}: ")
    assert "Is the network there? Then run it again" in text
    assert text.endswith(f"put it into {folder}")
    return text


def test_a_server_that_is_not_there(mirror, tmp_path, nowhere):
    text = reasons(Source((nowhere, nowhere), mirror.source().sha256), tmp_path)
    assert text.count("Connection refused") == text.count(f"\n  {nowhere}{NAME}: ") == 2


def test_a_host_without_an_address(mirror, tmp_path):
    source = Source(("http://no-such-host.invalid/",), mirror.source().sha256)
    assert "no-such-host.invalid" in reasons(source, tmp_path)


def test_a_file_that_the_server_does_not_know(mirror, tmp_path):
    source = mirror.source()
    mirror.files.clear()
    assert "404 Client Error" in reasons(source, tmp_path)


def test_a_wrong_hash(mirror, tmp_path):
    source = mirror.source()
    mirror.files[NAME] = mirror.files[NAME] + b"!"
    text = reasons(source, tmp_path)
    assert "does not match the known hash" in text
    assert source.sha256[NAME] in text


def test_a_transfer_that_breaks_off(mirror, tmp_path):
    mirror.cut = 100
    assert "100 bytes read" in reasons(mirror.source(), tmp_path)


def test_a_server_that_falls_silent(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert "timed out" in reasons(Source((url,), mirror.source().sha256), tmp_path)


def test_an_interrupted_download_leaves_nothing(mirror, tmp_path, monkeypatch):
    def interrupted(url, output, pooch):
        Path(output).write_bytes(b"half of it")
        assert len(kept(tmp_path)) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(downloads, "_download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(mirror.source(), tmp_path)
    assert kept(tmp_path) == {}


def test_a_folder_that_is_a_file(mirror, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=f"Not a directory: '{tmp_path / 'file'}"):
        fetch(mirror.source(), tmp_path / "file")


def test_files_that_came_before_a_failure_are_kept(mirror, tmp_path):
    source = mirror.source()
    del mirror.files["t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(DownloadError, match=r"^t10k-labels-idx1-ubyte.gz cannot be downloaded"):
        fetch(source, tmp_path)
    assert kept(tmp_path) == mirror.files


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": 5}, "path must be the path of a folder, got 5"),
        ({"path": b"x"}, "path must be the path of a folder, got b'x'"),
        ({"source": "http://127.0.0.1/"}, "source must be a Source, got 'http://127.0.0.1/'"),
    ],
)
def test_refusals(mirror, tmp_path, change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fetch(**{"source": mirror.source(), "path": tmp_path} | change)
    assert mirror.asked == []


# --- the real sources -----------------------------------------------------------------------------


def test_sources_have_encrypted_mirrors_and_whole_hashes():
    for source in (MNIST, CIFAR10):
        assert len(source.mirrors) == 2
        assert all(re.fullmatch(r"https://[\w.~/-]+/", mirror) for mirror in source.mirrors)
        assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in source.sha256.values())
        assert len(set(source.sha256.values())) == len(source.sha256)
    assert (len(MNIST.sha256), len(CIFAR10.sha256)) == (4, 1)


# --- contents -------------------------------------------------------------------------------------


def read(load, files, folder):
    """What a data set becomes if its files hold this."""
    with serve(files) as mirror:
        return load(folder, source=mirror.source())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mnist(tmp_path, dtype):
    arrays = mnist_arrays()
    with serve(mnist_files(arrays)) as mirror:
        parts = datasets.mnist(tmp_path, dtype=dtype, source=mirror.source())
    for (x, labels), images, expected in zip(parts, arrays[::2], arrays[1::2], strict=True):
        assert (x.shape, x.dtype) == ((len(images), 1, 28, 28), dtype)
        np.testing.assert_array_equal(x[:, 0], images)
        np.testing.assert_array_equal(labels, expected)
        assert labels.dtype == np.int64
        x += 1  # it can be changed, as any other array


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cifar10(tmp_path, dtype):
    members = cifar_members()
    with serve(cifar_files(members)) as mirror:
        (x, labels), (x_test, labels_test) = datasets.cifar10(
            tmp_path, dtype=dtype, source=mirror.source()
        )
    assert (x.shape, x_test.shape) == ((10, 3, 32, 32), (2, 3, 32, 32))
    assert x.dtype == x_test.dtype == dtype
    assert labels.dtype == labels_test.dtype == np.int64
    data = b"".join(members[f"data_batch_{i}.bin"] for i in range(1, 6))
    record = data[3073 : 2 * 3073]  # the second image of the first file
    assert labels[1] == record[0]
    for channel, row, column in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (2, 31, 31)):
        assert x[1, channel, row, column] == record[1 + 1024 * channel + 32 * row + column]
    np.testing.assert_array_equal(labels, np.frombuffer(data, np.uint8)[::3073])
    np.testing.assert_array_equal(labels_test, list(members["test_batch.bin"][::3073]))
    assert len(datasets.CIFAR10_CLASSES) == 10
    assert datasets.CIFAR10_CLASSES[3] == "cat"
    x += 1


@pytest.mark.parametrize("load", [datasets.mnist, datasets.cifar10])
@pytest.mark.parametrize("dtype", [np.int64, "uint8", None, "no type"])
def test_a_type_of_no_floats_is_refused_before_anything_is_downloaded(
    load, dtype, mirror, tmp_path
):
    with pytest.raises(ValueError, match=r"^dtype must be a type of floats"):
        load(tmp_path, dtype=dtype, source=mirror.source())
    assert mirror.asked == []


IMAGES, LABELS, *_ = mnist_arrays()
WHOLE = idx(IMAGES)
LYING = bytearray(gzip.decompress(WHOLE))
LYING[7] += 1
BROKEN_MNIST = [
    (0, b"no gzip", "a whole gzip file, got Not a gzipped file (b'no')"),
    (0, WHOLE[:-10], "a whole gzip file, got Compressed file ended before"),
    (0, WHOLE[:40] + b"damaged" + WHOLE[47:], "a whole gzip file, got "),
    (0, b"", "an IDX file that begins with 00000803 and 3 sizes, got nothing"),
    (0, idx(LABELS), "an IDX file that begins with 00000803 and 3 sizes, got 00000801"),
    (1, WHOLE, "an IDX file that begins with 00000801 and 1 sizes, got 00000803"),
    (1, gzip.compress(b"\0\0\x08\1\0"), "an IDX file that begins with 00000801 and 1 sizes"),
    (0, idx(IMAGES[:, :27]), "a file of items of shape (28, 28), got shape (27, 28)"),
    (0, gzip.compress(LYING), "a file of 6 items, got 3920 bytes of them"),
    (1, idx(LABELS[:-1]), "an array of shape (5,), got shape (4,)"),
    (1, idx(LABELS + 10), "in [0, 10), got 1"),
]


@pytest.mark.parametrize(("place", "content", "said"), BROKEN_MNIST)
def test_a_broken_file_of_mnist_is_named(tmp_path, place, content, said):
    files = mnist_files(mnist_arrays())
    name = list(files)[place]
    files[name] = content
    with pytest.raises(ValueError, match=f"{tmp_path / name} must be {re.escape(said)}"):
        read(datasets.mnist, files, tmp_path)


MEMBERS = cifar_members()
SECOND = MEMBERS["data_batch_2.bin"]
(ARCHIVE,) = cifar_files(MEMBERS).values()
BROKEN_CIFAR = [
    (b"no archive", "a whole .tar.gz archive, got Not a gzipped file"),
    (ARCHIVE[:-2000], "a whole .tar.gz archive, got Compressed file ended before"),
    (ARCHIVE[:500] + b"damaged" + ARCHIVE[507:], "a whole .tar.gz archive, got "),
    (b"", "a whole .tar.gz archive, got empty file"),
    (
        archive({k: v for k, v in MEMBERS.items() if k != "test_batch.bin"}),
        "an archive with test_batch.bin, of records of 3073 bytes, got 0 bytes",
    ),
    (
        archive(MEMBERS | {"data_batch_2.bin": SECOND[:-1]}),
        "an archive with data_batch_2.bin, of records of 3073 bytes, got 6145 bytes",
    ),
    (archive(MEMBERS | {"data_batch_2.bin": b"\x0a" + SECOND[1:]}), "in [0, 10), got 10"),
]


@pytest.mark.parametrize(("content", "said"), BROKEN_CIFAR)
def test_a_broken_archive_of_cifar10_is_named(tmp_path, content, said):
    (name,) = CIFAR10.sha256
    with pytest.raises(ValueError, match=f"{tmp_path / name} must be {re.escape(said)}"):
        read(datasets.cifar10, {name: content}, tmp_path)


def test_what_to_do_about_a_broken_file_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"; delete it to have it downloaded anew$"):
        read(datasets.cifar10, dict.fromkeys(CIFAR10.sha256, b"no archive"), tmp_path)
