"""Which mistakes does it bring to light to learn 20 examples by heart, and what do they cost?"""

import numpy as np

from nnbook.experiments.babysitting.courses import final_accuracy
from nnbook.experiments.babysitting.patients import KINDS, Patient
from nnbook.experiments.babysitting.ward import MISTAKES, patient
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.sanity import Report, sanity_checks

GRID = (3e-4, 1e-3, 3e-3, 0.01, 0.03)
# Names and kinds of all who are checked: a healthy patient is called as its kind.
ALL = {kind: kind for kind in KINDS} | {name: kind for name, (kind, _) in MISTAKES.items()}


def checked(p: Patient) -> Report:
    """The sanity checks, with the patient's own rate; the last is learning 20 examples by heart."""
    return sanity_checks(p.net, p.loss_fn, p.data.x, p.data.y, lr=p.lr)


def score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy of a right net in percent."""
    return final_accuracy(patient(arm, rate, seed))


def by_heart(seed: int, rates: Rates) -> Outcome:
    """For each mistake: does the net learn 20 examples, and what does it lose in points to the right net?

    A net with a mistake has the rate of the right net of its kind: who made it does not know of it.
    """
    patients = {name: patient(name, rates[kind], seed) for name, kind in ALL.items()}
    passes = {name: checked(p).checks[-1].passed for name, p in patients.items()}
    right = {name: final_accuracy(p) for name, p in patients.items()}
    lost = {name: right[kind] - right[name] for name, kind in ALL.items()}
    failing = [lost[name] for name in MISTAKES if not passes[name]]
    outcome: Outcome = {f"passes_{name}": 100.0 * passed for name, passed in passes.items()}
    outcome |= {f"accuracy_{kind}": right[kind] for kind in KINDS}
    outcome |= {f"lost_{name}": lost[name] for name in MISTAKES}
    return outcome | {"least_lost": min(failing, default=np.nan)}


BY_HEART = Experiment("by_heart", by_heart, seeds=10, trial=score, arms=tuple(KINDS), grid=GRID)
