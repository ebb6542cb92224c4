"""Claims on which activation to choose: C10, C21 to C23."""

from nnbook.claims.activations.rectifiers import C11
from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.activations.bakeoff import ARMS, BAKEOFF
from nnbook.experiments.activations.causes import CAUSES
from nnbook.experiments.activations.depth import SIGMOID_DEPTH
from nnbook.experiments.activations.functions import MAXOUT
from nnbook.experiments.activations.speed import SPEED
from nnbook.experiments.nets import LABELS

CHAPTER = "book/setup/activations"
BAKEOFF_METHOD = "Nets 64-100-100-10 learn from 600 digits for 20 epochs (SGD, momentum 0.9, batches of 32); {}"
RIVALS = (
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "maxout",
    "tanh",
    "sigmoid",
)
C10 = Claim(
    id="C10",
    title="Tanh beats sigmoid",
    sentence="Tanh is a bit better than the sigmoid; the course notes say it is always preferred.",
    sources=(("davian2021", "Tanh"), ("cs231nnotes", "Neural Networks 1")),
    chapter=CHAPTER,
    evidence="Test error of tanh and sigmoid nets: 1.76 and 2.21% on MNIST, 55.9 and 57.28% on CIFAR-10 "
    "{cite:p}`glorot2010`.",
    method=BAKEOFF_METHOD.format(
        "test accuracy, paired by seed. To separate the causes, nets with 6 hidden layers of 64 units learn from 1200 "
        "digits for 10 epochs with four scaled sigmoids: slope 1/4 or 1 at the origin, mean 1/2 or 0."
    ),
    measures=(
        Measure(
            "tanh_minus_sigmoid", "Test accuracy, tanh minus sigmoid", BAKEOFF, "points", low=0
        ),
        Measure("accuracy_tanh", "Test accuracy, tanh", BAKEOFF, "%"),
        Measure("accuracy_sigmoid", "Test accuracy, sigmoid", BAKEOFF, "%"),
        Measure("low_off", "6 layers, slope 1/4, mean 1/2 (sigmoid)", CAUSES, "%"),
        Measure("low_centered", "6 layers, slope 1/4, mean 0", CAUSES, "%"),
        Measure("steep_off", "6 layers, slope 1, mean 1/2", CAUSES, "%"),
        Measure("steep_centered", "6 layers, slope 1, mean 0 (tanh)", CAUSES, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C21 = Claim(
    id="C21",
    title="Maxout contains ReLU, leaky ReLU and |x|",
    sentence="Maxout generalizes ReLU and leaky ReLU, and doubles the number of parameters.",
    sources=(("cs231n2020", "Lecture 7, slide 45"), ("goodfellow2013", "")),
    chapter=CHAPTER,
    evidence="By construction.",
    method="A unit's two pieces are set so that it should equal each function, and compared at 10 001 points. The "
    "parameters of a layer of 100 to 100 units are counted. A net with the parameters of the ReLU net (65 units in "
    "place of 100) joins the comparison of C22.",
    measures=(
        Measure("relu_distance", "Largest distance from ReLU", MAXOUT, high=0),
        Measure("leaky_distance", "Largest distance from leaky ReLU", MAXOUT, high=0),
        Measure("abs_distance", "Largest distance from the absolute value", MAXOUT, high=0),
        Measure(
            "parameters", "Parameters over a linear layer's", MAXOUT, "times", low=2, high=2
        ),
        Measure(
            "maxout_minus_relu",
            "Test accuracy, maxout minus ReLU, equal parameters",
            BAKEOFF,
            "points",
        ),
    ),
)

C22 = Claim(
    id="C22",
    title="Swish beats all others",
    sentence="Swish outperformed all other options on CIFAR-10.",
    sources=(("cs231n2020", "Lecture 7, slide 46"), ("ramachandran2017", "")),
    chapter=CHAPTER,
    evidence="The source does not say so. In its results, as charted by {cite:t}`eecs498`, nine functions ran in three "
    "nets on CIFAR-10: Swish was ahead in one, level with ReLU in another, and behind leaky ReLU in the third (95.5 "
    "against 95.6%).",
    method=BAKEOFF_METHOD.format(
        "each function with the initialization that suits it, maxout with as many parameters as the others."
    ),
    measures=(
        *(
            Measure(
                f"silu_minus_{f}",
                f"Test accuracy, Swish minus {LABELS[f]}",
                BAKEOFF,
                "points",
                low=0,
            )
            for f in RIVALS
        ),
        *(Measure(f"accuracy_{f}", f"Test accuracy, {LABELS[f]}", BAKEOFF, "%") for f in ARMS),
    ),
    failure=Verdict.NOT_HERE,
)

C23 = Claim(
    id="C23",
    title="Don't use sigmoid or tanh",
    sentence="Use ReLU; don't use sigmoid or tanh.",
    sources=(("cs231n2020", "Lecture 7, slide 47"),),
    chapter=CHAPTER,
    evidence="The lecture's summary of its own arguments.",
    method="Four tests of each, from the experiments of C22, C11 and C02: is ReLU's test accuracy higher in a shallow "
    "net, does ReLU need fewer updates with one and with three hidden layers (to 1% training error), and does the "
    "function fail to reach 90% test accuracy with 15 hidden layers?",
    measures=(
        *(
            Measure(
                f"relu_minus_{f}",
                f"Test accuracy, ReLU minus {f}, 2 layers",
                BAKEOFF,
                "points",
                low=0,
            )
            for f in ("sigmoid", "tanh")
        ),
        *(
            Measure(m.key, m.label, SPEED, "times", low=1, log=True)
            for m in C11.measures
            if m.decides and m.key.endswith("_1")
        ),
        *(
            Measure(f"{f}_15", f"Test accuracy, {f}, 15 layers", SIGMOID_DEPTH, "%", high=90)
            for f in ("sigmoid", "tanh")
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C10, C21, C22, C23)
