"""Claims on the layer itself: C47 to C49."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.normalization.fusing import COSTS, FUSING
from nnbook.experiments.normalization.invariance import IDENTITY, INVARIANCE

CHAPTER = "book/setup/batch-normalization"

C47 = Claim(
    id="C47",
    title="The output has mean beta and standard deviation gamma",
    sentence="You want zero-mean unit-variance activations? Just make them so: whatever the scale of the weights, the output has "
    "mean $\\beta$ and standard deviation $\\gamma$, and the net does not notice the scale.",
    sources=(("cs231n2020", "Lecture 7, slides 77-80"), ("ioffe2015", "Section 3")),
    chapter=CHAPTER,
    evidence="Algebra.",
    method="A fresh net 64-100-10 in float64 with random $\\gamma$ and $\\beta$, on 1200 digits at once. The weights of "
    "its first layer are multiplied by 7 and its biases raised by 3; then they are brought to a weight scale of 0.001.",
    measures=(
        Measure(
            "mean_distance",
            "Largest distance of a mean from $\\beta$, 7W and b + 3",
            INVARIANCE,
            high=1e-12,
        ),
        Measure(
            "std_7", "Standard deviation off $\\gamma$, 7W and b + 3", INVARIANCE, "%", high=0.1
        ),
        Measure(
            "std_tiny",
            "Standard deviation off $\\gamma$, weight scale 0.001",
            INVARIANCE,
            "%",
            high=0.1,
        ),
        Measure(
            "change",
            "Largest change of a score, of the scores' spread, 7W and b + 3",
            INVARIANCE,
            "%",
            high=0.1,
        ),
        Measure(
            "gradient_7", "Gradient for the weights, 7W over W", INVARIANCE, "times", log=True
        ),
        Measure(
            "cosine", "Largest cosine between a unit's weights and their gradient", INVARIANCE
        ),
    ),
)

C48 = Claim(
    id="C48",
    title="Gamma = sigma and beta = mu give the identity",
    sentence="With $\\gamma = \\sigma$ and $\\beta = \\mu$ the layer recovers the identity.",
    sources=(("cs231n2020", "Lecture 7, slide 80"), ("ioffe2015", "Section 3")),
    chapter=CHAPTER,
    evidence="Algebra, with $\\epsilon$ left out.",
    method="Pre-activations of 100 units for 1200 digits go through batch norm in training mode. Distances are in percent of "
    "a unit's standard deviation. As the identity counts what is within 0.01%. Last, $\\gamma$ and $\\beta$ stay and the "
    "examples come in batches of 32.",
    measures=(
        Measure(
            "distance",
            "Largest distance from the identity, $\\epsilon = 10^{-5}$",
            IDENTITY,
            "%",
            high=0.01,
        ),
        Measure("distance_large", "The same, $\\epsilon = 0.1$", IDENTITY, "%", high=0.01),
        Measure(
            "distance_root",
            "The same, $\\epsilon = 0.1$ and $\\gamma = \\sqrt{\\sigma^2 + \\epsilon}$",
            IDENTITY,
            "%",
            high=0.01,
        ),
        Measure(
            "distance_batches", "Root mean square distance, in batches of 32", IDENTITY, "%"
        ),
    ),
)

C49 = Claim(
    id="C49",
    title="Free at test",
    sentence="At test time the layer is a fixed linear map that fuses into the layer before it: it costs nothing.",
    sources=(("cs231n2020", "Lecture 7, slides 82-84"),),
    chapter=CHAPTER,
    evidence="Algebra.",
    method="A net 64-100-100-10 with batch norm learns for two epochs and is fused; its scores for the test digits are "
    "compared, in float32, with those before, in percent of their spread. For the times a net of three layers of 256 units runs on 64 examples on one "
    "thread, with and without batch norm; the fastest of 200 calls counts, in training of 25. Nothing means at most 5% more.",
    measures=(
        Measure(
            "difference", "Largest difference of a score after fusing", FUSING, "%", high=0.01
        ),
        Measure("more_parameters", "Parameters, fused minus plain net", FUSING, low=0, high=0),
        Measure(
            "fused_time", "Time at test, fused over plain", COSTS, "times", high=1.05, log=True
        ),
        Measure(
            "unfused_time", "Time at test, not fused, over plain", COSTS, "times", log=True
        ),
        Measure(
            "training_time",
            "Time of forward and backward pass in training, over plain",
            COSTS,
            "times",
            log=True,
        ),
        Measure("small_time", "The same for the small nets of C52", COSTS, "times", log=True),
        Measure("same_answers", "Equal answers after fusing", FUSING, "%"),
    ),
)

CLAIMS = (C47, C48, C49)
