"""By how much does the validation score of the best of many exceed its accuracy on new data?"""

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtr

from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split, make_net
from nnbook.experiments.optimizers.runs import learn
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.optimizers import SGD
from nnbook.search import Space
from nnbook.spaces import draw_settings, log_uniform

TRUE, IMAGES, NETS = 0.9, 200, 100
COUNTS = (1, 2, 5, 10, 20, 50, 100)
COINS = (10, 100, 1000)
SIMULATED, ORDERS = 2000, 500
EXAMPLES, EPOCHS, BATCH = 200, 20, 32
MANY = 800  # images of the large validation set; the test set is what lies behind them
SPACE: Space = {
    "lr": log_uniform(0.003, 0.3),
    "weight_decay": log_uniform(1e-5, 0.1),
    "width": [16, 32, 64],
}
TYPICAL = {"lr": 0.03, "weight_decay": 1e-3, "width": 32}


def expected_best(m: int, images: int = IMAGES, true: float = TRUE) -> float:
    """The expected highest share of right answers among m models, all this good, with independent errors.

    The sum over k of P(at least one has k right or more), divided by the number of images.
    """
    k = np.arange(images)
    return float((1 - bdtr(k, images, true) ** m).sum() / images)


def simulated(seed: int) -> Outcome:
    """How far, in points, the best of m such models seems to be above what all of them are."""
    rng = np.random.default_rng([seed, 4])
    scores = rng.binomial(IMAGES, TRUE, (SIMULATED, max(COINS))) / IMAGES
    best = np.maximum.accumulate(scores, axis=1).mean(axis=0)
    return {f"simulated_{m}": 100 * (best[m - 1] - TRUE) for m in COINS}


def right_answers(data: Split, seed: int, lr: float, weight_decay: float, width: int) -> Array:
    """Whether a net is right on each of the digits that are not for training; scores of nan are wrong."""
    net = make_net("relu", (width,), seed)
    learn(net, data, SGD(lr, 0.9, weight_decay=weight_decay), seed, epochs=EPOCHS, batch=BATCH)
    scores, _ = net(data.x_test)
    right: Array = (scores.argmax(axis=1) == data.y_test) & np.isfinite(scores).all(axis=1)
    return right


def best_of(
    judged: Array, tested: Array, counts: Sequence[int], rng: np.random.Generator
) -> tuple[Array, Array]:
    """Mean scores of the best by `judged` of m models: as judged and as tested, over many choices of m.

    Of equals the first is taken; the order is random.
    """
    orders = np.stack([rng.permutation(len(judged)) for _ in range(ORDERS)])
    chosen = np.stack([judged[orders[:, :m]].argmax(axis=1) for m in counts], axis=1)
    models = np.take_along_axis(orders, chosen, axis=1)
    return judged[models].mean(axis=0), tested[models].mean(axis=0)


def choosing(seed: int) -> Outcome:
    """What the best of many seems and is: simulated, by settings, and by seeds alone.

    All accuracies of nets are less those of a net at random: how hard the images are is luck of the split.
    """
    data, rng = digits_split(seed, EXAMPLES), np.random.default_rng([seed, 5])
    outcome = simulated(seed)
    drawn = draw_settings(SPACE, NETS, rng=rng)
    for name, settings in (("settings", drawn), ("seeds", [TYPICAL] * NETS)):
        answers = [
            right_answers(data, 1000 * seed + i, **setting)
            for i, setting in enumerate(settings)
        ]
        right = 100 * np.array(answers, dtype=float)
        test = right[:, MANY:].mean(axis=1)
        for images in (IMAGES, MANY):
            judged = right[:, :images].mean(axis=1)
            seen, true = best_of(judged, test, COUNTS, rng)
            seen, true = seen - seen[0], true - true[0]
            key = f"{name}_{images}"
            outcome |= {f"seen_{key}": seen, f"true_{key}": true, f"gap_{key}": seen - true}
            outcome |= {f"flattered_{key}": seen[-1] - true[-1], f"gained_{key}": true[-1]}
        outcome[f"missed_{name}"] = (
            test.max() - test.mean() - outcome[f"gained_{name}_{IMAGES}"]
        )
    return outcome


CHOOSING = Experiment("choosing", choosing, seeds=20)
