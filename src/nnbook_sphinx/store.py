"""What chapters gave when they ran: one file a key, written whole or not at all."""

import copy
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat import NotebookNode, from_dict

from nnbook_sphinx.chapters import Chapter

KEPT = 100


class Store:
    """A folder of executed chapters, named by their keys: to undo an edit runs nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, chapter: Chapter) -> Path:
        """Where the chapter's results are, or would be."""
        return self.folder / f"{chapter.key}.json"

    def holds(self, chapter: Chapter) -> bool:
        """Whether the chapter has run as it is today, or has nothing to run."""
        return not chapter.cells or self.path(chapter).exists()

    def load(self, chapter: Chapter) -> dict[str, Any]:
        """What `add` kept."""
        if not chapter.cells:
            return {"seconds": 0, "language_info": {}, "cells": []}
        body: dict[str, Any] = json.loads(self.path(chapter).read_text("utf-8"))
        return body

    def add(self, chapter: Chapter, executed: NotebookNode, seconds: float) -> None:
        """Keep the outputs of every code cell."""
        body = {
            "chapter": chapter.docname,
            "seconds": seconds,
            "language_info": executed.metadata.get("language_info", {}),
            "cells": [
                {"execution_count": cell.execution_count, "outputs": cell.outputs}
                for cell in executed.cells
            ],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{chapter.key}.{os.getpid()}.tmp"
        draft.write_text(json.dumps(body), encoding="utf-8")
        draft.replace(self.path(chapter))

    def hand_over(self, chapters: Iterable[Chapter], cache_path: Path) -> None:
        """Put the outputs where MyST-NB looks for them, under the notebook as it is today.

        Its cache also hashes cell headers: with a new caption it would run the cells again.
        """
        cache = get_cache(str(cache_path))
        for chapter in chapters:
            body = self.load(chapter)
            notebook = _filled(chapter.notebook, body)
            bundle = CacheBundleIn(
                notebook, str(chapter.path), data={"execution_seconds": body["seconds"]}
            )
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)

    def prune(self, in_use: set[str]) -> None:
        """Forget the oldest results that no chapter of today uses, and what a kill left half-written."""
        files = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        unused = [path for path in files if path.stem not in in_use]
        drafts = [
            path for path in self.folder.glob("*.tmp") if f".{os.getpid()}." not in path.name
        ]
        for path in [*unused[:-KEPT], *drafts]:
            path.unlink(missing_ok=True)


def _filled(notebook: NotebookNode, body: dict[str, Any]) -> NotebookNode:
    filled = copy.deepcopy(notebook)
    filled.metadata["language_info"] = from_dict(body["language_info"])
    code = [cell for cell in filled.cells if cell.cell_type == "code"]
    for cell, stored in zip(code, body["cells"], strict=True):
        cell.update(from_dict({**stored, "outputs": _shown(stored["outputs"])}))
    return filled


def _shown(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs that a reader sees: where there is a figure, not also the repr of what drew it."""
    drawn = [output for output in outputs if _is_image(output)]
    return [
        o
        for o in _joined(outputs)
        if not drawn or _is_image(o) or o["output_type"] != "execute_result"
    ]


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces of a stream as one text: the kernel cuts where its clock says, even before a line's end."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        last = whole[-1] if whole else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            whole[-1] = {**output, "text": last["text"] + output["text"]}
        else:
            whole.append(output)
    return whole


def _is_image(output: dict[str, Any]) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))
