"""Paths of files: what can be one."""

import os
from pathlib import Path

from nnbook._checks import refuse, show


def check_path(name: str, path: str | os.PathLike[str]) -> Path:
    """Refuse what names no file: anything but text and paths, an empty text, a zero byte, a folder's dots."""
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if not isinstance(text, str) or "\0" in text or Path(text).name in ("", ".."):
        raise refuse(name, "the path of a file", show(path))
    return Path(text)
