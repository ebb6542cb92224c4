"""Recorded results: one JSON file a claim, with everything needed to judge it again.

A record is refused when it is missing, cannot be read, was edited by hand, or was made by other code or
under another rule than those of today.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.model import Claim, Measure, Reading, Verdict
from nnbook.experiments.protocol import Experiment, Summary, perform, summarize

SCHEMA = 1
# What a record is read back with, as it was written.
KEPT = ("claim", "fingerprint", "values", "curves", "rates", "seconds", "versions")
# A list that holds no list, object or text, as `_dump` lays it out.
NUMBERS = re.compile(r"\[\n([^\[\]{}\"]*)\]")
RESULTS = Path(__file__).parents[3] / "book" / "results"


class RecordError(ValueError):
    """A recorded result that must not be shown; says which, why, and what to run."""


@dataclass(frozen=True)
class Record:
    """What was measured for one claim: every seed's values, intervals, readings and the verdict."""

    claim: str
    fingerprint: str
    verdict: Verdict
    intervals: dict[str, Summary]
    readings: dict[str, Reading]
    values: dict[str, list[float]]
    curves: dict[str, list[Any]]
    rates: dict[str, dict[str, float]]
    seconds: float
    versions: dict[str, str]


def experiment_fingerprint(experiment: Experiment, graph: CodeGraph) -> str:
    """A hash of the code that the experiment reaches and of its arms, grid and seeds."""
    parts: list[Any] = [experiment.run, perform]
    if experiment.arms:  # Experiment says how the arms choose their rates
        parts += [experiment.trial, Experiment]
    code = graph.digest(graph.reach([(part.__module__, part.__qualname__) for part in parts]))
    plan = (experiment.name, experiment.seeds, experiment.arms, experiment.grid)
    return hashlib.sha256(f"{code} {plan}".encode()).hexdigest()


def claim_fingerprint(claim: Claim, graph: CodeGraph) -> str:
    """A hash of the claim's experiments and of its rules."""
    parts = [experiment_fingerprint(experiment, graph) for experiment in claim.experiments]
    parts += [
        f"{m.key} {m.experiment.name} {m.unit} {m.low} {m.high} {m.log}" for m in claim.measures
    ]
    parts.append(claim.failure.value)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def judge(
    claim: Claim, values: Mapping[str, list[float]]
) -> tuple[dict[str, Summary], dict[str, Reading], Verdict]:
    """Intervals, readings and the verdict, from the values of every seed."""
    intervals = {m.key: interval_of(m, values[m.key]) for m in claim.measures}
    readings = {m.key: m.read(intervals[m.key]) for m in claim.measures}
    return intervals, readings, claim.judge(readings)


def interval_of(measure: Measure, values: list[float]) -> Summary:
    """The summary of a measure's values. Percentages are shares: their intervals end at 0 and at 100."""
    try:
        found = summarize(values, scale="log" if measure.log else "linear")
    except ValueError as error:
        raise ValueError(f"{measure.key} of {measure.experiment.name}: {error}") from error
    if measure.unit != "%":
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 100.0))


def write_record(claim: Claim, body: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write the record whole or not at all, with a checksum that tells an edit by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{claim.id}.json"
    text = _as_text({**body, "checksum": _checksum(body)})
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return path


def read_body(claim: Claim, folder: Path = RESULTS) -> dict[str, Any]:
    """The content of a record's file, once it is known to be whole and unedited."""
    path, remedy = _place(claim, folder)
    if not path.exists():
        raise RecordError(f"{path}: no recorded result for {claim.id}; {remedy}")
    try:
        body: dict[str, Any] = json.loads(path.read_text("utf-8"), parse_constant=_no_constant)
        checksum, schema = body.pop("checksum"), body["schema"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"{path}: not a record of a claim ({error}); {remedy}") from error
    if schema != SCHEMA:
        raise RecordError(f"{path}: schema must be {SCHEMA}, got {schema}; {remedy}")
    if checksum != _checksum(body):
        raise RecordError(f"{path}: was edited after it was recorded; {remedy}")
    missing = {"verdict", *KEPT} - set(body)
    if missing:
        raise RecordError(f"{path}: lacks {', '.join(sorted(missing))}; {remedy}")
    return body


def load_record(claim: Claim, graph: CodeGraph | None = None, folder: Path = RESULTS) -> Record:
    """The record of a claim, if it is fresh: made by the code and under the rule of today.

    Raises:
        RecordError: the record is missing, damaged, edited by hand, or stale.
    """
    body = read_body(claim, folder)
    path, remedy = _place(claim, folder)
    if body["fingerprint"] != claim_fingerprint(claim, graph or CodeGraph()):
        raise RecordError(
            f"{path}: stale, the code or the rule of {claim.id} has changed; {remedy}"
        )
    intervals, readings, verdict = judge(claim, body["values"])
    if body["verdict"] != verdict:
        raise RecordError(f"{path}: says {body['verdict']}, its values say {verdict}; {remedy}")
    kept = {key: body[key] for key in KEPT}
    return Record(verdict=verdict, intervals=intervals, readings=readings, **kept)


def _place(claim: Claim, folder: Path) -> tuple[Path, str]:
    """Where the record is, and how to make it anew."""
    return folder / f"{claim.id}.json", f"run: python -m nnbook.claims {claim.id}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _as_text(body: Mapping[str, Any]) -> str:
    """The file's text: a list of numbers is one line, so that a review sees a line for each key."""
    return NUMBERS.sub(lambda found: "[" + " ".join(found[1].split()) + "]", _dump(body))


def _dump(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dump(body).encode()).hexdigest()
