"""Pages of source code: whether one is up to date is seen from its file, and no module is imported for it.

`sphinx.ext.viewcode` imports every module of the reference in each build to learn where its file is.
"""

from importlib.util import find_spec

from sphinx.application import Sphinx
from sphinx.ext import viewcode


def file_of(app: Sphinx, module: str) -> str | None:
    """The file of a module, or None if there is none; only the packages that it lies in are imported."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    return spec.origin if spec else None


def setup(app: Sphinx) -> None:
    """Let viewcode ask here."""
    viewcode.get_module_filename = file_of
