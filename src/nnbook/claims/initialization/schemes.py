"""Claims on orthogonal weights, LSUV and residual branches: C43 to C45."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.initialization.ladder import HOPELESS, LADDER, TUNED
from nnbook.experiments.initialization.linear import LINEAR
from nnbook.experiments.initialization.residuals import RESIDUAL_GROWTH
from nnbook.experiments.initialization.shattered import SHATTERED

CHAPTER = "book/setup/initialization"
RUNGS = (*HOPELESS, *TUNED)
ARMS = {"he": "He", "zero_last": "zero last layers", "fixup": "Fixup's scaling"}
SIZES = {
    "signal": "Signal at the top",
    "gradient": "Gradient at the bottom",
    "accuracy": "Test accuracy",
}

C43 = Claim(
    id="C43",
    title="Orthogonal weights keep a signal at any depth",
    sentence="With orthogonal weights a signal keeps its size through any number of linear layers.",
    sources=(("cs231n2020", "Lecture 7, slide 75"), ("saxe2013", "")),
    chapter=CHAPTER,
    evidence="A product of orthogonal matrices is orthogonal. Deep linear nets so initialized learn in a time that does not "
    "depend on depth {cite:p}`saxe2013`.",
    method="Fifty matrices of 128 by 128 are multiplied, in float64. All singular values of the product must be 1 within a "
    "thousandth. Gaussian matrices of variance 1/n for comparison; and a ReLU net of 20 layers, as in C44, with "
    "orthogonal weights times $\\sqrt2$.",
    measures=(
        Measure(
            "orthogonal_off",
            "Largest distance of a singular value from 1, orthogonal",
            LINEAR,
            high=1e-3,
            log=True,
        ),
        Measure("gaussian_largest", "Largest singular value, Gaussian", LINEAR, log=True),
        Measure("gaussian_middle", "Middle over largest, Gaussian", LINEAR, log=True),
        Measure(
            "orthogonal_minus_he", "ReLU, 20 layers: orthogonal minus He", LADDER, "points"
        ),
        Measure("accuracy_orthogonal", "ReLU, 20 layers: orthogonal", LADDER, "%"),
    ),
)

C44 = Claim(
    id="C44",
    title="LSUV rescues any scale",
    sentence="Rescaling each layer to unit variance on a batch of data rescues weights of any scale.",
    sources=(
        ("cs231n2020", "Lecture 7, slide 75"),
        ("mishkin2015", "Algorithm 1"),
        ("krahenbuhl2015", ""),
    ),
    chapter=CHAPTER,
    evidence="Deep convolutional nets with several activation functions trained from it without batch norm, on MNIST, CIFAR and ImageNet "
    "{cite:p}`mishkin2015`.",
    method="ReLU nets with 20 hidden layers of 64 units. LSUV on 256 images is applied to He's weights, to a thousandth of "
    "them, and to a hundred times them; it stops within 1% of variance 1, so the results should agree within 1%. Then "
    "training on 1200 digits for 10 epochs from weights of standard deviation 0.01 (small), 1 (large), and from the small ones "
    "rescaled. Zero, constant, small and large run at three rates, and the best counts.",
    measures=(
        Measure(
            "agreement", "Largest relative distance after LSUV, three scales", LADDER, high=0.01
        ),
        Measure(
            "lsuv_minus_small", "Test accuracy, LSUV minus small", LADDER, "points", low=50
        ),
        Measure(
            "lsuv_minus_large", "Test accuracy, LSUV minus large", LADDER, "points", low=50
        ),
        Measure("lsuv_minus_he", "Test accuracy, LSUV minus He", LADDER, "points"),
        *(
            Measure(
                f"{key}_{rung}",
                f"{label}: {rung}",
                LADDER,
                "%" if key == "accuracy" else "",
                log=key != "accuracy" and rung != "zero",
            )
            for key, label in SIZES.items()
            for rung in RUNGS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C45 = Claim(
    id="C45",
    title="Zero last layers tame residual branches",
    sentence="With He's weights in its branches, a residual net compounds variance; starting the last layer of each branch at zero fixes it.",
    sources=(("eecs498", "Lecture 10"), ("zhang2019", "")),
    chapter=CHAPTER,
    evidence="Variances add up: Var(F(x) + x) is Var(F(x)) + Var(x). Fixup trains nets of up to 10 000 layers without "
    "normalization {cite:p}`zhang2019`.",
    method="Ten blocks $x + \\mathrm{relu}(xW_1)W_2$ of 64 units and a linear layer on top learn 1200 digits for 10 epochs: with "
    "He's weights, with $W_2 = 0$, and with Fixup's scaling. Compounding is read as at least a doubling of the mean square "
    "per block, untrained. The grid of rates goes down to $3 \\cdot 10^{-5}$. Then the slopes of untrained nets with one input: how "
    "well does the slope at one of 256 points predict the next?",
    measures=(
        Measure(
            "per_block",
            "Growth of the mean square per block, He",
            RESIDUAL_GROWTH,
            low=2,
            log=True,
        ),
        Measure(
            "growth_zero_last",
            "Growth over ten blocks, zero last layers",
            RESIDUAL_GROWTH,
            low=1,
            high=1,
        ),
        Measure(
            "zero_last_minus_he",
            "Test accuracy, zero last layers minus He",
            RESIDUAL_GROWTH,
            "points",
            low=0,
        ),
        Measure("growth_he", "Growth over ten blocks, He", RESIDUAL_GROWTH, log=True),
        Measure("accuracy_he", "Test accuracy, He", RESIDUAL_GROWTH, "%"),
        Measure("accuracy_zero_last", "Test accuracy, zero last layers", RESIDUAL_GROWTH, "%"),
        Measure("accuracy_fixup", "Test accuracy, Fixup's scaling", RESIDUAL_GROWTH, "%"),
        *(
            Measure(
                f"{key}_{arm}",
                f"{label}: {name}",
                RESIDUAL_GROWTH,
                log=(key, arm) != ("gradient", "fixup"),
            )
            for key, label in list(SIZES.items())[:2]
            for arm, name in ARMS.items()
        ),
        Measure("alike_shallow", "Correlation of neighboring slopes, 1 layer", SHATTERED),
        Measure("alike_deep", "The same, 50 layers, He", SHATTERED),
        Measure("alike_lecun", "The same, 50 layers, variance 1/n", SHATTERED),
        Measure("alike_residual", "The same, 50 layers, residual", SHATTERED),
        Measure("size_deep", "Size of the slopes, 50 layers, He", SHATTERED, log=True),
        Measure(
            "size_lecun", "Size of the slopes, 50 layers, variance 1/n", SHATTERED, log=True
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C43, C44, C45)
