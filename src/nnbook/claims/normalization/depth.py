"""Claims on nets that are hard to train: C53 and C54."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.activations.depth import SIGMOID_DEPTH
from nnbook.experiments.normalization.depth import DEPTHS, NORM_DEPTH
from nnbook.experiments.normalization.gradients import GRADIENT_GROWTH
from nnbook.experiments.normalization.sigmoids import SIGMOIDS

CHAPTER = "book/setup/batch-normalization"
SLIDE = ("cs231n2020", "Lecture 7, slide 84")

C53 = Claim(
    id="C53",
    title="Batch norm rescues sigmoids",
    sentence="With batch normalization deep nets of sigmoids can be trained.",
    sources=(("ioffe2015", "Section 4.2.2"),),
    chapter=CHAPTER,
    evidence="Inception with sigmoids and batch norm reached 69.8% on ImageNet; without it, it never got above chance "
    "{cite:p}`ioffe2015`.",
    method="The nets of C02, on which sigmoids failed, with batch norm before each sigmoid: 6 and 15 hidden layers of 64 "
    "units, Xavier's weights, 10 epochs on 1200 digits in batches of 50. Trained means 90%.",
    measures=(
        Measure("normalized_6", "Test accuracy, 6 layers, batch norm", SIGMOIDS, "%", low=90),
        Measure("normalized_15", "Test accuracy, 15 layers, batch norm", SIGMOIDS, "%", low=90),
        Measure("sigmoid_6", "Test accuracy, 6 layers, plain", SIGMOID_DEPTH, "%"),
        Measure("sigmoid_15", "Test accuracy, 15 layers, plain", SIGMOID_DEPTH, "%"),
        Measure(
            "growth_sigmoid",
            "Growth of the gradient a layer, fresh, batch norm",
            GRADIENT_GROWTH,
            "times",
            log=True,
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C54 = Claim(
    id="C54",
    title="Deep nets become easier, gradients flow better",
    sentence="Batch normalization makes deep networks much easier to train and improves gradient flow.",
    sources=(SLIDE,),
    chapter=CHAPTER,
    evidence="None is given on the slide. Theory says that in a fresh net batch norm makes gradients grow from layer to layer "
    "{cite:p}`yang2019`.",
    method="Nets with 6, 15 and 30 hidden layers of 64 ReLUs, He's weights, 10 epochs on 1200 digits in batches of 50; easier means "
    "a higher test accuracy. Then noise is sent back through 30 fresh layers of 256 units, batch 256: flow is better the less a gradient changes "
    "in a layer; the change is the distance of the logarithm of its growth from 0.",
    measures=(
        *(
            Measure(
                f"lead_{depth}",
                f"Test accuracy, batch norm minus plain, {depth} layers",
                NORM_DEPTH,
                "points",
                low=0,
            )
            for depth in DEPTHS
        ),
        Measure(
            "nearer_than_he",
            "Change of the gradient a layer, plain with He's weights minus batch norm",
            GRADIENT_GROWTH,
            low=0,
        ),
        Measure(
            "nearer_than_lecun",
            "Change of the gradient a layer, plain with variance 1/n minus batch norm",
            GRADIENT_GROWTH,
            low=0,
        ),
        Measure(
            "growth_relu", "Growth a layer, batch norm", GRADIENT_GROWTH, "times", log=True
        ),
        Measure(
            "over_theory_relu",
            "The same, over $\\sqrt{\\pi/(\\pi - 1)}$",
            GRADIENT_GROWTH,
            "times",
            log=True,
        ),
        Measure(
            "over_theory_tanh", "Growth over theory, tanh", GRADIENT_GROWTH, "times", log=True
        ),
        Measure(
            "over_theory_sigmoid",
            "Growth over theory, sigmoid",
            GRADIENT_GROWTH,
            "times",
            log=True,
        ),
        Measure(
            "growth_plain_he",
            "Growth a layer, plain, He's weights",
            GRADIENT_GROWTH,
            "times",
            log=True,
        ),
        Measure(
            "growth_plain_lecun",
            "Growth a layer, plain, variance 1/n",
            GRADIENT_GROWTH,
            "times",
            log=True,
        ),
        Measure(
            "growth_start",
            "Growth a layer of the loss gradient, 30 layers, before training",
            NORM_DEPTH,
            "times",
            log=True,
        ),
        Measure("growth_one", "The same after one update", NORM_DEPTH, "times", log=True),
        Measure("growth_ten", "The same after ten updates", NORM_DEPTH, "times", log=True),
        *(
            Measure(
                f"{norm}_{depth}",
                f"Test accuracy, {'batch norm' if norm == 'batch' else norm}, {depth} layers",
                NORM_DEPTH,
                "%",
            )
            for norm in ("plain", "batch")
            for depth in DEPTHS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C53, C54)
