"""How does an offset of the inputs change the condition number of a linear unit's Hessian, E[x x^T]?"""

import numpy as np

from nnbook.experiments.protocol import Experiment, Outcome

DIMENSIONS, EXAMPLES, OFFSETS = 20, 100_000, (0.0, 0.5, 1.0, 2.0, 4.0)


def condition_numbers(seed: int) -> Outcome:
    """Largest over smallest eigenvalue of X^T X / N for N(c, I), and its ratio to the theory 1 + d c^2."""
    noise = np.random.default_rng([seed, 6]).standard_normal((EXAMPLES, DIMENSIONS))
    outcome: Outcome = {"offsets": list(OFFSETS), "kappas": []}
    for offset in OFFSETS:
        x = noise + offset
        eigenvalues = np.linalg.eigvalsh(x.T @ x / EXAMPLES)
        kappa = float(eigenvalues[-1] / eigenvalues[0])
        outcome["kappas"].append(kappa)
        outcome[f"over_theory_{offset:g}"] = kappa / (1 + DIMENSIONS * offset**2)
    return outcome


CONDITIONING = Experiment("conditioning", condition_numbers)
