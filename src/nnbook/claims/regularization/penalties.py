"""Claims on penalties and decay: C81 and C82."""

from nnbook.claims.model import Claim, Measure
from nnbook.claims.regularization.small_data import CHOSEN, SETTING, chosen
from nnbook.experiments.regularization.decay import DECOUPLED
from nnbook.experiments.regularization.recipes import WAYS
from nnbook.experiments.regularization.small_data import SMALL_DATA

CHAPTER = "book/setup/regularization"
NOTES2 = ("cs231nnotes", "Neural Networks 2, regularization")
NAMES = {"l1": "L1", "l2": "L2", "proximal": "L1 by soft threshold"}


def _left(key: str, label: str) -> tuple[Measure, ...]:
    """What is left of a weight of either kind."""
    return tuple(
        Measure(f"{key}_{noise}", f"Left, {label}, {noise} gradients", DECOUPLED)
        for noise in ("quiet", "loud")
    )


def _shares(key: str, label: str, ways: tuple[str, ...]) -> tuple[Measure, ...]:
    """A share of the weights under each strength of these ways."""
    return tuple(
        Measure(f"{key}_{way}_{s:g}", f"{label}, {NAMES[way]}, strength {s:g}", SMALL_DATA, "%")
        for way in ways
        for s in WAYS[way]
        if key != "near" or s != CHOSEN[way]  # those decide
    )


C81 = Claim(
    id="C81",
    title="An L2 penalty is weight decay under SGD, not under Adam",
    sentence="An L2 penalty and weight decay are the same for SGD, and not the same for Adam.",
    sources=(("loshchilov2017", "sections 1 and 2"),),
    chapter=CHAPTER,
    evidence="Algebra for both halves, and experiments on images with Adam {cite:p}`loshchilov2017`. The course notes "
    "{cite:p}`cs231nnotes` speak of L2 as weights that decay, without naming an optimizer.",
    method="300 weights whose loss has *quiet* gradients, noise of standard deviation 0.01 around 0, and 300 with "
    "*loud* ones, 10. All start at 1, for 2000 steps of rate 0.001. L2 adds 0.1 times the weight to the gradient, "
    "which is the penalty $0.05\\,w^2$. Decay multiplies the weight by $1 - 0.001 \\cdot 0.1$ instead. The two share "
    "the noise. The closed form of decay leaves $(1 - 10^{-4})^{2000} = 0.819$.",
    measures=(
        Measure("sgd_distance", "SGD, largest distance of the two", DECOUPLED, high=1e-12),
        Measure("adam_gap", "Adam with L2, left: loud minus quiet", DECOUPLED, low=0.1),
        Measure(
            "quiet_error",
            "Adam with decay, quiet: left minus closed form",
            DECOUPLED,
            low=-0.01,
            high=0.01,
        ),
        Measure(
            "loud_error",
            "Adam with decay, loud: left minus closed form",
            DECOUPLED,
            low=-0.01,
            high=0.01,
        ),
        *_left("adam_l2", "Adam with L2"),
        *_left("adam_decay", "Adam with decay"),
        *_left("sgd_l2", "SGD with L2"),
        *_left("momentum_l2", "SGD with momentum 0.9, L2"),
        *_left("momentum_decay", "SGD with momentum 0.9, decay"),
    ),
)

C82 = Claim(
    id="C82",
    title="L1 gives sparse weights",
    sentence="An L1 penalty makes weight vectors sparse, that is, most weights come very close to exactly zero; an L2 "
    "penalty does not.",
    sources=(("cs231n2020", "Lecture 8, regularization"), NOTES2),
    chapter=CHAPTER,
    evidence="An argument about corners of the L1 ball.",
    method=SETTING
    + "Near zero means below 0.001 in absolute value; the initial weights have a standard deviation of more than 0.14. "
    "Most means at least half. The strengths that decide are those of the best mean accuracy on the tuning seeds: "
    f"{CHOSEN['l1']:g} for L1, {CHOSEN['l2']:g} for L2. Beside it, the L1 penalty taken as a step of its own after "
    "each update, the soft threshold, at the rates of L1. Removed means set to 0 after training.",
    measures=(
        Measure(f"near_{chosen('l1')}", "Near zero, L1", SMALL_DATA, "%", low=50),
        Measure(f"near_{chosen('l2')}", "Near zero, L2", SMALL_DATA, "%", high=50),
        Measure(
            f"pruning_{chosen('l1')}",
            "Change of accuracy when those near zero are removed, L1",
            SMALL_DATA,
            "points",
            low=-0.5,
        ),
        Measure("near_plain", "Near zero, no penalty", SMALL_DATA, "%"),
        *_shares("near", "Near zero", ("l1", "l2")),
        *_shares("exact", "Exactly zero", ("l1", "l2", "proximal")),
        *(
            Measure(
                f"accuracy_{way}_{s:g}",
                f"Test accuracy, {NAMES[way]}, strength {s:g}",
                SMALL_DATA,
                "%",
            )
            for way in ("l1", "proximal")
            for s in WAYS[way]
        ),
    ),
)

CLAIMS = (C81, C82)
