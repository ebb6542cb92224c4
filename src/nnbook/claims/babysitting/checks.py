"""Claims on what to check before a training: C69 and C70."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.babysitting.by_heart import BY_HEART
from nnbook.experiments.babysitting.initial import INITIAL_LOSS
from nnbook.experiments.babysitting.patients import KINDS
from nnbook.experiments.babysitting.ward import MISTAKES, NAMES

CHAPTER = "book/dynamics/babysitting"
SOURCES = (
    ("cs231n2020", "Lecture 8, slides 91 to 105"),
    ("cs231nnotes", "Neural Networks 3, sanity checks"),
)
NETS = {
    "small": "all weights of standard deviation 0.01",
    "he": "He's weights",
    "xavier": "Xavier's weights",
    "third": "variance 1/(3n)",
    "head": "He's, last layer ten times smaller",
    "deep": "He's, five hidden layers",
    "norm": "He's, batch norm",
    "raw": "He's, pixels from 0 to 16",
}
LOSSES = {"softmax": "Cross-entropy over $\\ln 10$", "hinge": "Hinge loss over 9"}

C69 = Claim(
    id="C69",
    title="The initial loss is ln C",
    sentence="Before training, the loss should be $\\ln C$ for a softmax over $C$ classes, 2.302 for ten, and $C - 1$, 9 for "
    "ten, for the hinge loss.",
    sources=SOURCES,
    chapter=CHAPTER,
    evidence="Equal scores give each class the probability $1/C$, and miss each margin by 1. The notes add that this is for small "
    "initial parameters. The slide does not.",
    method="Fresh ReLU nets 64-100-10 on 1200 digits, scaled as everywhere in the book; five hidden layers of 100 for *five hidden "
    "layers*, two for *batch norm*. Within 5% counts as equal. *Theory* is the mean over all draws of He's weights in a wide "
    "net. The claim names small weights (in the notes) and none (on the slide), so both those and He's decide.",
    measures=(
        *(
            Measure(
                f"{loss}_{net}",
                f"{LOSSES[loss]}, {NETS[net]}",
                INITIAL_LOSS,
                low=0.95,
                high=1.05,
            )
            for net in ("small", "he")
            for loss in LOSSES
        ),
        *(
            Measure(f"{loss}_{net}", f"{LOSSES[loss]}, {NETS[net]}", INITIAL_LOSS)
            for net in NETS
            if net not in ("small", "he")
            for loss in LOSSES
        ),
        *(
            Measure(f"{loss}_theory", f"{LOSSES[loss]}, He's weights, theory", INITIAL_LOSS)
            for loss in LOSSES
        ),
        Measure("excess", "Cross-entropy above $\\ln 10$, He's weights", INITIAL_LOSS, "nats"),
        Measure("excess_theory", "The same, theory", INITIAL_LOSS, "nats"),
    ),
)

# Mistakes of which the sources say, or which they invite us to expect, that the check does not see them.
UNSEEN = (
    "random_features",
    "labels_shuffled",
    "labels_off_by_one",
    "test_in_raw_pixels",
    "dropout_left_on",
)

C70 = Claim(
    id="C70",
    title="Learn 20 examples by heart",
    sentence="Before training on all data, see that the net can bring the loss of some 20 examples to zero: one that cannot is not "
    "worth training further. One that can may still be wrong.",
    sources=SOURCES,
    chapter=CHAPTER,
    evidence="Experience. The notes give an example of the last sentence: if the features are random, by some mistake, the net still "
    "learns them by heart, and nothing else.",
    method="ReLU nets 64-100-100-10, 600 digits, Adam in batches of 30 for 20 epochs. Right nets, plain, with dropout and with batch "
    "norm, choose their own rate; then mistakes are made on purpose, at that rate. A net *passes* if Adam, at the net's own rate "
    "and on 20 examples at a time, brings their loss to 1% of $\\ln 10$ within 300 updates, as in `sanity_checks`. "
    "Accuracies are of 1197 other digits; what is *lost* is lost against the right net. A mistake is worth finding if it "
    "costs 5 points.",
    measures=(
        *(
            Measure(f"passes_{kind}", f"Passes: {NAMES[kind]}", BY_HEART, "%", low=95)
            for kind in KINDS
        ),
        Measure(
            "least_lost",
            "Least lost by a mistake that fails the check",
            BY_HEART,
            "points",
            low=5,
        ),
        *(
            Measure(f"passes_{name}", f"Passes: {NAMES[name]}", BY_HEART, "%", low=95)
            for name in UNSEEN
        ),
        *(
            Measure(f"lost_{name}", f"Lost: {NAMES[name]}", BY_HEART, "points", low=5)
            for name in UNSEEN
        ),
        *(
            Measure(f"passes_{name}", f"Passes: {NAMES[name]}", BY_HEART, "%")
            for name in MISTAKES
            if name not in UNSEEN
        ),
        *(
            Measure(f"lost_{name}", f"Lost: {NAMES[name]}", BY_HEART, "points")
            for name in MISTAKES
            if name not in UNSEEN
        ),
        *(
            Measure(f"accuracy_{kind}", f"Test accuracy: {NAMES[kind]}", BY_HEART, "%")
            for kind in KINDS
        ),
    ),
)

CLAIMS = (C69, C70)
