"""Claims on numerical gradients: C66 to C68."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.gradient_checking.kinks import KINKS
from nnbook.experiments.gradient_checking.steps import DEPTH_OF_CHECK, STEP_SIZES

CHAPTER = "book/setup/gradient-checking"
NOTES = (("cs231nnotes", "Neural Networks 3, gradient checks"),)
SETTING = (
    "Smooth nets 10-20-5 with tanh and cross-entropy on 20 random examples, fresh weights. The right gradient is compared "
    "with differences along 30 random directions of length 1, for 25 steps $h$ from $0.1$ to $10^{-13}$. The relative "
    "error is that of the 30 slopes together. "
)

C66 = Claim(
    id="C66",
    title="Centered differences: error h squared, not h",
    sentence="The centered formula $(f(x + h) - f(x - h))/2h$ has an error of order $h^2$, the one-sided "
    "$(f(x + h) - f(x))/h$ one of order $h$.",
    sources=NOTES,
    chapter=CHAPTER,
    evidence="Taylor's theorem.",
    method=SETTING
    + "Slopes of error against $h$ on logarithmic axes, in float64, for $h$ from 0.1 to 0.001; the branch of "
    "rounding from $10^{-8}$ to $10^{-11}$.",
    measures=(
        Measure("slope_one_sided", "Slope, one-sided", STEP_SIZES, low=0.9, high=1.1),
        Measure("slope_centered", "Slope, centered", STEP_SIZES, low=1.9, high=2.1),
        Measure("slope_rounding", "Slope where rounding rules, centered", STEP_SIZES),
        Measure("least_one_sided_64", "Least error, one-sided, float64", STEP_SIZES, log=True),
        Measure("least_centered_64", "Least error, centered, float64", STEP_SIZES, log=True),
        Measure(
            "best_step_one_sided_64", "Best step, one-sided, float64", STEP_SIZES, log=True
        ),
    ),
)

C67 = Claim(
    id="C67",
    title="Double precision, and a step near 1e-5",
    sentence="Use double precision, and a step near $10^{-5}$: in single precision the relative error of a right "
    "gradient can be as high as $10^{-2}$, and a smaller step is not always more accurate.",
    sources=NOTES,
    chapter=CHAPTER,
    evidence="Experience.",
    method=SETTING
    + "Centered differences. In float32 gradient, loss and parameters are float32. The last parts are nets with 1 to "
    "20 hidden layers of 20 units.",
    measures=(
        Measure(
            "best_step_centered_64",
            "Best step, float64",
            STEP_SIZES,
            low=1e-6,
            high=1e-4,
            log=True,
        ),
        Measure("at_1e-05_64", "Error at $10^{-5}$, float64", STEP_SIZES, high=1e-7, log=True),
        Measure("at_1e-05_32", "Error at $10^{-5}$, float32", STEP_SIZES, low=1e-2, log=True),
        Measure("best_step_centered_32", "Best step, float32", STEP_SIZES, log=True),
        Measure("least_centered_32", "Least error, float32", STEP_SIZES, log=True),
        Measure("at_1e-10_64", "Error at $10^{-10}$, float64", STEP_SIZES, log=True),
        *(
            Measure(
                f"depth_{depth}",
                f"Error at $10^{{-5}}$, float64, {depth} hidden layer{'s' * (depth > 1)}",
                DEPTH_OF_CHECK,
                log=True,
            )
            for depth in (1, 2, 5, 10, 20)
        ),
    ),
)

C68 = Claim(
    id="C68",
    title="Kinks fool gradient checks",
    sentence="Where a step crosses a kink, a right gradient fails the check. That is very common; few data points help.",
    sources=NOTES,
    chapter=CHAPTER,
    evidence="A count of terms: the hinge loss on CIFAR-10 has up to 450 000 of them with a kink.",
    method="ReLU nets on digits, float64, fresh weights; the weights of the first layer. An entry fails if its relative "
    "error is above $10^{-4}$ and the difference is more than rounding can make. Nets 64-25-10 with 100 examples are "
    "checked entry by entry, at three steps. A weight has a kink within $h$ if that step takes a pre-activation of some "
    "example through 0. These are counted for nets 64-100-10 too, with 1200 and with 2 examples. Planted mistakes: 20 "
    "entries made 1% too large, at step $10^{-4}$. 10 seeds.",
    measures=(
        Measure(
            "off_over_crossings",
            "Entries that fail over weights with a kink within the step, at $10^{-3}$",
            KINKS,
            low=0.9,
            high=1.1,
            log=True,
        ),
        Measure("large", "Weights with a kink within $10^{-5}$, 1200 examples", KINKS, low=1),
        Measure("few", "Weights with a kink within $10^{-5}$, 2 examples", KINKS, high=0.5),
        Measure("smooth_off", "Entries that fail at $10^{-5}$, tanh", KINKS, high=0),
        Measure("missed", "Planted mistakes that were not found, of 20", KINKS),
        Measure("accused", "Right entries taken for mistakes", KINKS),
    ),
)

CLAIMS = (C66, C67, C68)
