"""Claims on flat slopes, vanishing gradients and the exponential: C01, C02, C08, C09, C19, C20."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.activations.bakeoff import BAKEOFF
from nnbook.experiments.activations.cost import COST
from nnbook.experiments.activations.depth import SIGMOID_DEPTH, VERY_DEEP
from nnbook.experiments.activations.functions import MEANS, SLOPES, TANH
from nnbook.experiments.activations.signal import SELU_STACK, SIGMOID_STACK

CHAPTER = "book/setup/activations"

C01 = Claim(
    id="C01",
    title="Saturated sigmoids kill the gradient",
    sentence="In the regions where the sigmoid is flat the gradient is 0. ReLU does not saturate for x > 0.",
    sources=(
        ("davian2021", "Sigmoid, problem 1"),
        ("cs231n2020", "Lecture 7, slides 19-24 and 35"),
    ),
    chapter=CHAPTER,
    evidence="Analytic: the slope is $\\sigma(x)(1-\\sigma(x))$, at most 1/4, and the lecture asks for it at "
    "$x = -10, 0, 10$.",
    method="The slope is evaluated far out and compared with the largest one. A search finds from which $x$ on "
    "a computer returns exactly zero.",
    measures=(
        Measure(
            "slope_share",
            "Sigmoid's slope at 10, as a share of its slope at 0",
            SLOPES,
            "%",
            high=1,
        ),
        Measure("slope_far", "Sigmoid's slope at 10 (the notes: 0)", SLOPES, high=0),
        Measure("relu_slope_far", "ReLU's slope at 10", SLOPES, low=1, high=1),
        Measure("zero_float64", "The slope is exactly 0 in float64 from x =", SLOPES),
        Measure("zero_float32", "The slope is exactly 0 in float32 from x =", SLOPES),
        Measure(
            "zero_naive_float64", "Computed as s(1 - s), it is 0 in float64 from x =", SLOPES
        ),
        Measure(
            "zero_naive_float32", "Computed as s(1 - s), it is 0 in float32 from x =", SLOPES
        ),
    ),
)

C02 = Claim(
    id="C02",
    title="Gradients vanish through a stack of sigmoids",
    sentence="Gradients vanish on their way through many sigmoid layers, so that deep sigmoid nets do not train.",
    sources=(("cs231n2020", "Lecture 7, slides 20-24"), ("glorot2010", "Table 1")),
    chapter=CHAPTER,
    evidence="With five hidden layers of 1000 units on Shapeset-3x2, sigmoid nets had 82.6% test error and tanh nets "
    "27.2% {cite:p}`glorot2010`.",
    method="Unit noise is sent backwards through 50 untrained layers of 256 units, for two weight scales "
    "$\\sigma_w$. Then digit classifiers with 3, 6 and 15 hidden layers of 64 units of Xavier's initialization (weight scale 1) are trained on 1200 digits for 10 epochs, in batches of 50.",
    measures=(
        Measure(
            "left_sigmoid_1",
            "Gradient left at the first of 50 sigmoid layers, weight scale 1",
            SIGMOID_STACK,
            high=1e-6,
            log=True,
        ),
        Measure(
            "left_sigmoid_4",
            "Gradient left at the first of 50 sigmoid layers, weight scale 4",
            SIGMOID_STACK,
            high=1e-6,
            log=True,
        ),
        Measure("sigmoid_15", "Test accuracy, sigmoid, 15 layers", SIGMOID_DEPTH, "%", high=20),
        Measure(
            "left_tanh_1",
            "Gradient left at the first of 50 tanh layers, weight scale 1",
            SIGMOID_STACK,
            log=True,
        ),
        Measure("sigmoid_3", "Test accuracy, sigmoid, 3 layers", SIGMOID_DEPTH, "%"),
        Measure("sigmoid_6", "Test accuracy, sigmoid, 6 layers", SIGMOID_DEPTH, "%"),
        Measure("tanh_3", "Test accuracy, tanh, 3 layers", SIGMOID_DEPTH, "%"),
        Measure("tanh_6", "Test accuracy, tanh, 6 layers", SIGMOID_DEPTH, "%"),
        Measure("tanh_15", "Test accuracy, tanh, 15 layers", SIGMOID_DEPTH, "%"),
    ),
)

C08 = Claim(
    id="C08",
    title="The exponential is expensive",
    sentence="Calculating the exponential of the sigmoid is expensive; ReLU is computationally efficient.",
    sources=(("davian2021", "Sigmoid, problem 3; ReLU"), ("cs231n2020", "Lecture 7, slide 33")),
    chapter=CHAPTER,
    evidence='None is given. The slide says "a bit" expensive.',
    method="The fastest of 15 calls, on one thread: on a million doubles beside ReLU, and on the output of a layer "
    "of 512 to 512 units (batch 128) beside the layer's own matrix product.",
    measures=(
        Measure(
            "sigmoid_over_relu", "Time of sigmoid over ReLU's", COST, "times", low=2, log=True
        ),
        Measure("tanh_over_relu", "Time of tanh over ReLU's", COST, "times", low=2, log=True),
        Measure(
            "sigmoid_share", "Sigmoid's share of its layer's forward time", COST, "%", low=10
        ),
        Measure("tanh_share", "Tanh's share of its layer's forward time", COST, "%", low=10),
        Measure(
            "exp_over_relu", "Time of the bare exponential over ReLU's", COST, "times", log=True
        ),
        Measure("relu_share", "ReLU's share of its layer's forward time", COST, "%"),
    ),
)

C09 = Claim(
    id="C09",
    title="Tanh is a rescaled sigmoid",
    sentence="tanh(x) = 2 sigmoid(2x) - 1.",
    sources=(("cs231nnotes", "Neural Networks 1"),),
    chapter=CHAPTER,
    evidence="Algebra.",
    method="The largest distance between the two sides at 400 001 points on [-20, 20], in float64.",
    measures=(Measure("distance", "Largest distance", TANH, high=1e-15),),
)

C19 = Claim(
    id="C19",
    title="ELU's outputs are closer to zero mean",
    sentence="The mean output of ELU is closer to zero than that of ReLU.",
    sources=(("cs231n2020", "Lecture 7, slide 43"), ("clevert2015", "")),
    chapter=CHAPTER,
    evidence="An argument on natural gradients, and training curves on CIFAR-10 and MNIST {cite:p}`clevert2015`.",
    method="The mean output for an input from N(0, 1), by integration. Then the hidden units of trained digit nets: "
    "|mean| over root mean square on the training data, averaged over units.",
    measures=(
        Measure(
            "gauss_ratio", "Mean output, ELU over ReLU, Gaussian input", MEANS, "times", high=1
        ),
        Measure(
            "trained_ratio",
            "Off-center measure, ELU over ReLU, trained nets",
            BAKEOFF,
            "times",
            high=1,
            log=True,
        ),
        Measure("gauss_elu", "Mean output of ELU, Gaussian input", MEANS),
        Measure("gauss_relu", "Mean output of ReLU, Gaussian input", MEANS),
    ),
)

C20 = Claim(
    id="C20",
    title="SELU normalizes itself",
    sentence="SELU keeps mean 0 and variance 1 through the layers; deep SELU nets train without batch norm.",
    sources=(("cs231n2020", "Lecture 7, slide 44"), ("klambauer2017", "")),
    chapter=CHAPTER,
    evidence="A proof that (0, 1) is a stable fixed point of mean and variance, and comparisons on 121 data sets "
    "{cite:p}`klambauer2017`.",
    method="Gaussian input goes through 50 untrained layers of 256 units with weights of variance 1/n, and of 2/n. "
    "Then nets with 30 hidden layers of 64 units learn 1200 digits for 10 epochs in batches of 50, without any normalization.",
    measures=(
        Measure(
            "std_lecun",
            "Standard deviation after 50 layers, variance 1/n",
            SELU_STACK,
            low=0.8,
            high=1.2,
        ),
        Measure(
            "mean_lecun", "Mean after 50 layers, variance 1/n", SELU_STACK, low=-0.2, high=0.2
        ),
        Measure("selu_30", "Test accuracy, SELU, 30 layers", VERY_DEEP, "%", low=90),
        Measure("std_he", "Standard deviation after 50 layers, variance 2/n", SELU_STACK),
        Measure("relu_30", "Test accuracy, ReLU, 30 layers", VERY_DEEP, "%"),
        Measure("tanh_30", "Test accuracy, tanh, 30 layers", VERY_DEEP, "%"),
        Measure("selu_minus_relu", "SELU minus ReLU", VERY_DEEP, "points"),
        Measure("selu_minus_tanh", "SELU minus tanh", VERY_DEEP, "points"),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C01, C02, C08, C09, C19, C20)
