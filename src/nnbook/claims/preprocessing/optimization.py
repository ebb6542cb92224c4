"""Claims on what preprocessing does to the speed of training: C25, C27 and C28."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.preprocessing.sensitivity import SENSITIVITY
from nnbook.experiments.preprocessing.spectrum import ARMS, SPECTRUM
from nnbook.experiments.preprocessing.steps import STEPS
from nnbook.experiments.preprocessing.transforms import EPSILONS

CHAPTER = "book/setup/preprocessing"
SETTING = (
    "Softmax regression on 1200 digits, from weights zero, with the gradient of all examples at once. Every way to "
    "preprocess has its own best learning rate from one grid, whose unit is one over the largest eigenvalue of "
    "$E[xx^T]$. Counted are the steps until the training loss is at most 0.05 nats."
)
NAMES = {
    "raw": "raw",
    "centered": "centered",
    "standardized": "standardized",
    "whitened_1e-05": "whitened",
}


def _spectrum(key: str, label: str, unit: str = "") -> tuple[Measure, ...]:
    return tuple(
        Measure(f"{key}_{arm}", f"{label}, {NAMES[arm]}", SPECTRUM, unit, log=True)
        for arm in ARMS
    )


def _whitened(
    key: str, label: str, unit: str = "", *, log: bool = False
) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"{key}_whitened_{e:g}",
            f"{label}, whitened, $\\epsilon = {power}$",
            STEPS,
            unit,
            log=log,
        )
        for e, power in zip(EPSILONS, ("10^{-5}", "10^{-2}", "1", "10", "100"), strict=True)
    )


C25 = Claim(
    id="C25",
    title="Centering and scaling speed up training",
    sentence="Data that are centered and scaled are easier to optimize.",
    sources=(
        ("cs231n2020", "Lecture 7, slides 49-53"),
        ("cs231nnotes", "Neural Networks 2"),
        ("lecun1998", "section 4.3"),
    ),
    chapter=CHAPTER,
    evidence="The drawing of the zig-zag path, and the theory of the condition number {cite:p}`lecun1991`.",
    method=SETTING
    + " Scaling is done pixel by pixel; a pixel that is constant in the training part is not divided. "
    "Beside it, least squares on the same digits, where theory foretells the steps exactly: with the rate one over "
    "the largest eigenvalue, until 1% of the excess loss is left (10 seeds).",
    measures=(
        Measure(
            "raw_over_centered", "Steps, raw over centered", STEPS, "times", low=1, log=True
        ),
        Measure(
            "centered_over_standardized",
            "Steps, centered over centered and scaled",
            STEPS,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "centered_over_one_std",
            "Steps, centered over centered and divided by one number",
            STEPS,
            "times",
            log=True,
        ),
        Measure("raw_over_standardized", "Steps, raw over both", STEPS, "times", log=True),
        Measure("steps_raw", "Steps, raw", STEPS, log=True),
        Measure("steps_centered", "Steps, centered", STEPS, log=True),
        Measure("steps_standardized", "Steps, centered and scaled", STEPS, log=True),
        *_spectrum("kappa", "Condition number"),
        *_spectrum("bound", "Least squares, steps by the condition number"),
        *_spectrum("foretold", "Least squares, steps by all eigenvalues"),
        *_spectrum("gd", "Least squares, steps taken"),
    ),
)

C27 = Claim(
    id="C27",
    title="Whitening is fast and amplifies noise",
    sentence="Whitening speeds up training, but it can greatly exaggerate the noise in the data.",
    sources=(("cs231nnotes", "Neural Networks 2"), ("lecun1998", "section 4.3")),
    chapter=CHAPTER,
    evidence="An argument: whitening stretches all directions to equal size, also those of tiny variance, which are "
    "mostly noise.",
    method=SETTING
    + " Whitening adds $10^{-5}$ to the variances, as the course notes do. Noise: Gaussian, of 2 gray "
    "levels (of 16) on every pixel. Noise over signal is a ratio of mean squares. The cost of noise is the test "
    "accuracy that it takes away when it is added to the test images before they are preprocessed.",
    measures=(
        Measure(
            "standardized_over_whitened_1e-05",
            "Steps, centered and scaled over whitened",
            STEPS,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "amplification_whitened_1e-05",
            "Noise over signal, after whitening over before",
            STEPS,
            "times",
            low=2,
            log=True,
        ),
        Measure(
            "extra_noise_cost",
            "Accuracy that noise costs, whitened minus centered",
            STEPS,
            "points",
            low=0.5,
        ),
        Measure("noise_cost_centered", "Accuracy that noise costs, centered", STEPS, "points"),
        Measure(
            "noise_cost_standardized",
            "Accuracy that noise costs, centered and scaled",
            STEPS,
            "points",
        ),
        *_whitened("noise_cost", "Accuracy that noise costs", "points"),
        Measure("accuracy_centered", "Test accuracy, centered", STEPS, "%"),
        Measure("accuracy_standardized", "Test accuracy, centered and scaled", STEPS, "%"),
        *_whitened("accuracy", "Test accuracy", "%"),
        *_whitened("steps", "Steps", log=True),
        *_whitened("amplification", "Noise over signal, after over before", "times", log=True)[
            1:
        ],
    ),
)

C28 = Claim(
    id="C28",
    title="Centered data make the loss less sensitive",
    sentence="Before normalization the loss is very sensitive to small changes of the weights, after it less so.",
    sources=(("cs231n2020", "Lecture 7, slide 53"),),
    chapter=CHAPTER,
    evidence="A drawing of a line that separates two classes: far from the origin, a small turn of the line moves it "
    "a long way at the data.",
    method="Two Gaussian classes in the plane, around $(1, 0)$ and $(-1, 0)$, moved by an offset in both coordinates. "
    "Logistic regression is fitted to the 1000 points. Then the two weights are changed by a vector of length 0.1, in "
    "100 directions, and the mean change of the loss is taken. The bias is that of the fit; the parts that say so fit "
    "it again after the change.",
    measures=(
        Measure(
            "kept_5_over_0",
            "Change of the loss, offset 5 over offset 0",
            SENSITIVITY,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "kept_20_over_5",
            "Change of the loss, offset 20 over offset 5",
            SENSITIVITY,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "refitted_20_over_0",
            "The same with the bias fitted again, offset 20 over 0",
            SENSITIVITY,
            "times",
            log=True,
        ),
        Measure(
            "wider", "Change of the loss, data 10 times as wide", SENSITIVITY, "times", log=True
        ),
        Measure(
            "squared_over_theory_0",
            "Squared error: change over theory, offset 0",
            SENSITIVITY,
            log=True,
        ),
        Measure(
            "squared_over_theory_20",
            "Squared error: change over theory, offset 20",
            SENSITIVITY,
            log=True,
        ),
    ),
)

CLAIMS = (C25, C27, C28)
