"""The recorded claims as the pages see them: which exist, whether their record is fresh, who uses them."""

import difflib
import hashlib
import importlib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from nnbook.claims.model import Claim
from nnbook.claims.records import Record, RecordError, claim_fingerprint, load_record
from nnbook_sphinx.kept import kept
from nnbook_sphinx.known import Answers, KnownGraph

# Noted by a page that shows all claims: it changes with any of them, and when one comes or goes.
EVERY = "*"
READING = ("nnbook.claims.records", "load_record")


class UnknownNameError(KeyError):
    """A name that is not there; its text says which are."""

    def __str__(self) -> str:
        return str(self.args[0])


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for a wrong name: close matches if there are any, else all known names."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = (
        f"did you mean {' or '.join(close)}?"
        if close
        else f"known: {', '.join(names) or 'none'}"
    )
    return UnknownNameError(f"unknown {kind} {name!r}; {hint}")


class Ledger:
    """The claims of the book, their records, and the code below them, each read once a build.

    A record that was found fresh in an earlier build is not read again while nothing about it changes.
    """

    def __init__(self, config: Config, env: BuildEnvironment) -> None:
        self.config = config
        self.env = env
        self.results = Path(config.nnbook_results)
        self.package = Path(config.nnbook_package)
        self.record = cache(self._record)
        self.token = cache(self._token)

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """The registry that the configuration names as "module:attribute"."""
        module, attribute = self.config.nnbook_claims.split(":")
        claims: dict[str, Claim] = getattr(importlib.import_module(module), attribute)
        return claims

    @cached_property
    def graph(self) -> KnownGraph:
        """Every definition of the package."""
        graph = KnownGraph(self.package, kept(self.env, "answers", Answers))
        self.env.nnbook_answers = graph.answers  # type: ignore[attr-defined]
        return graph

    def claim(self, claim_id: str) -> Claim:
        """A claim by its id."""
        if claim_id not in self.claims:
            raise unknown("claim", claim_id, self.claims)
        return self.claims[claim_id]

    def _record(self, claim_id: str) -> Record:
        """The fresh record of a claim."""
        claim, known = self.claim(claim_id), records_of(self.env)
        state = self.token(claim_id) + self.graph.digest(self.graph.reach([READING]))
        before, record = known.get(claim_id, ("", None))
        if record is None or before != state:
            record = load_record(claim, self.graph, self.results)
            known[claim_id] = state, record
        return record

    def _token(self, claim_id: str) -> str:
        """A text that changes when the record, the code below it, or the claim's own words change."""
        if claim_id == EVERY:
            return hashlib.sha256("".join(map(self.token, self.claims)).encode()).hexdigest()
        claim = self.claims.get(claim_id)
        path = self.results / f"{claim_id}.json"
        parts = [
            repr(claim and [getattr(claim, name) for name in ("title", "sentence", "sources")]),
            repr(claim and (claim.evidence, claim.method, [m.label for m in claim.measures])),
            claim_fingerprint(claim, self.graph) if claim else "",
            path.read_text("utf-8") if path.exists() else "",
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ledger_of(app: Sphinx) -> Ledger:
    """The ledger of this build."""
    return kept(app, "ledger", lambda: Ledger(app.config, app.env))


def note_use(env: BuildEnvironment, claim_id: str) -> None:
    """Note that the page now being read shows something of this claim."""
    uses_of(env).setdefault(env.docname, set()).add(claim_id)


def uses_of(env: BuildEnvironment) -> dict[str, set[str]]:
    """Page name -> ids of the claims it shows; kept with the environment."""
    return kept(env, "uses", dict[str, set[str]])


def records_of(env: BuildEnvironment) -> dict[str, tuple[str, Record]]:
    """Claim -> its record, and the state in which it was found fresh; kept with the environment."""
    return kept(env, "records", dict[str, tuple[str, Record]])


def setup(app: Sphinx) -> None:
    """Settings: where the package, its claims and their records are."""
    package = Path(importlib.import_module("nnbook").__file__ or "").parent
    app.add_config_value("nnbook_package", str(package), "env", (str,))
    app.add_config_value("nnbook_claims", "nnbook.claims:CLAIMS", "env", (str,))
    app.add_config_value(
        "nnbook_results", str(package.parents[1] / "book/results"), "env", (str,)
    )
    app.connect("env-purge-doc", lambda _app, env, docname: uses_of(env).pop(docname, None))


__all__ = [
    "EVERY",
    "Ledger",
    "RecordError",
    "UnknownNameError",
    "ledger_of",
    "note_use",
    "unknown",
    "uses_of",
]
