"""make live: a preview that is built again, and reloaded in the browser, when a file is saved.

Sphinx-autobuild wants a Sphinx project, so a conf.py that asks Jupyter Book for its configuration
is written into _build/. The preview has its own pages there and shares the cache of executed
chapters. A problem is printed and leaves the preview as it was; site/ is not touched.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.environment import ROOT, call

CONF = '''\
"""Written by make live: what _config.yml and _toc.yml say, in the form that Sphinx reads."""

from pathlib import Path

from jupyter_book.config import get_final_config

root = Path({root!r})
given = {{"external_toc_path": str(root / "_toc.yml"), "latex_individualpages": False}}
found, _ = get_final_config(user_yaml=root / "_config.yml", cli_config=given, sourcedir=root)
globals().update(found)
del root, given, found


def setup(app):
    """Have relative paths start at the tree, as they do under Jupyter Book."""
    app.confdir = app.srcdir
'''
WATCHED = ("book", "src", "_config.yml", "_toc.yml")


def command(root: Path, options: Sequence[str]) -> list[str]:
    """The command that serves the preview of the tree."""
    watched = "|".join(map(re.escape, WATCHED))
    others = rf"^{re.escape(root.as_posix())}/(?!(?:{watched})(?:/|$))"
    ignored = [f"--re-ignore={others}", r"--re-ignore=__pycache__|\.ipynb_checkpoints"]
    folders = ["-c", "_build/live-conf", "-d", "_build/.doctrees-live", ".", "_build/live"]
    return [sys.executable, "-m", "sphinx_autobuild", "-q", *ignored, *options, *folders]


def main(options: Sequence[str]) -> int:
    """Serve the preview until Ctrl-C.

    Args:
        options: More options for sphinx-autobuild, say --port 8001 or --open-browser.
    """
    conf = ROOT / "_build" / "live-conf" / "conf.py"
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.write_text(CONF.format(root=str(ROOT)))
    try:
        return call(command(ROOT, options))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
