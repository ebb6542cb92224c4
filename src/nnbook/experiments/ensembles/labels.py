"""Digits with wrong labels among those to learn from."""

import numpy as np

from nnbook.experiments.nets import Split, digits_split

WRONG = {"clean": 0.0, "noisy": 0.2}


def labeled(kind: str, seed: int, examples: int) -> Split:
    """The digits; a training label is another digit with the probability in WRONG, test labels are right."""
    data, rng = digits_split(seed, examples), np.random.default_rng([seed, 5])
    wrong = rng.random(examples) < WRONG[kind]
    return data._replace(y=(data.y + wrong * rng.integers(1, 10, examples)) % 10)
