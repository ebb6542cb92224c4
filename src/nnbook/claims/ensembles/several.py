"""Claims on predictions of several nets, or for several views, averaged: C87 and C88."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.ensembles.gains import ENSEMBLE
from nnbook.experiments.ensembles.members import PLANS, SOURCES
from nnbook.experiments.ensembles.snapshots import SNAPSHOTS
from nnbook.experiments.ensembles.sources import SOURCE_GAINS
from nnbook.experiments.ensembles.views import VIEWS

CHAPTER = "book/evaluation/ensembles"
WAYS = {
    "net": "one net",
    "net_tempered": "one net, temperature fitted",
    "ensemble": "ensemble",
    "pooled": "ensemble of nets with fitted temperatures",
    "ensemble_tempered": "ensemble, temperature fitted",
}
DIFFERS = {
    "start": "first weights differ",
    "order": "order differs",
    "both": "both differ",
    "bagging": "both and the sample differ",
}
TRAINED = {"plain": "trained without shifts", "shifted": "trained with shifts"}
PLACES = {"": "", "_moved": ", moved test images"}

C87 = Claim(
    id="C87",
    title="Ensembles give 2% extra",
    sentence="Train several independent models and average their predicted probabilities at test: this gives 2% extra "
    "performance.",
    sources=(("cs231n2020", "Lecture 8, slide 58"),),
    chapter=CHAPTER,
    evidence="The statement alone; ensembles were usual in competitions.",
    method="Ten nets 64-100-10 learn the same digits, 200 of them for 40 epochs or 1200 for 15, from different weights and in "
    "different order. The gain is the accuracy of their mean probabilities minus the mean accuracy of one; one net and an "
    "ensemble have their own learning rates. 2% is read as 1 to 3 points. Reported beside it: other ways to put the nets "
    "together, one net ten times as wide, calibration, what must differ between the nets (10 seeds), and, with 600 digits "
    "and 40 epochs in all, five snapshots of one run.",
    measures=(
        *(
            Measure(
                f"gain_{size}",
                f"Gain by ten nets, {size} digits",
                ENSEMBLE,
                "points",
                low=1,
                high=3,
            )
            for size in PLANS
        ),
        *(
            Measure(f"{key}_{size}", f"{label}, {size} digits", ENSEMBLE, unit, log=log)
            for size in PLANS
            for key, label, unit, log in (
                ("single", "Accuracy of one net", "%", False),
                ("ensemble", "Accuracy of ten", "%", False),
                ("errors_left", "Errors of ten over errors of one", "times", True),
                ("over_best", "Ten minus the luckiest of them", "points", False),
                ("logits", "Averaging logits instead", "points", False),
                ("votes", "Voting instead", "points", False),
                ("loss_members", "Test loss of one net", "nats", False),
                ("loss_ensemble", "Test loss of ten", "nats", False),
                ("loss_logits", "Test loss, logits averaged", "nats", False),
            )
        ),
        Measure("over_wide", "Ten nets minus one of ten times the width", ENSEMBLE, "points"),
        *(
            Measure(f"{key}_{way}", f"{label}, {name}", ENSEMBLE, unit)
            for way, name in WAYS.items()
            for key, label, unit in (
                ("ece", "Calibration error", "points"),
                ("over", "Confidence minus accuracy", "points"),
                ("nll", "Test loss on half of the test part", "nats"),
            )
        ),
        *(
            Measure(f"{key}_{arm}", f"{label}, {DIFFERS[arm]}", SOURCE_GAINS, unit)
            for arm in SOURCES
            for key, label, unit in (
                ("ensemble", "Accuracy of ten", "%"),
                ("alone", "Accuracy of one", "%"),
                ("apart", "Two nets answer differently", "%"),
            )
        ),
        *(
            Measure(
                f"lead_{arm}",
                f"Ten nets, {DIFFERS[arm]}, minus both differ",
                SOURCE_GAINS,
                "points",
            )
            for arm in SOURCES
            if arm != "both"
        ),
        Measure("one_run", "Accuracy of one run, 600 digits", SNAPSHOTS, "%"),
        Measure("gain_snapshots", "Gain by five snapshots of one run", SNAPSHOTS, "points"),
        Measure(
            "gain_short", "Gain by five runs of a fifth of the epochs", SNAPSHOTS, "points"
        ),
        Measure("gain_full", "Gain by five full runs", SNAPSHOTS, "points"),
        Measure("last_snapshot", "The last snapshot minus the one run", SNAPSHOTS, "points"),
        Measure("apart_snapshots", "Two snapshots answer differently", SNAPSHOTS, "%"),
        Measure("apart_full", "Two full runs answer differently", SNAPSHOTS, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C88 = Claim(
    id="C88",
    title="Averaging crops at test helps",
    sentence="Averaging the predictions for several crops of a test image improves the result.",
    sources=(
        ("cs231n2020", "Lecture 7, slide 13; Lecture 8, slide 79"),
        ("krizhevsky2012", "section 4.1"),
    ),
    chapter=CHAPTER,
    evidence="Ten crops of an image of ImageNet, averaged, in place of one: the top-1 error fell from 39.0% to 37.5%, the "
    "top-5 error from 18.3% to 17.0% {cite:p}`krizhevsky2012`. The net had been trained with random crops.",
    method="Nets 64-100-10 learn 200 digits for 120 epochs or 1200 for 25, with each image moved at random by up to a pixel, or "
    "as it is. At test the probabilities for five views are averaged: the image, and the image moved by a pixel toward each "
    "corner. The gain is over the image alone, by the same net. To help means to gain anything at all. Reported beside it: "
    "test images that are moved themselves, and three views, moved left and right only.",
    measures=(
        *(
            Measure(
                f"gain_{recipe}_{size}",
                f"Gain by five views, {name}, {size} digits",
                VIEWS,
                "points",
                low=0,
            )
            for recipe, name in TRAINED.items()
            for size in PLANS
        ),
        *(
            Measure(
                f"{key}_{recipe}_{size}{place}",
                f"{label}, {name}, {size} digits{where}",
                VIEWS,
                unit,
            )
            for recipe, name in TRAINED.items()
            for size in PLANS
            for place, where in PLACES.items()
            for key, label, unit in (
                ("alone", "Accuracy of one view", "%"),
                ("gain", "Gain by five views", "points"),
                ("sideways", "Gain by three views", "points"),
                ("corner", "Accuracy of one moved view", "%"),
                ("loss", "Change of the test loss by five views", "nats"),
            )
            if place or key != "gain"
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C87, C88)
