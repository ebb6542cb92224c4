"""Claims on training against test, and on norms that make no difference between them: C56 and C57."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.normalization.batches import BATCH_SIZES
from nnbook.experiments.normalization.modes import MODES

CHAPTER = "book/setup/batch-normalization"

C56 = Claim(
    id="C56",
    title="Training and test differ: a source of bugs",
    sentence="Batch normalization behaves differently during training and testing: this is a very common source of bugs.",
    sources=(("cs231n2020", "Lecture 7, slide 84"),),
    chapter=CHAPTER,
    evidence="None is given on the slide; forums are full of it.",
    method="A net 64-100-100-10 learns 1200 digits for 10 epochs in batches of 50. How common a mistake is cannot be measured here; what it costs can. "
    "A bug means at least 5 points of test accuracy lost. Training on batches of one class hurts a net without batch norm too, so that what *it* loses is subtracted; there each "
    "net has the best of three rates. The last two numbers are for a net with six hidden layers.",
    measures=(
        Measure("lost_forgotten", "Running statistics never updated", MODES, "points", low=5),
        Measure(
            "lost_slow",
            "Running averages that take in 0.1% of each of 240 batches",
            MODES,
            "points",
            low=5,
        ),
        Measure("lost_one", "Statistics of a test batch of one", MODES, "points", low=5),
        Measure("lost_two", "Statistics of test batches of two", MODES, "points", low=5),
        Measure(
            "lost_class",
            "Statistics of test batches of one class, about 32 each",
            MODES,
            "points",
            low=5,
        ),
        Measure(
            "lost_one_class_more",
            "Training batches of one class, beyond what a plain net loses",
            MODES,
            "points",
            low=5,
        ),
        Measure("healthy", "Test accuracy, nothing wrong", MODES, "%"),
        Measure("accuracy_forgotten", "Test accuracy, never updated", MODES, "%"),
        Measure("accuracy_slow", "Test accuracy, 0.1% of each batch", MODES, "%"),
        Measure("accuracy_slower", "Test accuracy, 1% of each batch", MODES, "%"),
        Measure("accuracy_one", "Test accuracy, test batch of one", MODES, "%"),
        Measure("accuracy_two", "Test accuracy, test batches of two", MODES, "%"),
        Measure("accuracy_class", "Test accuracy, test batches of one class", MODES, "%"),
        Measure(
            "accuracy_one_class", "Test accuracy, trained on one class at a time", MODES, "%"
        ),
        Measure(
            "lost_plain_one_class",
            "Lost by a plain net trained on one class at a time",
            MODES,
            "points",
        ),
        Measure("healthy_deep", "Test accuracy, six layers, nothing wrong", MODES, "%"),
        Measure("forgotten_deep", "Test accuracy, six layers, never updated", MODES, "%"),
    ),
)

C57 = Claim(
    id="C57",
    title="Layer norm and group norm do not need the batch",
    sentence="Layer normalization behaves the same at training and test; group normalization does not depend on the size of the batch.",
    sources=(("cs231n2020", "Lecture 7, slides 86-89"), ("ba2016", ""), ("wu2018", "")),
    chapter=CHAPTER,
    evidence="On ImageNet, with two images a batch, ResNet-50 had an error lower by 10.6 points with group norm than with batch norm "
    "{cite:p}`wu2018`.",
    method="Nets 64-100-100-10 and a convnet with 8 and 16 channels learn 600 digits for 5 epochs, in batches of 2, 8, 32 and 128, with "
    "learning rates proportional to the batch; each chose its rate at 32. Independent means at most 2 points lost from 32 to 2.",
    measures=(
        Measure(
            "mode_layer_mlp",
            "Layer norm, scores in training mode minus at inference",
            BATCH_SIZES,
            low=0,
            high=0,
        ),
        Measure(
            "lost_layer_mlp",
            "Lost from batch 32 to 2, layer norm",
            BATCH_SIZES,
            "points",
            high=2,
        ),
        Measure(
            "lost_group_conv",
            "Lost from batch 32 to 2, convnet, group norm",
            BATCH_SIZES,
            "points",
            high=2,
        ),
        Measure(
            "lost_more", "Batch norm loses more than layer norm", BATCH_SIZES, "points", low=0
        ),
        Measure(
            "lost_more_conv",
            "Batch norm loses more than group norm, convnet",
            BATCH_SIZES,
            "points",
            low=0,
        ),
        Measure(
            "mode_batch_mlp",
            "Batch norm, scores in training mode minus at inference",
            BATCH_SIZES,
        ),
        *(
            Measure(
                f"{norm}_{kind}_{size}",
                f"Test accuracy, {'convnet' if kind == 'conv' else 'perceptron'}, {norm} norm, batch {size}",
                BATCH_SIZES,
                "%",
            )
            for norm, kind in (
                ("batch", "mlp"),
                ("layer", "mlp"),
                ("batch", "conv"),
                ("group", "conv"),
            )
            for size in (2, 32)
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C56, C57)
