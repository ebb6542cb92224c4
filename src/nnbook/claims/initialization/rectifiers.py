"""Claims on ReLU with Xavier's and with He's weights: C39 to C41."""

from nnbook.claims.initialization.lecture import FULL, SLIDE, STACK, stds
from nnbook.claims.model import Claim, Measure
from nnbook.experiments.initialization.depths import RELU_DEPTHS
from nnbook.experiments.initialization.full_size import FULL_SIZE
from nnbook.experiments.initialization.ladder import LADDER
from nnbook.experiments.initialization.lecture import DEPTH, LECTURE
from nnbook.experiments.initialization.stacks import DEEP, DEFAULTS

CHAPTER = "book/setup/initialization"


def means(setting: str) -> tuple[Measure, ...]:
    """The mean of each layer's outputs, to be shown beside the slide's."""
    return tuple(
        Measure(f"{setting}_mean_{i}", f"Mean, layer {i}", LECTURE) for i in range(1, DEPTH + 1)
    )


C39 = Claim(
    id="C39",
    title="ReLU with Xavier shrinks",
    sentence="With ReLU and Xavier's weights the activations collapse to zero again: each layer divides them by the root of 2.",
    sources=(("cs231n2020", "Lecture 7, slide 73"), ("he2015", "Section 2.2")),
    chapter=CHAPTER,
    evidence="One run: standard deviations 0.58, 0.41, 0.30, 0.21, 0.15, 0.10 in the six layers.",
    method=STACK
    + "The factor per layer, from layer 1 to layer 6, should be $1/\\sqrt2 = 0.707$: within 0.69 and 0.725. Fifty layers as in "
    "C34. Then ten fresh layers of 256 units on digits, with He's weights and biases 0, and with the default of PyTorch: "
    "uniform weights of variance $1/3n$ and random biases.",
    measures=(
        Measure(
            "relu_xavier_per_layer", "Factor per layer", LECTURE, low=0.69, high=0.725, log=True
        ),
        Measure(
            "deep_relu_xavier_kept",
            "Signal at layer 50 over layer 1",
            DEEP,
            high=1e-6,
            log=True,
        ),
        Measure("default_dead", "Dead units, layer 10, PyTorch's default", DEFAULTS, "%"),
        Measure("he_dead", "Dead units, layer 10, He and zero biases", DEFAULTS, "%"),
        Measure(
            "default_spread",
            "Spread over examples, layer 10, PyTorch's default",
            DEFAULTS,
            log=True,
        ),
        Measure(
            "he_spread",
            "Spread over examples, layer 10, He and zero biases",
            DEFAULTS,
            log=True,
        ),
        Measure("relu_xavier_distance", SLIDE, LECTURE),
        *stds("relu_xavier"),
        *means("relu_xavier"),
    ),
)

C40 = Claim(
    id="C40",
    title="ReLU with Xavier does not learn",
    sentence="ReLU nets with Xavier's weights do not learn.",
    sources=(("cs231n2020", "Lecture 7, slide 73"), ("he2015", "Figures 2 and 3")),
    chapter=CHAPTER,
    evidence="The slide infers it from the activations. With 22 layers on ImageNet both converged, He's earlier; with 30 layers "
    "Xavier's stalled; with 14 layers the errors were 33.90 and 33.82% {cite:p}`he2015`.",
    method="ReLU nets with 3, 6, 20 and 30 hidden layers of 64 units learn 1200 digits for 10 epochs. No learning means at "
    "most 20% test accuracy. The slide's net has 6 layers. With 30 layers Xavier's net learned at no rate; it runs at three, and the best "
    "counts. The slide's own net as in C35. Gradients as in C35, over He's.",
    measures=(
        Measure("xavier_6", "Test accuracy, Xavier, 6 layers", RELU_DEPTHS, "%", high=20),
        Measure("full_relu_xavier", FULL, FULL_SIZE, "%", high=20),
        Measure("accuracy_xavier", "Test accuracy, Xavier, 20 layers", LADDER, "%", high=20),
        Measure("xavier_30", "Test accuracy, Xavier, 30 layers", RELU_DEPTHS, "%", high=20),
        Measure("xavier_3", "Test accuracy, Xavier, 3 layers", RELU_DEPTHS, "%"),
        Measure("he_3", "Test accuracy, He, 3 layers", RELU_DEPTHS, "%"),
        Measure("he_6", "Test accuracy, He, 6 layers", RELU_DEPTHS, "%"),
        Measure("accuracy_he", "Test accuracy, He, 20 layers", LADDER, "%"),
        Measure("he_30", "Test accuracy, He, 30 layers", RELU_DEPTHS, "%"),
        Measure("he_minus_xavier_3", "He minus Xavier, 3 layers", RELU_DEPTHS, "points"),
        Measure("he_minus_xavier_6", "He minus Xavier, 6 layers", RELU_DEPTHS, "points"),
        Measure("he_minus_xavier", "He minus Xavier, 20 layers", LADDER, "points"),
        Measure("he_minus_xavier_30", "He minus Xavier, 30 layers", RELU_DEPTHS, "points"),
        Measure(
            "relu_xavier_dw_least",
            "dL/dW over He's, at least, of six layers",
            LECTURE,
            "times",
            log=True,
        ),
        Measure(
            "relu_xavier_dw_most",
            "dL/dW over He's, at most, of six layers",
            LECTURE,
            "times",
            log=True,
        ),
    ),
)

C41 = Claim(
    id="C41",
    title="He keeps ReLU nicely scaled",
    sentence="With weights of variance 2/D the activations of ReLU are nicely scaled for all layers.",
    sources=(("cs231n2020", "Lecture 7, slide 74"), ("he2015", "Section 2.2")),
    chapter=CHAPTER,
    evidence="One run: standard deviations 0.83, 0.83, 0.83, 0.81, 0.81, 0.81 in the six layers.",
    method=STACK + "Nicely scaled is read as in C37.",
    measures=(
        Measure("relu_he_kept", "Layer 6 over layer 1", LECTURE, low=0.25, high=4, log=True),
        Measure("deep_relu_he_kept", "Layer 50 over layer 1", DEEP, low=0.25, high=4, log=True),
        Measure("relu_he_left", "dL/dz at layer 1 over layer 6", LECTURE, log=True),
        Measure("deep_relu_he_left", "dL/dz at layer 1 over layer 50", DEEP, log=True),
        Measure("deep_cosine", "Cosine between two examples, layer 50", DEEP),
        Measure("relu_he_distance", SLIDE, LECTURE),
        *stds("relu_he"),
        *means("relu_he"),
    ),
)

CLAIMS = (C39, C40, C41)
