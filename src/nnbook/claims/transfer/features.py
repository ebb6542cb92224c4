"""Claims on what is transferred and what it is worth: C63 to C65."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.transfer.cuts import CUT_NETS, CUTS
from nnbook.experiments.transfer.labels import LABELS_NEEDED
from nnbook.experiments.transfer.reasons import REASONS
from nnbook.experiments.transfer.speed import HEAD_START
from nnbook.experiments.transfer.speed import TASKS as TIMED

CHAPTER = "book/evaluation/transfer-learning"
TASKS = {"similar": "5 to 9", "parity": "parity"}
LAYERS = {k: f"{k} layer{'s' * (k > 1)}" for k in CUTS}

C63 = Claim(
    id="C63",
    title="Lower layers are general, upper ones specific",
    sentence="The lower layers of a net are generic, the upper ones specific to its task.",
    sources=(("cs231n2020", "Lecture 7, slide 97"), ("yosinski2014", "")),
    chapter=CHAPTER,
    evidence="Nets of eight layers on halves of ImageNet {cite:p}`yosinski2014`: the first two layers of a net for one half serve the "
    "other as well as its own, and from the fourth on accuracy falls; the more so, the less the halves have in common.",
    method="Nets 64-60-60-60-60-5. The first k hidden layers are frozen, and those above are learned anew on all 5 to 9 of the "
    "training part (about 600). They come from a net for 0 to 4, or from one for 5 to 9 itself. The first minus the second "
    "is what it costs that the layers are those of another task. General means: with one layer at most 1 point. Specific means: with four "
    "layers at least 1 point more than with one.",
    measures=(
        Measure(
            "cost_similar_1",
            "Cost of the other task's layers, 1 layer",
            CUT_NETS,
            "points",
            high=1,
        ),
        Measure("rise", "The same, 4 layers minus 1 layer", CUT_NETS, "points", low=1),
        *(
            Measure(f"cost_similar_{k}", f"Cost, {LAYERS[k]}", CUT_NETS, "points")
            for k in CUTS[1:]
        ),
        *(
            Measure(
                f"cost_different_{k}",
                f"Cost, {LAYERS[k]}, source with shuffled pixels",
                CUT_NETS,
                "points",
            )
            for k in CUTS
        ),
        Measure(
            "split",
            "Its own first 2 layers frozen: lost against the whole net",
            CUT_NETS,
            "points",
        ),
        Measure(
            "thawed_gain",
            "4 layers copied and fine-tuned, minus from scratch",
            CUT_NETS,
            "points",
        ),
        Measure("whole", "Test accuracy from scratch", CUT_NETS, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C64 = Claim(
    id="C64",
    title="Pre-training buys time",
    sentence="Pre-training mainly buys speed: a net from scratch, trained two to three times as long, is as good.",
    sources=(("cs231n2020", "Lecture 7, slide 105"), ("he2019", "")),
    chapter=CHAPTER,
    evidence="Object detection on COCO {cite:p}`he2019`: with 35 000 images 36.3 average precision from scratch and with pre-training, with 10 000 25.9 "
    "against 26.0. With 1000 images 3.5 against 9.9, which the slide leaves out.",
    method="Targets with much data: 5 to 9 with 60 examples per class, parity with 100. Speed: updates until 95% (5 to 9) or 93% (parity) of the "
    "test digits are right, looked at every second update. It is bought if the net from scratch needs more. As good: the net "
    "fine-tuned for 200 updates is at most 1 point ahead of the one trained from scratch for 600. Reported: the same with 5 examples per class.",
    measures=(
        *(
            Measure(
                f"speed_{t}",
                f"{TASKS[t]}: updates from scratch over fine-tuned",
                HEAD_START,
                "times",
                low=1,
                log=True,
            )
            for t in TIMED
        ),
        *(
            Measure(
                f"gap_much_{t}",
                f"{TASKS[t]}: fine-tuned minus scratch, 3 times as long",
                HEAD_START,
                "points",
                high=1,
            )
            for t in TIMED
        ),
        *(
            Measure(
                f"gap_little_{t}",
                f"{TASKS[t]}, 5 examples per class: fine-tuned minus scratch",
                HEAD_START,
                "points",
            )
            for t in TIMED
        ),
        *(
            Measure(f"updates_{way}_{t}", f"{TASKS[t]}: updates, {words}", HEAD_START, log=True)
            for t in TIMED
            for way, words in (("scratch", "from scratch"), ("tuned", "fine-tuned"))
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C65 = Claim(
    id="C65",
    title="Transferred features beat random ones",
    sentence="Features of a net that was trained on another task, even a distant one, are better than random ones.",
    sources=(("yosinski2014", "abstract"),),
    chapter=CHAPTER,
    evidence="Frozen layers from the other half of ImageNet are better than frozen random ones at every depth {cite:p}`yosinski2014`. There random "
    "layers were of little use beyond the second.",
    method="Frozen layers from the source minus frozen random ones: in the nets of C63, for each number of layers, and with 5 examples "
    "per class for the two targets of C60. Reported: the source with shuffled pixels; and what training on 0 to 4 and the width do to "
    "the features. Effective dimension counts the directions in which the images of 5 to 9 vary.",
    measures=(
        *(
            Measure(
                f"similar_over_random_{k}", f"{LAYERS[k]}, much data", CUT_NETS, "points", low=0
            )
            for k in CUTS
        ),
        Measure(
            "similar_frozen_over_random_little",
            "5 to 9, 25 labels",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        Measure(
            "parity_frozen_over_random_little",
            "Parity, 10 labels",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        *(
            Measure(
                f"different_over_random_{k}",
                f"{LAYERS[k]}, shuffled pixels, much data",
                CUT_NETS,
                "points",
            )
            for k in CUTS
        ),
        Measure(
            "parity_frozen_over_random_much", "Parity, 200 labels", LABELS_NEEDED, "points"
        ),
        Measure("dimension_pixels", "Effective dimension, pixels", REASONS),
        Measure("dimension_random", "Effective dimension, layer 2, random", REASONS),
        Measure("dimension_source", "Effective dimension, layer 2, trained on 0 to 4", REASONS),
        Measure(
            "training_gain_narrow",
            "25 labels, width 50: trained minus random",
            REASONS,
            "points",
        ),
        Measure("training_gain_wide", "The same, width 400", REASONS, "points"),
        Measure(
            "width_gain_random",
            "25 labels, random layers: width 400 minus 50",
            REASONS,
            "points",
        ),
        Measure("width_gain_trained", "The same, trained layers", REASONS, "points"),
        Measure(
            "wide_random_over_pixels",
            "25 labels, random layers of width 400 minus pixels",
            REASONS,
            "points",
        ),
        Measure("pixels", "25 labels, linear on pixels", REASONS, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C63, C64, C65)
