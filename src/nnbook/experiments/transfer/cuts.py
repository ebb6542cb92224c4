"""General below, specific above? Nets cut at each layer: frozen below the cut, learned anew above it."""

from functools import lru_cache

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.transfer.tasks import digits_task
from nnbook.experiments.transfer.ways import Way, pretrained, source_net, transferred
from nnbook.layers import Sequential

HIDDEN = (60,) * 4
CUTS = (1, 2, 3, 4)
UPDATES = 400  # as many as each net has that layers are taken from
# Whose lower layers: the target's own, those of a similar and of a different source, or random ones.
ORIGINS = ("own", "similar", "different", "random")
ARMS = ("whole", *(f"{origin}_{k}" for origin in ORIGINS for k in CUTS), "thawed_4")
GRID = (0.0005, 0.002, 0.008, 0.03, 0.12, 0.5, 2.0)


@lru_cache(maxsize=128)
def donor(origin: str, seed: int) -> Sequential:
    """The net that lower layers are copied from; not to be changed."""
    if origin == "own":
        return pretrained(digits_task("similar", seed).target, seed, HIDDEN)
    return source_net("different" if origin == "different" else "similar", seed, HIDDEN)


def cut_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent with k layers from an origin, frozen ("thawed": similar, and trained too)."""
    origin, _, k = arm.partition("_")
    layers = int(k or 0)
    copied = 0 if origin in ("whole", "random") else layers
    frozen = 0 if origin in ("whole", "thawed") else layers
    data, way = digits_task("similar", seed).target, Way(len(HIDDEN), copied, frozen)
    net = donor(origin if copied else "similar", seed)
    return test_accuracy(
        *transferred(way, net, data, rate, seed, hidden=HIDDEN, updates=UPDATES)
    )


def cuts(seed: int, rates: Rates) -> Outcome:
    """Accuracies as curves over the number of frozen layers, and what other layers cost against one's own."""
    found = {arm: cut_score(arm, rates[arm], seed) for arm in ARMS}
    outcome: Outcome = {
        f"curve_{origin}": [found["whole"], *(found[f"{origin}_{k}"] for k in CUTS)]
        for origin in ORIGINS
    }
    for k in CUTS:
        own, similar = found[f"own_{k}"], found[f"similar_{k}"]
        different, random = found[f"different_{k}"], found[f"random_{k}"]
        outcome |= {
            f"cost_similar_{k}": own - similar,
            f"cost_different_{k}": own - different,
            f"similar_over_random_{k}": similar - random,
            f"different_over_random_{k}": different - random,
        }
    return outcome | {
        "rise": outcome["cost_similar_4"] - outcome["cost_similar_1"],
        "split": found["whole"] - found["own_2"],
        "thawed_gain": found["thawed_4"] - found["whole"],
        "whole": found["whole"],
    }


CUT_NETS = Experiment("transfer-cuts", cuts, trial=cut_score, arms=ARMS, grid=GRID)
