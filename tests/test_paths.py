"""Paths: text and paths pass, what names no file is refused."""

import os
import re
from pathlib import Path

import pytest

from nnbook._paths import check_path


@pytest.mark.parametrize("path", ["a.npz", "a/b.npz", Path("a.npz"), Path("/a/b"), "..a"])
def test_a_path_comes_back_as_a_path(path):
    assert check_path("path", path) == Path(path)


def test_whatever_stands_for_a_path_will_do(tmp_path):
    (tmp_path / "a.npz").touch()
    with os.scandir(tmp_path) as entries:
        assert check_path("path", next(entries)) == tmp_path / "a.npz"


@pytest.mark.parametrize(
    "path", ["", ".", "..", "a/..", "/", "a\0b", None, 3, b"a", ["a"], Path(), Path]
)
def test_what_names_no_file_is_refused(path):
    with pytest.raises(ValueError, match=r"^path must be the path of a file, got .+$"):
        check_path("path", path)


def test_the_refusal_shows_the_path():
    message = "path must be the path of a file, got 'a\\x00b'"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_path("path", "a\0b")
