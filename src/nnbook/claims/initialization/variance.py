"""Claims on the formula behind Xavier, and on the shape of the distribution: C38 and C42."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.initialization.distributions import SHAPES
from nnbook.experiments.initialization.variance import AFTER_TRAINING, FORMULA

CHAPTER = "book/setup/initialization"
INPUTS = {
    "normal": "N(0, 1)",
    "relu": "ReLU of N(0, 1)",
    "uniform": "uniform on (0, 1)",
    "pixels": "raw pixels",
}

C38 = Claim(
    id="C38",
    title="The variance formula of Xavier",
    sentence="The variance of a layer's outputs is Var(y) = D Var(x) Var(w), with D the number of inputs.",
    sources=(("cs231n2020", "Lecture 7, slide 71"),),
    chapter=CHAPTER,
    evidence="A derivation from independence and zero means.",
    method="1024 examples with 1024 features go through one layer of 1024 units (raw pixels: 1200 examples, 64 features). The "
    "variance of all outputs, over units and examples, is divided by the formula's; it should be 1 within 5%. Then the same "
    "with E[x²] in place of Var(x), and with the variance of each unit over examples. Last, how far trained weights are from "
    "the formula: the mean square of xW over what independent weights of the same size would make of x, in a ReLU net "
    "64-100-100-100-10.",
    measures=(
        *(
            Measure(
                f"{key}_slide",
                f"Var(y) over the formula's: {label}",
                FORMULA,
                "times",
                low=0.95,
                high=1.05,
                log=True,
            )
            for key, label in list(INPUTS.items())[:3]
        ),
        Measure(
            "pixels_slide", "Var(y) over the formula's: raw pixels", FORMULA, "times", log=True
        ),
        *(
            Measure(
                f"{key}_square", f"The same with E[x²]: {label}", FORMULA, "times", log=True
            )
            for key, label in INPUTS.items()
        ),
        *(
            Measure(
                f"{key}_within", f"One unit over examples: {label}", FORMULA, "times", log=True
            )
            for key, label in INPUTS.items()
        ),
        *(
            Measure(
                f"{when}_{i}", f"Layer {i} of 4, {label}", AFTER_TRAINING, "times", log=True
            )
            for when, label in (
                ("fresh", "fresh"),
                ("epoch_1", "after 1 epoch"),
                ("epoch_20", "after 20 epochs"),
            )
            for i in (1, 2, 3, 4)
        ),
    ),
)

C42 = Claim(
    id="C42",
    title="Gaussian or uniform hardly matters",
    sentence="Whether weights are drawn from a Gaussian or a uniform distribution has little impact.",
    sources=(("cs231nnotes", "Neural Networks 2, small random numbers"),),
    chapter=CHAPTER,
    evidence="None is given.",
    method="Nets 64-100-100-10 with He's variance learn 1200 digits for 10 epochs, with weights that are Gaussian, uniform, "
    "or plus and minus one number. Little is read as at most half a point. Signals are compared after ten fresh layers "
    "of 256 units.",
    measures=(
        Measure(
            "uniform_minus_normal",
            "Test accuracy, uniform minus Gaussian",
            SHAPES,
            "points",
            low=-0.5,
            high=0.5,
        ),
        Measure(
            "signs_minus_normal", "Test accuracy, two values minus Gaussian", SHAPES, "points"
        ),
        Measure("accuracy_normal", "Test accuracy, Gaussian", SHAPES, "%"),
        *(
            Measure(
                f"signal_{key}", f"Signal at layer 10 over layer 1, {label}", SHAPES, log=True
            )
            for key, label in (
                ("normal", "Gaussian"),
                ("uniform", "uniform"),
                ("signs", "two values"),
            )
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C38, C42)
