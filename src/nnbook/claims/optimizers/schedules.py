"""Claims on the learning rate over time and over batch sizes: C77 to C79."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.optimizers.annealing import ANNEALING, ARMS
from nnbook.experiments.optimizers.noise import NOISE, RATES, SHAPES
from nnbook.experiments.optimizers.scaling import FACTORS, SCALING
from nnbook.experiments.optimizers.warming import DEPTHS, WARMING

CHAPTER = "book/dynamics/optimizers"
PHRASES = {1: "1 hidden layer", 6: "6 hidden layers"}

C77 = Claim(
    id="C77",
    title="Decay the learning rate",
    sentence="Start with a large learning rate and let it decay: the loss ends lower than at any constant rate.",
    sources=(("cs231n2020", "Lecture 8, slides 38-45"),),
    chapter=CHAPTER,
    evidence="A loss curve of a residual net that falls at each drop of the rate, and three papers for each schedule.",
    method="A quadratic of curvature 1 with noise of variance 1 in the gradient, 300 steps from 10, 500 runs a seed; and a net 64-50-10 that "
    "learns 600 digits, a tenth of which got a random label, for 15 epochs with momentum 0.9. Every schedule has its own best "
    "first rate: by theory on the quadratic, from the grid on digits. Step decay falls to a tenth at half and at three quarters.",
    measures=(
        *(
            Measure(
                f"{shape}_over_constant",
                f"Quadratic, excess loss at the end, {shape} over constant",
                NOISE,
                "times",
                high=1,
                log=True,
            )
            for shape in SHAPES[1:]
        ),
        *(
            Measure(f"gain_{arm}", f"Digits, gain by {arm}", ANNEALING, "points", low=0)
            for arm in ARMS[1:]
        ),
        *(
            Measure(
                f"settled_{lr:g}",
                f"Variance over theory, constant rate {lr:g}",
                NOISE,
                log=True,
            )
            for lr in RATES
        ),
        *(Measure(f"accuracy_{arm}", f"Test accuracy, {arm}", ANNEALING, "%") for arm in ARMS),
    ),
    failure=Verdict.NOT_HERE,
)

C78 = Claim(
    id="C78",
    title="Scale the rate with the batch",
    sentence="If the batch size grows by a factor, let the initial learning rate grow by the same factor.",
    sources=(("cs231n2020", "Lecture 8, slide 46"), ("goyal2017", "section 2.1")),
    chapter=CHAPTER,
    evidence="A residual net on ImageNet keeps its error up to a batch of 8192 {cite:p}`goyal2017`.",
    method="A net 64-50-10 learns 1200 digits for 8 epochs by plain SGD, with batches of 8 at the best rate of the grid. Then with batches "
    "up to 32 times as large, and the rate times the same factor, times its root, or as it was. The rule works if the accuracy "
    "differs from that with batches of 8 by at most 0.5 points, at a factor of 4 and at 32.",
    measures=(
        *(
            Measure(
                f"linear_{k}", f"Accuracy lost, rate times {k}", SCALING, "points", -0.5, 0.5
            )
            for k in (4, 32)
        ),
        *(
            Measure(f"linear_{k}", f"Accuracy lost, rate times {k}", SCALING, "points")
            for k in FACTORS
            if k not in (4, 32)
        ),
        Measure(
            "warm", "Accuracy lost, rate times 32, warm-up over two epochs", SCALING, "points"
        ),
        *(
            Measure(
                f"root_{k}",
                f"Accuracy lost, batch times {k}, rate times its root",
                SCALING,
                "points",
            )
            for k in FACTORS
        ),
        *(
            Measure(
                f"same_{k}", f"Accuracy lost, batch times {k}, same rate", SCALING, "points"
            )
            for k in FACTORS
        ),
        Measure("base", "Test accuracy, batches of 8", SCALING, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C79 = Claim(
    id="C79",
    title="Warm-up prevents explosions",
    sentence="A high initial learning rate can make the loss explode; raising it from 0 over the first steps prevents this.",
    sources=(("cs231n2020", "Lecture 8, slide 46"), ("goyal2017", "section 2.2")),
    chapter=CHAPTER,
    evidence="With batches of 8192 the residual net reaches its usual error only after a warm-up {cite:p}`goyal2017`.",
    method="Nets with hidden layers of 32 learn 640 digits for 160 updates with momentum 0.9, at 16 rates from 0.025 upward, each the root of "
    "2 times the one before. A run has learned if its loss in the last epoch is below 1 nat. Compared is the highest rate at "
    "which a net learns, with a warm-up over 80 updates and without. Prevention needs a rate at least a tenth higher.",
    measures=(
        *(
            Measure(
                f"ratio_{d}",
                f"Highest rate, with over without, {PHRASES[d]}",
                WARMING,
                "times",
                low=1.1,
                log=True,
            )
            for d in DEPTHS
        ),
        *(
            Measure(f"{arm}_{d}", f"Highest rate, {name}, {PHRASES[d]}", WARMING, log=True)
            for d in DEPTHS
            for arm, name in (("cold", "without"), ("warm", "with"))
        ),
        *(
            Measure(
                f"peak_{d}",
                f"Largest loss at rate 0.1, without over with, {PHRASES[d]}",
                WARMING,
                "times",
                log=True,
            )
            for d in DEPTHS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C77, C78, C79)
