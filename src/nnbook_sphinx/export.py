"""The ledger as data: claims.json and claims.csv, written beside its page in every build.

`claims.schema.json` among the static files says what is in them; `SCHEMA` is the version that they name.
"""

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nnbook.claims.model import Claim, Measure
from nnbook.claims.records import Record
from nnbook_sphinx.crossrefs import anchor
from nnbook_sphinx.ledger import Ledger, ledger_of
from nnbook_sphinx.overview import left_out_of

SCHEMA = 1
FILES = ("claims.json", "claims.csv")
COLUMNS = (
    "schema", "claim", "title", "sentence", "sources", "chapter", "card", "verdict", "part", "label", "unit",
    "decides", "low", "high", "scale", "seeds", "mean", "interval_low", "interval_high", "reading",
)  # fmt: skip


def as_data(ledger: Ledger, env: BuildEnvironment, left_out: dict[str, str]) -> dict[str, Any]:
    """All claims, with what the pages say of them."""
    claims = ledger.claims.values()
    return {
        "schema": SCHEMA,
        "book": env.config.project,
        "claims": [_claim(claim, ledger.record(claim.id), env) for claim in claims],
        "without_card": [{"id": name, "reason": why} for name, why in sorted(left_out.items())],
    }


def _claim(claim: Claim, record: Record, env: BuildEnvironment) -> dict[str, Any]:
    title = env.titles[claim.chapter].astext() if claim.chapter in env.titles else claim.chapter
    return {
        "id": claim.id,
        "title": claim.title,
        "sentence": claim.sentence,
        "sources": [{"key": key, "place": place} for key, place in claim.sources],
        "chapter": title,
        "card": f"{claim.chapter}.html#{anchor(claim.id)}",
        "verdict": record.verdict.value,
        "evidence": claim.evidence,
        "method": claim.method,
        "measures": [_measure(measure, record) for measure in claim.measures],
        "fingerprint": record.fingerprint,
        "seconds": record.seconds,
        "versions": record.versions,
    }


def _measure(measure: Measure, record: Record) -> dict[str, Any]:
    interval = record.intervals[measure.key]
    return {
        "key": measure.key,
        "label": measure.label,
        "unit": measure.unit,
        "decides": measure.decides,
        "low": finite(measure.low),
        "high": finite(measure.high),
        "scale": "log" if measure.log else "linear",
        "seeds": interval.n,
        "mean": interval.mean,
        "interval": [interval.low, interval.high],
        "reading": record.readings[measure.key].value,
    }


def finite(bound: float) -> float | None:
    """A bound, or None where there is none."""
    return bound if math.isfinite(bound) else None


def rows(data: dict[str, Any]) -> Iterator[list[Any]]:
    """One row a measure, as the columns name them."""
    for claim in data["claims"]:
        sources = "; ".join(f"{s['key']}, {s['place']}".rstrip(", ") for s in claim["sources"])
        head = [SCHEMA, claim["id"], claim["title"], claim["sentence"], sources]
        head += [claim[name] for name in ("chapter", "card", "verdict")]
        for m in claim["measures"]:
            named = ("key", "label", "unit", "decides", "low", "high", "scale", "seeds", "mean")
            yield [*head, *(m[name] for name in named), *m["interval"], m["reading"]]


def as_csv(data: dict[str, Any]) -> str:
    """The table as text; a bound that is not there is empty, and a truth is 1 or 0."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([int(v) if isinstance(v, bool) else v for v in row] for row in rows(data))
    return text.getvalue()


def write(app: Sphinx, error: Exception | None) -> None:
    """Write both files beside each page that shows the ledger."""
    if error is not None or app.builder.format != "html":
        return
    for docname, left_out in left_out_of(app.env).items():
        data = as_data(ledger_of(app), app.env, left_out)
        texts = (json.dumps(data, indent=1, ensure_ascii=False) + "\n", as_csv(data))
        folder = Path(app.builder.get_outfilename(docname)).parent  # type: ignore[attr-defined]
        for name, text in zip(FILES, texts, strict=True):
            (folder / name).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write them when the pages are written."""
    app.connect("build-finished", write)
