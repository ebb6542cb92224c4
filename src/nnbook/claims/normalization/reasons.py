"""Claims on why batch norm helps and where it belongs: C55, C58 and C59."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.normalization.landscape import LANDSCAPE
from nnbook.experiments.normalization.placement import PLACEMENT
from nnbook.experiments.normalization.regularizing import REGULARIZING
from nnbook.experiments.normalization.speed import AMPLITUDES, NORM_SPEED

CHAPTER = "book/setup/batch-normalization"

C55 = Claim(
    id="C55",
    title="Acts as a regularizer",
    sentence="Batch normalization acts as regularization during training.",
    sources=(("cs231n2020", "Lecture 7, slide 84"), ("ioffe2015", "Section 3.4")),
    chapter=CHAPTER,
    evidence="An example is seen together with others, so that its values are not deterministic; dropout could be removed or reduced "
    "{cite:p}`ioffe2015`.",
    method="Nets 64-100-100-10 learn 200 digits for 40 epochs in batches of 20. A third net has batch norm without its noise: each update is for the same batch, "
    "but the statistics are those of all 200 examples. If noise regularizes, it must be worth something.",
    measures=(
        Measure(
            "batch_minus_plain",
            "Test accuracy, batch norm minus plain",
            REGULARIZING,
            "points",
            low=0,
        ),
        Measure(
            "batch_minus_quiet",
            "Test accuracy, batch norm minus the same without noise",
            REGULARIZING,
            "points",
            low=0,
        ),
        Measure("quiet_minus_plain", "Without noise minus plain", REGULARIZING, "points"),
        Measure("accuracy_plain", "Test accuracy, plain", REGULARIZING, "%"),
        Measure("accuracy_batch", "Test accuracy, batch norm", REGULARIZING, "%"),
        Measure("accuracy_quiet", "Test accuracy, without noise", REGULARIZING, "%"),
        Measure("error_plain", "Training error, plain", REGULARIZING, "%"),
        Measure("error_batch", "Training error, batch norm", REGULARIZING, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C58 = Claim(
    id="C58",
    title="It works by reducing internal covariate shift",
    sentence="Batch normalization accelerates training by reducing internal covariate shift.",
    sources=(("ioffe2015", "title"), ("santurkar2018", "against")),
    chapter=CHAPTER,
    evidence="An argument in the paper that introduced it. {cite:t}`santurkar2018` put a changing shift back behind each batch norm, and the "
    "nets trained as fast as before.",
    method="Nets of C51. In a third net each batch norm is followed by a shift of every unit, drawn anew at each update with standard deviation 0.1, 0.3 or 1; all three train at the best rate of the first. "
    "Covariate shift is measured as the way of a unit's mean in one update, in its own standard deviations, over the first 50 updates. A shift of 0.1 already moves means "
    "further than the updates of a plain net do: if the claim is right, the advantage over the plain net must be gone with it. (A first version decided by the shift of 1 alone, which moves means many times "
    "as far as a plain net's updates; that asks whether a large disturbance does harm.)",
    measures=(
        Measure(
            "shifted_0.1_over_plain",
            "Updates to 2% error, batch norm with shift 0.1 over plain",
            NORM_SPEED,
            "times",
            low=1,
            log=True,
        ),
        *(
            Measure(
                f"shifted_{amplitude}_over_plain",
                f"The same with shift {amplitude}",
                NORM_SPEED,
                "times",
                log=True,
            )
            for amplitude in AMPLITUDES[1:]
        ),
        *(
            Measure(
                f"shifted_{amplitude}_over_batch",
                f"Updates, batch norm with shift {amplitude} over without",
                NORM_SPEED,
                "times",
                log=True,
            )
            for amplitude in AMPLITUDES
        ),
        *(
            Measure(
                f"shifted_{amplitude}_moves",
                f"Way of a mean, with shift {amplitude} over plain",
                NORM_SPEED,
                "times",
                log=True,
            )
            for amplitude in AMPLITUDES
        ),
        Measure("movement_plain", "Way of a mean, plain", NORM_SPEED, log=True),
        Measure("movement_batch", "Way of a mean, batch norm", NORM_SPEED, log=True),
        Measure(
            "usable_relative",
            "Longest step that does not raise the loss, relative to the parameters, batch norm over plain",
            LANDSCAPE,
            "times",
            log=True,
        ),
    ),
)

C59 = Claim(
    id="C59",
    title="Before the non-linearity",
    sentence="Batch normalization is inserted after fully connected or convolutional layers and before the non-linearity.",
    sources=(("cs231n2020", "Lecture 7, slide 83"), ("ioffe2015", "Section 3.2")),
    chapter=CHAPTER,
    evidence="An argument: a weighted sum is more nearly Gaussian than the output of a non-linearity {cite:p}`ioffe2015`.",
    method="Nets with four hidden layers of 100 ReLUs learn 600 digits for 20 epochs in batches of 32, with batch norm before or after each "
    "ReLU. The advice is right if before is better.",
    measures=(
        Measure(
            "before_minus_after",
            "Test accuracy, before minus after",
            PLACEMENT,
            "points",
            low=0,
        ),
        Measure("before", "Test accuracy, before", PLACEMENT, "%"),
        Measure("after", "Test accuracy, after", PLACEMENT, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C55, C58, C59)
