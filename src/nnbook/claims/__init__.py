"""Every claim of the book, and the recorded results that say what came of it."""

from nnbook._checks import check_choice
from nnbook.claims import (
    activations,
    babysitting,
    ensembles,
    gradient_checking,
    hyperparameters,
    initialization,
    normalization,
    optimizers,
    preprocessing,
    regularization,
    transfer,
)
from nnbook.claims.model import Claim, Measure, Reading, Verdict
from nnbook.claims.records import Record, RecordError, load_record

CHAPTERS = (
    activations,
    preprocessing,
    initialization,
    normalization,
    regularization,
    gradient_checking,
    babysitting,
    optimizers,
    hyperparameters,
    ensembles,
    transfer,
)
CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in sorted((c for part in CHAPTERS for c in part.CLAIMS), key=lambda c: c.id)
}


def result(claim_id: str) -> Record:
    """The fresh record of a claim by its id, such as "C11": what the figures of the chapters draw."""
    return load_record(CLAIMS[check_choice("claim_id", claim_id, CLAIMS)])


__all__ = [
    "CLAIMS",
    "Claim",
    "Measure",
    "Reading",
    "Record",
    "RecordError",
    "Verdict",
    "load_record",
    "result",
]
