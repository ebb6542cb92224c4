"""One run at a time in a tree: a lock that the operating system drops when its holder dies."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

NAME = ".make.lock"


class BusyError(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Hold the lock of the tree.

    Args:
        root: The tree.

    Raises:
        BusyError: If another process holds the lock. A file left by a dead process does not count.
    """
    with (root / NAME).open("a+") as file:
        try:
            _lock(file)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            message = f"process {holder} is at work in {root}: wait for it, or stop it"
            raise BusyError(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: IO[str]) -> None:
    """Lock the file or raise OSError at once; closing it unlocks it."""
    if sys.platform == "win32":
        import msvcrt

        # Windows lets nobody read a locked byte, so the lock lies far behind the process number.
        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
