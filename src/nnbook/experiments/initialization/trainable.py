"""A map: which weight scales learn at which learning rates?"""

from nnbook.experiments.initialization.depths import scaled
from nnbook.experiments.initialization.nets import score, start
from nnbook.experiments.protocol import Experiment, Outcome

HIDDEN, EPOCHS, LEARNS = (32,) * 6, 5, 80.0
SCALES = (0.2, 0.4, 0.64, 1.0, 1.41, 2.0, 3.2, 5.0)
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


def trainable(seed: int) -> Outcome:
    """Test accuracy at every scale (rows) and rate (columns), and the range of scales that learn.

    A scale learns if some rate takes it to LEARNS percent.
    """
    outcome: Outcome = {}
    for f in ("tanh", "relu"):
        table = [
            [score(start(scaled(s), HIDDEN, seed, f), seed, rate, EPOCHS) for rate in RATES]
            for s in SCALES
        ]
        learned = [s for s, row in zip(SCALES, table, strict=True) if max(row) >= LEARNS]
        outcome |= {
            f"{f}_table": table,
            f"{f}_lowest": min(learned),
            f"{f}_highest": max(learned),
        }
    return outcome


TRAINABLE = Experiment("trainable", trainable, seeds=10)
