"""Claims on the recipe of the lecture, its table and its learning rate: C60 to C62."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.transfer.labels import LABELS_NEEDED
from nnbook.experiments.transfer.rates import RATE_SWEEP
from nnbook.experiments.transfer.rates import TASKS as SWEPT

CHAPTER = "book/evaluation/transfer-learning"
TASKS = {"similar": "5 to 9", "parity": "parity"}
WAYS = {"frozen": "frozen", "all": "fine-tuned"}
OTHERS = {"scratch": "from scratch", "pixels": "linear on pixels"}

C60 = Claim(
    id="C60",
    title="You do not need a lot of data",
    sentence="That you need a lot of data to train or use a convolutional net is a myth: features of a pre-trained net, with a "
    "new linear layer on top, do it with little.",
    sources=(("cs231n2020", "Lecture 7, slides 91-96"), ("donahue2013", "section 4")),
    chapter=CHAPTER,
    evidence="DeCAF: features of a net trained on ImageNet, with a logistic regression on top, reach 58.75% on 200 kinds of "
    "birds, against 56.78% for the best earlier method {cite:p}`donahue2013`. A net from scratch was not in that table.",
    method="Two targets with 5 training examples per class, 200 updates: the digits 5 to 9 after a net 64-100-100-5 has learned "
    "0 to 4 (25 labels), and whether a digit is odd after a net 64-100-100-10 has learned all ten (10 labels). The frozen hidden "
    "layers with a new linear layer must beat both the same net from scratch and a linear layer on the pixels.",
    measures=(
        *(
            Measure(
                f"{task}_frozen_over_{other}_little",
                f"{name}, frozen minus {words}",
                LABELS_NEEDED,
                "points",
                low=0,
            )
            for task, name in TASKS.items()
            for other, words in OTHERS.items()
        ),
        *(
            Measure(
                f"{task}_all_over_{other}_little",
                f"{name}, fine-tuned minus {words}",
                LABELS_NEEDED,
                "points",
            )
            for task, name in TASKS.items()
            for other, words in OTHERS.items()
        ),
        *(
            Measure(
                f"{task}_{way}_over_{other}_much",
                f"{name}, much data, {said} minus {words}",
                LABELS_NEEDED,
                "points",
            )
            for task, name in TASKS.items()
            for way, said in WAYS.items()
            for other, words in OTHERS.items()
        ),
        Measure(
            "net_over_pixels_similar",
            "5 to 9, much data, scratch minus pixels",
            LABELS_NEEDED,
            "points",
        ),
        Measure(
            "net_over_pixels_parity",
            "parity, much data, scratch minus pixels",
            LABELS_NEEDED,
            "points",
        ),
        Measure("source_similar", "Test accuracy on 0 to 4", LABELS_NEEDED, "%"),
        Measure("source_parity", "Test accuracy on ten digits", LABELS_NEEDED, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C61 = Claim(
    id="C61",
    title="Very little data: freeze; more data: fine-tune more",
    sentence="Little data, similar: a linear classifier on the top layer. Little, different: linear classifiers at several stages. "
    "Much, similar: fine-tune a few layers. Much, different: fine-tune more layers.",
    sources=(("cs231n2020", "Lecture 7, slide 99"), ("cs231nnotes", "Transfer Learning")),
    chapter=CHAPTER,
    evidence="Advice; the slide gives no measurement.",
    method="The target is 5 to 9, with 5 (little) or 60 (much) training examples per class. The similar source is 0 to 4; the "
    "different one is 0 to 4 with shuffled pixels, which a fully connected net learns as easily. One difference for each "
    "cell: what it advises minus what the neighboring cell advises. Little, similar: frozen minus fine-tuned. Much, similar: "
    "upper layer fine-tuned minus frozen. Little, different: linear on layer 1 minus on layer 2. Much, different: all layers "
    "fine-tuned minus the upper one.",
    measures=(
        Measure(
            "cell_little_similar",
            "Little, similar: frozen minus fine-tuned",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        Measure(
            "cell_much_similar",
            "Much, similar: upper layer fine-tuned minus frozen",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        Measure(
            "cell_little_different",
            "Little, different: layer 1 minus layer 2, frozen",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        Measure(
            "cell_much_different",
            "Much, different: all layers minus the upper one",
            LABELS_NEEDED,
            "points",
            low=0,
        ),
        Measure(
            "cell_much_similar_all",
            "Much, similar: all layers minus the upper one",
            LABELS_NEEDED,
            "points",
        ),
        Measure(
            "cell_little_similar_1",
            "Little, similar: layer 1 minus layer 2, frozen",
            LABELS_NEEDED,
            "points",
        ),
        Measure(
            "trouble", "Little, different: frozen minus from scratch", LABELS_NEEDED, "points"
        ),
        Measure(
            "parity_frozen_over_all_little",
            "Parity, 10 labels: frozen minus fine-tuned",
            LABELS_NEEDED,
            "points",
        ),
        Measure(
            "parity_all_over_frozen_much",
            "Parity, 200 labels: fine-tuned minus frozen",
            LABELS_NEEDED,
            "points",
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C62 = Claim(
    id="C62",
    title="Fine-tune at a tenth of the rate",
    sentence="Fine-tune with a lower learning rate: a tenth of the original one is a good starting point.",
    sources=(("cs231n2020", "Lecture 7, slide 96"), ("cs231nnotes", "Transfer Learning")),
    chapter=CHAPTER,
    evidence="The advice alone. The course notes give a reason: the pre-trained weights are good already and should not be "
    "distorted too quickly.",
    method="All layers are fine-tuned with 5 examples per class of the two targets of C60, for 200 updates at eight rates from 0.003 to "
    "10 times the original, which is the 0.03 that the source was learned at. A tenth is good if it is better than the original "
    "rate, and at most 1 point behind the best of the eight. Reported beside: the original rate for the new layer and a tenth "
    "for all others.",
    measures=(
        *(
            Measure(
                f"gain_{t}",
                f"{TASKS[t]}: a tenth minus the original",
                RATE_SWEEP,
                "points",
                low=0,
            )
            for t in SWEPT
        ),
        *(
            Measure(
                f"lost_{t}",
                f"{TASKS[t]}: best rate minus a tenth",
                RATE_SWEEP,
                "points",
                high=1,
            )
            for t in SWEPT
        ),
        *(
            Measure(
                f"body_gain_{t}",
                f"{TASKS[t]}: a tenth for the old layers alone, minus the original for all",
                RATE_SWEEP,
                "points",
            )
            for t in SWEPT
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C60, C61, C62)
