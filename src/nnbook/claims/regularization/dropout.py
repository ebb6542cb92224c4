"""Claims on dropout: C85 and C86."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.regularization.masks import MASK_COUNT, MASKS

CHAPTER = "book/setup/regularization"
NETS = {
    "one": "one hidden layer, rate 0.5",
    "two": "two hidden layers, rate 0.5",
    "fifth": "two hidden layers, rate 0.2",
}
RULES = {
    "right": "right factor",
    "twice": "divided in training and multiplied at test",
    "forgotten": "neither divided nor multiplied",
    "swapped": "multiplied by the probability of dropping",
}

C85 = Claim(
    id="C85",
    title="At test, scaling gives dropout's expected output",
    sentence="At test the output of a net with dropout, averaged over all masks, is had in one pass: multiply each "
    "output by the probability of keeping it, or divide by it in training.",
    sources=(("cs231n2020", "Lecture 8, slide 69"), ("cs231nnotes", "Neural Networks 2")),
    chapter=CHAPTER,
    evidence="A calculation for one linear unit; for nets, {cite:t}`srivastava2014` find one pass near the average of "
    "many, and {cite:t}`wardefarley2013` compare it with the exact geometric mean in small nets.",
    method="A linear unit with ten inputs: the mean over all 1024 masks. ReLU nets with dropout behind each hidden "
    "layer, of 100 units, trained on 600 digits for 30 epochs at their own best rates; 200 test images. One pass is "
    "compared with the mean of 200 masks. The error is the root mean square difference of the logits (less their mean "
    "over the classes), over their own root mean square; it may be 5%. The error that chance explains is that of a mean "
    "of 200 draws.",
    measures=(
        Measure("linear_distance", "Linear unit, distance", MASKS, high=1e-12),
        Measure(
            "one_over_chance",
            "Error over what chance explains, one hidden layer",
            MASKS,
            "times",
            low=0.8,
            high=1.25,
            log=True,
        ),
        Measure("two_logit_error", "Error, two hidden layers, rate 0.5", MASKS, "%", high=5),
        Measure("fifth_logit_error", "Error, two hidden layers, rate 0.2", MASKS, "%", high=5),
        Measure(
            "two_accuracy_gap",
            "Accuracy, one pass minus 200 masks, two hidden layers, rate 0.5",
            MASKS,
            "points",
            low=-0.5,
            high=0.5,
        ),
        *(
            Measure(f"{net}_moved", f"Probability that moves, {label}", MASKS, "%")
            for net, label in NETS.items()
        ),
        *(
            Measure(
                f"{net}_over_chance",
                f"Error over what chance explains, {NETS[net]}",
                MASKS,
                "times",
                log=True,
            )
            for net in ("two", "fifth")
        ),
        *(
            Measure(
                f"{net}_loss_gap", f"Loss, one pass minus 200 masks, {label}", MASKS, "nats"
            )
            for net, label in NETS.items()
        ),
        *(
            Measure(f"{net}_accuracy", f"Accuracy of one pass, {label}", MASKS, "%")
            for net, label in NETS.items()
        ),
        *(
            Measure(f"accuracy_{rule}", f"Accuracy at rate 0.2, {label}", MASKS, "%")
            for rule, label in RULES.items()
        ),
        *(
            Measure(f"loss_{rule}", f"Test loss at rate 0.2, {label}", MASKS, "nats")
            for rule, label in RULES.items()
        ),
    ),
)

C86 = Claim(
    id="C86",
    title="2 to the 4096 masks are about 10 to the 1233",
    sentence="A fully connected layer with 4096 units has $2^{4096} \\approx 10^{1233}$ possible masks.",
    sources=(("cs231n2020", "Lecture 8, slide 64"),),
    chapter=CHAPTER,
    evidence="Arithmetic.",
    method="The power of ten is $4096 \\log_{10} 2$; *about* means that it rounds to 1233. The digits are those of the "
    "number written out.",
    measures=(
        Measure("power", "Power of ten, rounded", MASK_COUNT, low=1233, high=1233),
        Measure("digits", "Digits", MASK_COUNT),
    ),
)

CLAIMS = (C85, C86)
