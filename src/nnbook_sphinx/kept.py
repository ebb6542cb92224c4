"""What the extension keeps: with the application for one build, with the environment from build to build."""

from collections.abc import Callable
from typing import TypeVar

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

T = TypeVar("T")


def kept(holder: Sphinx | BuildEnvironment, name: str, make: Callable[[], T]) -> T:
    """The value that the holder keeps under a name, made when it is asked for first."""
    key = f"nnbook_{name}"
    if not hasattr(holder, key):
        setattr(holder, key, make())
    value: T = getattr(holder, key)
    return value
