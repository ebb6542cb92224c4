"""Two claims that are quick to run, and a command line that runs them: for tests of the machinery.

Each run appends a line to the file named by TINY_LOG, so that a test can count what really ran, and then
takes TINY_PAUSE seconds, so that a test can interrupt it.
"""

import os
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

import nnbook.claims.__main__ as command_line
from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.claims.runner import run_claims
from nnbook.experiments.protocol import Experiment


def log(*what):
    """Say that a run took place, and take the time it is told to."""
    with Path(os.environ["TINY_LOG"]).open("a", encoding="utf-8") as file:
        file.write(" ".join(map(str, what)) + "\n")
    time.sleep(float(os.environ.get("TINY_PAUSE", "0")))


def noise(seed):
    """A number around 5, one that is always 2, and a curve."""
    log("noise", seed)
    draws = np.random.default_rng([seed, 0]).standard_normal(3)
    return {"level": 5 + draws[0], "two": np.float32(2), "curve": draws}


def score(arm, rate, seed):
    """Best at 0.2 for "a", at 0.4 for "b"; 0.8 diverges."""
    log("score", arm, rate, seed)
    return np.nan if rate == 0.8 else -abs(rate - {"a": 0.2, "b": 0.4}[arm]) + 1e-3 * (seed % 2)


def lead(seed, rates):
    """The rates themselves, and a lead around 1."""
    log("lead", seed)
    return {**rates, "lead": 1 + 0.1 * np.random.default_rng([seed, 1]).standard_normal()}


NOISE = Experiment("tiny_noise", noise, seeds=12)
LEAD = Experiment(
    "tiny_lead", lead, seeds=10, trial=score, arms=("a", "b"), grid=(0.1, 0.2, 0.4, 0.8)
)
TASKS = len(LEAD.trials()) + NOISE.seeds + LEAD.seeds


def claim(name, *measures):
    """A claim with the given measures."""
    return Claim(
        id=name,
        title=f"Tiny {name}",
        sentence="It is so.",
        sources=(("nobody2000", "nowhere"),),
        chapter="book/nowhere",
        evidence="None.",
        method="Tiny.",
        measures=measures,
        failure=Verdict.NOT_HERE,
    )


T01 = claim(
    "T01", Measure("level", "Level", NOISE, "m", low=3, high=7), Measure("two", "Two", NOISE)
)
T02 = claim(
    "T02",
    Measure("lead", "Lead", LEAD, "points", low=2),
    Measure("level", "Level", NOISE, "m", low=0),
)
CLAIMS = {"T01": T01, "T02": T02}


def redirect(folder):
    """The attributes of the command line that make it run these claims in a folder of its own."""
    journals = folder / "journals"
    return {
        "CLAIMS": CLAIMS,
        "JOURNALS": journals,
        "run_claims": partial(run_claims, journals=journals),
    }


if __name__ == "__main__":
    home = Path(sys.argv[1])
    for attribute, value in redirect(home).items():
        setattr(command_line, attribute, value)
    sys.exit(command_line.main(["--results", str(home / "results"), *sys.argv[2:]]))
