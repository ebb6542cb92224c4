"""Claims on what regularizers and augmentation bring: C83 and C84."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.regularization.longer import LONGER
from nnbook.experiments.regularization.recipes import WAYS
from nnbook.experiments.regularization.sizes import AUGMENTED, PLANS
from nnbook.experiments.regularization.small_data import SMALL_DATA

CHAPTER = "book/setup/regularization"
SETTING = (
    "Nets 64-100-100-10 with ReLU, 200 training digits, 40 epochs of SGD with momentum 0.9, every way and strength at "
    "its own best learning rate. "
)
NAMES = {
    "l2": "L2",
    "l1": "L1",
    "max_norm": "max-norm",
    "dropout": "dropout",
    "mixup": "mixup",
    "cutout": "cutout",
    "shift": "shift",
    "flip": "flip",
}
PENALTIES = tuple(way for way in NAMES if way not in ("shift", "flip"))
# Of each way the strength of the best mean score on the tuning seeds, at its best rate; a test compares.
CHOSEN = {
    "l2": 1e-2,
    "l1": 1e-3,
    "max_norm": 1.0,
    "dropout": 0.1,
    "mixup": 0.2,
    "cutout": 6,
    "shift": 1,
    "flip": 0.5,
}


def chosen(way: str) -> str:
    """The arm that decides, such as "l2_0.01"."""
    return f"{way}_{CHOSEN[way]:g}"


def _gain(way: str) -> Measure:
    return Measure(f"gain_{chosen(way)}", f"Gain by {NAMES[way]}", SMALL_DATA, "points", low=0)


def _other_gains(ways: tuple[str, ...]) -> tuple[Measure, ...]:
    """The gains of the strengths that do not decide."""
    return tuple(
        Measure(f"gain_{way}_{s:g}", f"Gain by {NAMES[way]}, {s:g}", SMALL_DATA, "points")
        for way in ways
        for s in WAYS[way]
        if s != CHOSEN[way]
    )


C83 = Claim(
    id="C83",
    title="Regularizers help small data",
    sentence="With little data regularization improves the test error: penalties on the weights, max-norm, dropout, "
    "mixup and cutout.",
    sources=(("cs231n2020", "Lecture 8, slides 59-90"), ("cs231nnotes", "Neural Networks 2")),
    chapter=CHAPTER,
    evidence="The papers of each method, with deep nets and larger data: for dropout on MNIST, test errors of 1.60% "
    "without and 1.06% with dropout, ReLU and max-norm {cite:p}`srivastava2014`.",
    method=SETTING
    + "Each method has two or three strengths; the one that decides has the best mean accuracy on the tuning seeds. "
    "Gains of test accuracy are paired with the plain net of the same seed. To help means to gain anything at all.",
    measures=(
        *(_gain(way) for way in PENALTIES),
        *(
            Measure(
                f"loss_change_{chosen(way)}",
                f"Change of the test loss by {NAMES[way]}",
                SMALL_DATA,
                "nats",
            )
            for way in PENALTIES
        ),
        *_other_gains(PENALTIES),
        Measure("accuracy_plain", "Test accuracy, plain", SMALL_DATA, "%"),
        Measure("training_plain", "Training accuracy, plain", SMALL_DATA, "%"),
        Measure("loss_plain", "Test loss, plain", SMALL_DATA, "nats"),
        *(
            Measure(
                f"training_{chosen(way)}", f"Training accuracy, {NAMES[way]}", SMALL_DATA, "%"
            )
            for way in PENALTIES
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C84 = Claim(
    id="C84",
    title="Augmentation is almost always a good idea",
    sentence="Data augmentation is almost always a good idea: shift the training images, flip them.",
    sources=(("cs231n2020", "Lecture 8, slide 90"),),
    chapter=CHAPTER,
    evidence="Practice with photographs, where a mirror image shows the same thing.",
    method="Shifts by one pixel, up or down and left or right, each time drawn anew: 200 digits as in {claim}`C83`; 50 "
    "digits for 150 epochs and 1200 digits for 20. Flips: left to right, every second image. Gains of test accuracy are "
    "paired with the plain net of the same seed. Beside it, for 10 seeds, 200 digits with and without shifts for 160 "
    "epochs; this part was added later and decides nothing.",
    measures=(
        Measure("gain_50", "Gain by shifts, 50 digits", AUGMENTED, "points", low=0),
        Measure("gain_shift_1", "Gain by shifts, 200 digits", SMALL_DATA, "points", low=0),
        Measure("gain_1200", "Gain by shifts, 1200 digits", AUGMENTED, "points", low=0),
        Measure("gain_flip_0.5", "Gain by flips, 200 digits", SMALL_DATA, "points", low=0),
        Measure(
            "gain_long", "Gain by shifts, 200 digits, four times as long", LONGER, "points"
        ),
        Measure("plain_long", "Test accuracy, plain, four times as long", LONGER, "%"),
        Measure("shifted_long", "Test accuracy, shifts, four times as long", LONGER, "%"),
        *(
            Measure(f"{key}_{size}", f"{label}, {size} digits", AUGMENTED, "%")
            for size in PLANS
            for key, label in (
                ("plain", "Test accuracy, plain"),
                ("shifted", "Test accuracy, trained with shifts"),
                ("plain_moved", "On shifted test images, plain"),
                ("shifted_moved", "On shifted test images, trained with shifts"),
            )
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C83, C84)
