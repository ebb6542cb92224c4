"""Claims on which weights of one run to keep: C89 and C90."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.ensembles.averages import AVERAGES
from nnbook.experiments.ensembles.labels import WRONG
from nnbook.experiments.ensembles.stopping import STOPPING

CHAPTER = "book/evaluation/ensembles"
LABELS = {"clean": "right labels", "noisy": "a fifth of the labels wrong"}

C89 = Claim(
    id="C89",
    title="Early stopping, always",
    sentence="Stop training when the accuracy on the validation set decreases, or keep the snapshot that worked best on "
    "it: always do this.",
    sources=(("cs231n2020", "Lecture 8, slide 57"),),
    chapter=CHAPTER,
    evidence="A drawing: validation accuracy rises, and then falls while training accuracy goes on rising.",
    method="Nets 64-100-10 learn 240 digits for 60 epochs in batches of 20, and 60 more digits are the validation set; with the labels of "
    "all 300 as they are, or a fifth of them replaced by another digit. The gain in test accuracy is that of the net of the best "
    "validation accuracy over the net of the last epoch, each at its own learning rate, chosen by the accuracy of what it keeps. "
    "Always means with right labels and with wrong ones. Reported beside it: best and last epoch of one run, at the rate of the best and at the rate "
    "that suits right labels; the best by validation loss; the literal stop at the first decrease; and a net that learns all 300.",
    measures=(
        *(
            Measure(
                f"gain_{key}",
                f"Gain by early stopping, {LABELS[key]}",
                STOPPING,
                "points",
                low=0,
            )
            for key in WRONG
        ),
        *(
            Measure(f"{key}_{labels}", f"{label}, {LABELS[labels]}", STOPPING, unit)
            for labels in WRONG
            for key, label, unit in (
                ("gain_same", "Gain over the last epoch of the same run", "points"),
                ("gain_usual", "The same, at the rate for right labels", "points"),
                (
                    "loss_usual",
                    "Change of the test loss there, best by validation loss",
                    "nats",
                ),
                ("missed", "Best epoch for the test set there, minus the one kept", "points"),
                ("epoch", "Best epoch on the validation set there", "epochs"),
                ("epoch_first", "Epochs up to the first decrease there", "epochs"),
                ("first", "Stop at the first decrease there, minus the one kept", "points"),
                ("over_all", "Gain over a net that learned all 300", "points"),
                ("gain_by_loss", "Gain, best by validation loss", "points"),
                ("loss", "Change of the test loss, best by validation loss", "nats"),
                ("kept", "Accuracy of the net kept", "%"),
                ("last", "Accuracy of the last epoch", "%"),
            )
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C90 = Claim(
    id="C90",
    title="A running average of the weights adds 1-2%",
    sentence="A second copy of the weights that holds their decaying average during training gives an extra percent or two, almost "
    "always.",
    sources=(("cs231nnotes", "Neural Networks 3"),),
    chapter=CHAPTER,
    evidence="The statement alone, with an intuition: the net jumps around in a bowl, and the average is nearer to its middle. For convex "
    "losses it is a theorem that the average is as good as any method can be in the long run {cite:p}`polyak1992`.",
    method="Nets 64-50-10 learn 600 digits for 20 epochs in batches of 8 by plain SGD at a constant rate; the average has a decay of 0.995 a "
    "step. Gains of test accuracy of the average over the last weights: both at rate 0.2; and each at its own best rate, with right "
    "labels and with a fifth of them wrong. A percent or two is read as 0.5 to 2.5 points. Reported beside it: a rate that falls "
    "along a cosine, without averaging.",
    measures=(
        Measure(
            "gain_same_clean", "Gain, both at rate 0.2", AVERAGES, "points", low=0.5, high=2.5
        ),
        *(
            Measure(
                f"gain_{key}",
                f"Gain, own rates, {LABELS[key]}",
                AVERAGES,
                "points",
                low=0.5,
                high=2.5,
            )
            for key in WRONG
        ),
        Measure(
            "gain_same_noisy", f"Gain, both at rate 0.2, {LABELS['noisy']}", AVERAGES, "points"
        ),
        *(
            Measure(f"{key}_{labels}", f"{label}, {LABELS[labels]}", AVERAGES, unit)
            for labels in WRONG
            for key, label, unit in (
                ("over_cosine", "Average minus falling rate", "points"),
                ("better", "Runs in which the average is better, own rates", "%"),
                ("better_same", "Runs in which the average is better, rate 0.2", "%"),
                ("constant", "Accuracy, last weights", "%"),
                ("averaged", "Accuracy, average", "%"),
                ("cosine", "Accuracy, falling rate", "%"),
            )
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C89, C90)
