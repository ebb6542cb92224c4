"""Claims on ReLU and its relatives with a slope below zero: C11, C17, C18, C24."""

from math import inf

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.activations.bakeoff import BAKEOFF
from nnbook.experiments.activations.dying import DEATHS, REVIVALS
from nnbook.experiments.activations.slope_rate import SLOPE_RATE
from nnbook.experiments.activations.sparsity import SPARSITY
from nnbook.experiments.activations.speed import DEPTHS, SPEED, TARGETS
from nnbook.experiments.nets import LABELS

CHAPTER = "book/setup/activations"


def _speed_measure(
    activation: str, depth: int, target: int, low: float, high: float
) -> Measure:
    layers = f"{depth} hidden layer{'s' if depth > 1 else ''}"
    label = f"{LABELS[activation]} over ReLU, {layers}, to {target}% error"
    return Measure(
        f"{activation}_{depth}_{target}", label, SPEED, "times", low=low, high=high, log=True
    )


C11 = Claim(
    id="C11",
    title="ReLU converges 6 times faster",
    sentence="ReLU converges about 6 times faster than sigmoid and tanh.",
    sources=(
        ("davian2021", "ReLU"),
        ("cs231n2020", "Lecture 7, slide 35"),
        ("krizhevsky2012", "Figure 1"),
    ),
    chapter=CHAPTER,
    evidence="One figure: a four-layer convolutional net on CIFAR-10 reached 25% *training* error six times faster "
    "with ReLU than with tanh. Each had its own learning rate, neither was regularized, sigmoid was not in it, and "
    "the caption says that the size of the effect depends on the architecture {cite:p}`krizhevsky2012`.",
    method="Updates until the training error is down to 25% and to 1%, for nets with 1 and 3 hidden layers of 100 "
    'units on 1200 digits; SGD with momentum 0.9, batches of 10. "About 6" is read as 4 to 9.',
    measures=(
        *(
            _speed_measure(activation, depth, target, 4, 9)
            for activation in ("tanh", "sigmoid")
            for depth in DEPTHS
            for target in TARGETS
        ),
        *(
            Measure(
                f"updates_{f}_{d}_{t}",
                f"Updates, {LABELS[f]}, {d} hidden, to {t}%",
                SPEED,
                log=True,
            )
            for f in ("relu", "tanh", "sigmoid")
            for d in DEPTHS
            for t in TARGETS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C17 = Claim(
    id="C17",
    title="Leaky ReLU will not die and is as fast",
    sentence="Leaky ReLU does not saturate, converges as fast as ReLU, and will not die.",
    sources=(("cs231n2020", "Lecture 7, slide 41"), ("maas2013", "")),
    chapter=CHAPTER,
    evidence="On 300 hours of speech, rectified nets beat sigmoidal ones by 2 points of word error "
    '{cite:p}`maas2013`. The slide\'s "6x" was measured for ReLU.',
    method="Not dying is read as coming back: 20 units of a fresh leaky net are pushed off the data as in C16, and "
    "most of them must be active again after 20 epochs, in each layer. Updates to 25% and to 1% training error as "
    "in C11; as fast means at most 10% more.",
    measures=(
        Measure(
            "revived_leaky_1", "Leaky units back in 20 epochs, layer 1", REVIVALS, "%", low=50
        ),
        Measure(
            "revived_leaky_2", "Leaky units back in 20 epochs, layer 2", REVIVALS, "%", low=50
        ),
        *(
            _speed_measure("leaky_relu", depth, target, -inf, 1.1)
            for depth in DEPTHS
            for target in TARGETS
        ),
        Measure("revived_1", "Revived ReLUs, layer 1", REVIVALS, "%"),
        Measure(
            "relu_minus_leaky_relu",
            "Test accuracy, ReLU minus leaky, best rates",
            BAKEOFF,
            "points",
        ),
        Measure("finite_leaky_relu", "Highest rate without overflow, leaky", DEATHS, log=True),
        Measure("finite_relu", "Highest rate without overflow, ReLU", DEATHS, log=True),
    ),
    failure=Verdict.NOT_HERE,
)

C18 = Claim(
    id="C18",
    title="PReLU learns useful slopes",
    sentence="Back-propagate into the slope: a learned slope is better than ReLU's, and larger in early layers.",
    sources=(("cs231n2020", "Lecture 7, slide 42"), ("he2015", "")),
    chapter=CHAPTER,
    evidence="On a 14-layer ImageNet model PReLU was 1.2 points better than ReLU with a slope for each channel, and 1.1 "
    "points with a slope for each layer. The first layer learned slopes of 0.6 to 0.7 {cite:p}`he2015`.",
    method="One slope a layer, starting at 0.25, in nets 64-100-100-10 on 600 digits for 20 epochs. To learn why, the runs are repeated with the gradients of the slopes divided by ten.",
    measures=(
        Measure(
            "prelu_minus_relu", "Test accuracy, PReLU minus ReLU", BAKEOFF, "points", low=0
        ),
        Measure("slope_1_minus_2", "Learned slope, layer 1 minus layer 2", BAKEOFF, low=0),
        Measure("full_pace", "PReLU minus ReLU, both at rate 0.03", SLOPE_RATE, "points"),
        Measure(
            "tenth_pace",
            "The same, slopes learning at a tenth of the pace",
            SLOPE_RATE,
            "points",
        ),
        Measure("slope_1", "Learned slope, layer 1", BAKEOFF),
        Measure("slope_2", "Learned slope, layer 2", BAKEOFF),
    ),
    failure=Verdict.NOT_HERE,
)

C24 = Claim(
    id="C24",
    title="ReLU is biologically more plausible",
    sentence="ReLU is biologically more plausible than the sigmoid.",
    sources=(("davian2021", "ReLU"), ("glorot2011", "")),
    chapter=CHAPTER,
    evidence="Neurons are one-sided and sparse: 1 to 4% are active at once {cite:p}`glorot2011`. A sigmoid idles at "
    "1/2. No experiment says that neurons are ReLUs.",
    method="Active share of the hidden units of nets 64-100-100-10 on 1200 digits: fresh, trained for 30 epochs, and "
    "trained with an L1 penalty on the outputs of 0.001 and of 0.01; and of a trained sigmoid net, where active means "
    "an output above 0 as well.",
    measures=(
        Measure(
            "active_over_sigmoid",
            "Active units, trained, ReLU minus sigmoid",
            SPARSITY,
            "points",
            high=0,
        ),
        Measure(
            "active_plain",
            "Active units, trained: 1 to 4%, as in the cortex",
            SPARSITY,
            "%",
            low=1,
            high=4,
        ),
        Measure("active_strong", "The same with L1 penalty 0.01", SPARSITY, "%", low=1, high=4),
        Measure("active_start", "Active units, fresh", SPARSITY, "%"),
        Measure("active_weak", "Active units, L1 penalty 0.001", SPARSITY, "%"),
        Measure("accuracy_plain", "Test accuracy, no penalty", SPARSITY, "%"),
        Measure("accuracy_strong", "Test accuracy, L1 penalty 0.01", SPARSITY, "%"),
    ),
)

CLAIMS = (C11, C17, C18, C24)
