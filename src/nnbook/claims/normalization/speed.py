"""Claims on initialization, learning rate and speed: C50 to C52."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.normalization.landscape import LANDSCAPE
from nnbook.experiments.normalization.scales import SCALES
from nnbook.experiments.normalization.speed import NORM_SPEED

CHAPTER = "book/setup/batch-normalization"
SLIDE = ("cs231n2020", "Lecture 7, slide 84")
SPEED_METHOD = (
    "Updates until the training error, measured at inference, is at most 2%, within 300; nets with six hidden layers of 100 ReLUs "
    "on 1200 digits, He's weights, SGD with momentum 0.9, batches of 50, eight rates from 0.005 to 1. {}"
)

C50 = Claim(
    id="C50",
    title="Robust to initialization",
    sentence="Networks become more robust to initialization.",
    sources=(SLIDE,),
    chapter=CHAPTER,
    evidence="None is given on the slide.",
    method="Nets with six hidden layers of 100 ReLUs start from weights of 0.001 to 30 times He's standard deviation and "
    "learn 1200 digits for 5 epochs in batches of 50. Each net chooses its learning rate at He's weights. At every scale it may use that rate, "
    "a tenth of it or ten times it; the one with the lowest training loss counts. Robust means at most 5 points lost.",
    measures=(
        Measure(
            "batch_lost_small",
            "Lost at 1/100 of He's scale, batch norm",
            SCALES,
            "points",
            high=5,
        ),
        Measure(
            "batch_lost_tiny",
            "Lost at 1/1000 of He's scale, batch norm",
            SCALES,
            "points",
            high=5,
        ),
        Measure(
            "batch_lost_large",
            "Lost at 30 times He's scale, batch norm",
            SCALES,
            "points",
            high=5,
        ),
        Measure(
            "batch_lost_tiny_epsilon",
            "Lost at 1/1000, batch norm, $\\epsilon = 10^{-12}$",
            SCALES,
            "points",
        ),
        Measure(
            "batch_lost_large_output",
            "Lost at 30 times, batch norm, output layer from He's weights",
            SCALES,
            "points",
        ),
        Measure("plain_lost_small", "Lost at 1/100, plain", SCALES, "points"),
        Measure("plain_lost_tiny", "Lost at 1/1000, plain", SCALES, "points"),
        Measure("plain_lost_large", "Lost at 30 times, plain", SCALES, "points"),
        Measure(
            "batch_lost_same_rate",
            "Lost at the worst scale if the rate stays, batch norm",
            SCALES,
            "points",
        ),
        Measure("batch_home", "Test accuracy at He's scale, batch norm", SCALES, "%"),
        Measure("plain_home", "Test accuracy at He's scale, plain", SCALES, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C51 = Claim(
    id="C51",
    title="Higher learning rates",
    sentence="Batch normalization allows higher learning rates.",
    sources=(SLIDE, ("ioffe2015", "Section 4.2")),
    chapter=CHAPTER,
    evidence="Inception on ImageNet was trained with 5 and with 30 times its learning rate once it had batch norm "
    "{cite:p}`ioffe2015`.",
    method=SPEED_METHOD.format(
        "The highest rate at which a net arrives counts; higher means at least 5 times, the smaller of the paper's two factors."
    ),
    measures=(
        Measure(
            "highest_ratio",
            "Highest rate that arrives, batch norm over plain",
            NORM_SPEED,
            "times",
            low=5,
            log=True,
        ),
        Measure("highest_batch", "Highest rate, batch norm", NORM_SPEED, log=True),
        Measure("highest_plain", "Highest rate, plain", NORM_SPEED, log=True),
        Measure(
            "usable_rate",
            "Longest step down the gradient that does not raise the loss, batch norm over plain",
            LANDSCAPE,
            "times",
            log=True,
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C52 = Claim(
    id="C52",
    title="Faster convergence",
    sentence="Batch normalization makes learning converge faster: 14 times fewer steps.",
    sources=(SLIDE, ("ioffe2015", "Figure 3")),
    chapter=CHAPTER,
    evidence="Steps to 72.2% on ImageNet: Inception 31.0 million, with batch norm 13.3 million, and at 5 times the rate, with "
    "some other changes, 2.1 million {cite:p}`ioffe2015`.",
    method=SPEED_METHOD.format(
        'Each net at its own best rate. "14 times" is read as 10 to 20, "faster" as any factor above 1.'
    ),
    measures=(
        Measure(
            "faster",
            "Updates, plain over batch norm: fewer at all",
            NORM_SPEED,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "speedup", "The same: about 14", NORM_SPEED, "times", low=10, high=20, log=True
        ),
        Measure(
            "same_rate",
            "Updates, plain over batch norm, both at the plain net's best rate",
            NORM_SPEED,
            "times",
            log=True,
        ),
        Measure("updates_plain", "Updates, plain", NORM_SPEED, log=True),
        Measure("updates_batch", "Updates, batch norm", NORM_SPEED, log=True),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C50, C51, C52)
