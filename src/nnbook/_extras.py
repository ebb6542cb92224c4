"""Packages that only some of nnbook needs, and that come with its extras: run, dask, data."""


class MissingExtraError(ImportError):
    """A package that only some of nnbook needs, and that is not installed; says which extra brings it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is missing: install nnbook with its extra {extra!r}, "
            f"in its folder by: pip install '.[{extra}]'"
        )
