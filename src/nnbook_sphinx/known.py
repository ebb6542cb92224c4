"""The code graph with the answers of the last build: while no file of the package changes, none is parsed."""

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nnbook.claims.fingerprint import CodeGraph

Node = tuple[str, str]


@dataclass
class Answers:
    """What the graph of some files was asked, and what it answered; `files` is a hash of them."""

    files: str = ""
    reached: dict[object, frozenset[Node]] = field(default_factory=dict)
    digests: dict[frozenset[Node], str] = field(default_factory=dict)


class KnownGraph(CodeGraph):
    """A code graph that is made only when it is asked something new.

    Its answers hang on nothing but the files of the package, so they hold as long as these do.
    `answers` has those of this build, and no older ones.
    """

    def __init__(self, folder: Path, before: Answers) -> None:
        self._folder = folder
        self.answers = Answers(files_of(folder))
        self._before = before if before.files == self.answers.files else Answers()

    @cached_property
    def _graph(self) -> CodeGraph:
        return CodeGraph(self._folder)

    def reach(self, roots: Iterable[Node]) -> set[Node]:
        """What can be reached from the given definitions."""
        start = tuple(roots)
        return self._reached(start, lambda: self._graph.reach(start))

    def reach_from_text(self, text: str) -> set[Node]:
        """What a piece of code outside the package reaches."""
        return self._reached(text, lambda: self._graph.reach_from_text(text))

    def digest(self, nodes: Iterable[Node]) -> str:
        """A hash of the code of these nodes."""
        key = frozenset(nodes)
        answer = self._before.digests.get(key) or self._graph.digest(key)
        return self.answers.digests.setdefault(key, answer)

    def _reached(self, key: object, find: Callable[[], set[Node]]) -> set[Node]:
        if key not in self.answers.reached:
            before = self._before.reached.get(key)
            self.answers.reached[key] = frozenset(find()) if before is None else before
        return set(self.answers.reached[key])


def files_of(folder: Path) -> str:
    """A hash of all code below a folder, and of the Python that parses it."""
    paths = sorted(folder.rglob("*.py"))
    parts = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths]
    return hashlib.sha256(repr((sys.version, parts)).encode()).hexdigest()
