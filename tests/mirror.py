"""A mirror of small files in the formats of MNIST and CIFAR-10, served on this machine."""

import gzip
import hashlib
import io
import tarfile
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np

from nnbook.downloads import CIFAR10, MNIST, Source


class Handler(BaseHTTPRequestHandler):
    """Serves a dict of contents; a content that is a number is an error, such as 404."""

    def __init__(self, mirror, *args):
        self.mirror = mirror
        super().__init__(*args)

    def do_GET(self):
        name = self.path.removeprefix("/")
        self.mirror.asked.append(name)
        content = self.mirror.files.get(name, 404)
        if isinstance(content, int):
            self.send_error(content)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.mirror.cut])

    def log_message(self, *args):
        """Say nothing."""


class Mirror:
    """What a server holds: `files`, and which were `asked` for; `cut` is where it breaks off."""

    def __init__(self, files):
        self.files, self.asked, self.cut, self.url = dict(files), [], None, ""

    def source(self, *more):
        """The mirror as the source of its files, after other ones."""
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}
        return Source((*more, self.url), hashes)


@contextmanager
def serve(files):
    """A mirror of these files, while the context lasts."""
    mirror = Mirror(files)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, mirror)) as server:
        mirror.url = f"http://127.0.0.1:{server.server_port}/"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield mirror
        finally:
            server.shutdown()
            thread.join()


def idx(array):
    """An array of bytes as a gzipped IDX file."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(head + array.tobytes(), mtime=0)


def archive(members):
    """Named contents as a .tar.gz, the same bytes whatever the time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def mnist_arrays(train=5, test=3):
    """Images and labels of both parts."""
    rng = np.random.default_rng(0)
    return [
        rng.integers(256, size=(train, 28, 28), dtype=np.uint8),
        rng.integers(10, size=train, dtype=np.uint8),
        rng.integers(256, size=(test, 28, 28), dtype=np.uint8),
        rng.integers(10, size=test, dtype=np.uint8),
    ]


def mnist_files(arrays):
    """The arrays under the names of MNIST."""
    return {name: idx(array) for name, array in zip(MNIST.sha256, arrays, strict=True)}


def cifar_members(records=2):
    """The data files of the archive: records of a label, then red, green and blue."""
    rng = np.random.default_rng(1)
    names = [*(f"data_batch_{i}.bin" for i in (1, 5, 3, 2, 4)), "test_batch.bin"]
    return {
        name: np.column_stack(
            [rng.integers(10, size=records), rng.integers(256, size=(records, 3072))]
        )
        .astype(np.uint8)
        .tobytes()
        for name in names
    }


def cifar_files(members):
    """The archive under the name of CIFAR-10's."""
    (name,) = CIFAR10.sha256
    return {name: archive({"readme.html": b"<p>", **members})}
