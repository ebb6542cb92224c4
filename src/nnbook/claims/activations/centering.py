"""Claims on inputs that are not centered: C03 to C07."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.activations.conditioning import CONDITIONING, OFFSETS
from nnbook.experiments.activations.signs import DIRECTIONS, SIGNS
from nnbook.experiments.activations.zigzag import ZIGZAG

CHAPTER = "book/setup/activations"
SETTING = (
    "Fresh nets 64-50-30-10 on digits. A second-layer unit counts as one-signed if no two components of its "
    "weights' gradient differ in sign."
)

C03 = Claim(
    id="C03",
    title="One example's gradient has one sign",
    sentence="If the inputs of a unit are all positive, the gradients on its weights are all positive or all "
    "negative.",
    sources=(("davian2021", "Sigmoid, problem 2"), ("cs231n2020", "Lecture 7, slides 26-32")),
    chapter=CHAPTER,
    evidence="One line of algebra: each component is the upstream number times a positive input.",
    method=SETTING + " Batches of one example.",
    measures=(
        Measure("sigmoid_1", "One-signed units, sigmoid, batch 1", SIGNS, "%", low=99.9),
        Measure("relu_1", "One-signed units, ReLU, batch 1", SIGNS, "%", low=99.9),
        Measure("tanh_1", "One-signed units, tanh, batch 1", SIGNS, "%", high=1),
    ),
)

C04 = Claim(
    id="C04",
    title="Mini-batches help",
    sentence="One-signed gradients come from single examples; mini-batches help.",
    sources=(("cs231n2020", "Lecture 7, slide 32"), ("cs231nnotes", "Neural Networks 1")),
    chapter=CHAPTER,
    evidence="None is given; the sum over a batch can have mixed signs.",
    method=SETTING
    + " Batches of 1 to 1200 examples. Help means: at batch 32 at most half of the units are "
    "one-signed.",
    measures=(
        Measure("sigmoid_32", "One-signed units, sigmoid, batch 32", SIGNS, "%", high=50),
        Measure("relu_32", "One-signed units, ReLU, batch 32", SIGNS, "%", high=50),
        Measure("sigmoid_1200", "One-signed units, sigmoid, all 1200", SIGNS, "%"),
        Measure("relu_1200", "One-signed units, ReLU, all 1200", SIGNS, "%"),
        Measure("tanh_32", "One-signed units, tanh, batch 32", SIGNS, "%"),
    ),
)

C05 = Claim(
    id="C05",
    title="One-signed gradients zig-zag and are slow",
    sentence="With positive inputs the path to the optimum is a zig-zag, which is less efficient than the direct "
    "way.",
    sources=(("davian2021", "Sigmoid, example"), ("cs231n2020", "Lecture 7, slides 31-32")),
    chapter=CHAPTER,
    evidence="A drawing. The theory of the speed is {cite:t}`lecun1991`'s.",
    method="Single-example descent from $w = 0$ to $w^* = (1, -1)$, a target in the quadrant that positive inputs "
    "forbid. Inputs are uniform on $(-0.5, 0.5)^2$ plus a shift of 0, 0.5 or 2. Counted: the steps until "
    "$|w - w^*| < 0.05$, and the path's length over the distance.",
    measures=(
        Measure(
            "steps_0.5_over_0",
            "Steps, shift 0.5 over shift 0",
            ZIGZAG,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "steps_2_over_0.5",
            "Steps, shift 2 over shift 0.5",
            ZIGZAG,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "detour_0.5_over_0",
            "Path length, shift 0.5 over shift 0",
            ZIGZAG,
            "times",
            low=1,
            log=True,
        ),
        Measure(
            "detour_2_over_0.5",
            "Path length, shift 2 over shift 0.5",
            ZIGZAG,
            "times",
            low=1,
            log=True,
        ),
        Measure("steps_0", "Steps, centered inputs", ZIGZAG, log=True),
        Measure("steps_2", "Steps, shift 2", ZIGZAG, log=True),
        Measure("detour_0", "Path over distance, centered inputs", ZIGZAG, "times", log=True),
        Measure("detour_2", "Path over distance, shift 2", ZIGZAG, "times", log=True),
    ),
)

C06 = Claim(
    id="C06",
    title="Only two gradient directions",
    sentence="With two weights and positive inputs only two directions of the update are possible.",
    sources=(("davian2021", "Sigmoid, example"),),
    chapter=CHAPTER,
    evidence="The slide shades two quadrants; the notes made two directions of them.",
    method="Units that read two sigmoid units, in fresh nets 64-2-30-10 on digits. For 200 single examples: is the "
    "gradient in one of the two quadrants, and how wide is the middle 90% of its angles, with opposite directions "
    "counted as one? Two directions would be 0° wide.",
    measures=(
        Measure("in_quadrants", "Gradients in the two quadrants", DIRECTIONS, "%", low=99.9),
        Measure("spread", "Width of the middle 90% of angles", DIRECTIONS, "°", high=1),
    ),
)

C07 = Claim(
    id="C07",
    title="Off-center inputs ruin the conditioning",
    sentence="Independent inputs of variance 1 and mean $c$ in each of $d$ dimensions make the condition number $1 + dc^2$.",
    sources=(("cs231n2020", "Lecture 7, slides 50 and 53"), ("lecun1991", "")),
    chapter=CHAPTER,
    evidence="A theorem on the Hessian of a linear unit, $E[xx^T] = I + c^2 \\mathbf{1}\\mathbf{1}^T$ "
    "{cite:p}`lecun1991`.",
    method="Eigenvalues of $X^TX/N$ for 100 000 points from $N(c, I)$ in 20 dimensions, over the theory. A finite "
    "sample alone makes the ratio 1.06.",
    measures=tuple(
        Measure(
            f"over_theory_{c:g}",
            f"Condition number over theory, c = {c:g}",
            CONDITIONING,
            low=0.9,
            high=1.1,
        )
        for c in OFFSETS
    ),
)

CLAIMS = (C03, C04, C05, C06, C07)
