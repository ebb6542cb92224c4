"""A plain `jupyter-book build .` with the settings of the book does everything that it must."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tiny_book import BIBLIOGRAPHY, KATEX

ROOT = Path(__file__).parents[2]
PAGE = "---\ndescription: A page.\n---\n# Title\n\nA formula $x^2$.\n"


def jupyter_book(root: Path) -> subprocess.CompletedProcess[str]:
    """Build the book in a process of its own."""
    code = "import sys; sys.argv[0] = 'jupyter-book'; from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", code, "build", "."]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_a_plain_build(tmp_path: Path) -> None:
    (tmp_path / "book/_static").mkdir(parents=True)
    for name in ("book.css", "book.js", "favicon.svg"):
        shutil.copy(ROOT / "book/_static" / name, tmp_path / "book/_static" / name)
    shutil.copy(ROOT / "_config.yml", tmp_path / "_config.yml")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (tmp_path / "book/references.bib").write_text(BIBLIOGRAPHY)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/katex").symlink_to(KATEX, target_is_directory=True)
    page = tmp_path / "book/index.md"

    page.write_text(PAGE)
    good = jupyter_book(tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr
    site = tmp_path / "_build/html/book/index.html"
    before = site.read_text("utf-8")
    assert "katex-mathml" in before
    scripts = re.findall(r"<script[^>]*>", before)
    assert scripts
    assert not [tag for tag in scripts if "http" in tag or "mathjax" in tag or "thebe" in tag]
    assert (tmp_path / "_build/html/_static/katex/katex.min.css").exists()

    page.write_text(PAGE + "A [dead link](nowhere.md).\n")
    bad = jupyter_book(tmp_path)
    assert bad.returncode == 1
    assert "book/index.md:6" in bad.stderr
    assert "File " not in bad.stderr
    assert site.read_text("utf-8") == before
