"""A claim on what to watch during a training: C71."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.babysitting.ratios import PLANS, RATIOS

NAMES = {
    "sgd": "SGD",
    "momentum": "momentum",
    "adam": "Adam",
    "cosine": "falling rate",
    "wide": "400 units",
    "deep": "five layers",
    "deep_adam": "five layers, Adam",
    "norm": "five layers, batch norm",
    "short": "5 epochs",
    "long": "80 epochs",
}

C71 = Claim(
    id="C71",
    title="An update is a thousandth of the weight",
    sentence="The size of an update over the size of the weights should be around $10^{-3}$. If it is lower, the learning rate may be "
    "too low, and if it is higher, it is likely too high.",
    sources=(
        ("cs231nnotes", "Neural Networks 3, ratio of updates to weights"),
        ("davian2021", "week 5.1, where it is $10^{-4}$"),
    ),
    chapter="book/dynamics/babysitting",
    evidence="The notes call it a rough heuristic.",
    method="Nets 64-100-10, with 400 units for 100, or with five hidden layers of 50, on 600 digits in batches of 50, with "
    "momentum and for 20 epochs where nothing else is said; each chooses its own rate from one grid. The ratio is that of the "
    "Euclidean norms, for each weight matrix at "
    "each update: the median over the training, and of that the geometric mean over the matrices. *Around* $10^{-3}$ is "
    "from $10^{-3.5}$ to $10^{-2.5}$. *The rule's rate* is found as a reader of the notes would: train one epoch at 0.01, "
    "divide $10^{-3}$ by the ratio seen, multiply the rate by that. It is as good as the best one if it loses at most 1 point. "
    "10 seeds. *The whole way* is the sum of all ratios of a training.",
    measures=(
        *(
            Measure(
                f"ratio_{arm}",
                f"Update over weight: {NAMES[arm]}",
                RATIOS,
                low=10**-3.5,
                high=10**-2.5,
                log=True,
            )
            for arm in PLANS
        ),
        *(
            Measure(
                f"lost_{arm}",
                f"Lost at the rule's rate: {NAMES[arm]}",
                RATIOS,
                "points",
                high=1,
            )
            for arm in PLANS
        ),
        *(
            Measure(
                f"rule_{arm}",
                f"The rule's rate over the best: {NAMES[arm]}",
                RATIOS,
                "times",
                log=True,
            )
            for arm in PLANS
        ),
        *(
            Measure(f"first_{arm}", f"Ratio in the first epoch: {NAMES[arm]}", RATIOS, log=True)
            for arm in PLANS
        ),
        *(
            Measure(f"last_{arm}", f"Ratio in the last epoch: {NAMES[arm]}", RATIOS, log=True)
            for arm in PLANS
        ),
        *(
            Measure(f"way_{arm}", f"The whole way, in weights: {NAMES[arm]}", RATIOS, log=True)
            for arm in PLANS
        ),
        *(
            Measure(
                f"layers_{arm}",
                f"Largest over smallest of the layers: {NAMES[arm]}",
                RATIOS,
                "times",
                log=True,
            )
            for arm in PLANS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C71,)
