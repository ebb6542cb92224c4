"""Claims on Adam: C75 and C76."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.optimizers.correction import CORRECTION
from nnbook.experiments.optimizers.defaults import DEFAULT, TASKS

CHAPTER = "book/dynamics/optimizers"
UPDATES = ("cs231n2020", "Lecture 8, slides 9-37")
PHRASES = {"linear": "softmax regression", "wide": "one hidden layer", "deep": "five"}

C75 = Claim(
    id="C75",
    title="Adam needs its bias correction",
    sentence="Without bias correction the first steps of Adam are too large, and training suffers.",
    sources=(UPDATES, ("kingma2014", "sections 3 and 6.4")),
    chapter=CHAPTER,
    evidence="A question on a slide: what happens at the first step? The paper trains a variational autoencoder, which "
    "becomes unstable without correction when $\\beta_2$ is close to 1 {cite:p}`kingma2014`.",
    method="First steps: exact, for any gradient. Training: a net 64-64-64-10 learns 608 digits for 5 epochs in batches of 32, with "
    "and without correction, each at its own best rate; the loss is that of the last epoch. $\\beta_1$ is 0.9, $\\beta_2$ is "
    "0.999, and 0.9999 in a second comparison.",
    measures=(
        Measure(
            "first_step",
            "First step without correction, in units of $\\eta$",
            CORRECTION,
            "times",
            low=2,
            log=True,
        ),
        Measure("loss_ratio", "Loss, without over with", CORRECTION, "times", low=1, log=True),
        Measure(
            "loss_ratio_slow",
            "Loss, without over with, $\\beta_2 = 0.9999$",
            CORRECTION,
            "times",
            low=1,
            log=True,
        ),
        Measure("accuracy_gain", "Test accuracy, with minus without", CORRECTION, "points"),
        Measure(
            "accuracy_gain_slow",
            "Test accuracy, with minus without, $\\beta_2 = 0.9999$",
            CORRECTION,
            "points",
        ),
        Measure(
            "default_ratio",
            "Loss, without over with, both at 0.001",
            CORRECTION,
            "times",
            log=True,
        ),
        Measure(
            "largest",
            "Largest in 100 steps, in units of $\\eta$",
            CORRECTION,
            "times",
            log=True,
        ),
        Measure(
            "first_step_no_mean",
            "First step, $\\beta_1 = 0$, in units of $\\eta$",
            CORRECTION,
            "times",
            log=True,
        ),
    ),
    failure=Verdict.NOT_HERE,
)

C76 = Claim(
    id="C76",
    title="Adam at 0.001 is a great default",
    sentence="Adam with learning rate 0.001 or 0.0005 is a great starting point for many models.",
    sources=(("cs231n2020", "Lecture 8, slides 36 and 54"),),
    chapter=CHAPTER,
    evidence="The statement alone. The slide adds that SGD with momentum can do better but needs more tuning.",
    method="Softmax regression, a net 64-100-10 and a net with five hidden layers of 32 learn 600 digits for 40 epochs in batches of "
    "32 at a constant rate. A default is great if it loses at most 0.5 points of test accuracy against the best rate of "
    "the grid, which each method and each model chooses for itself.",
    measures=(
        *(
            Measure(
                f"lost_{t}_0.001", f"Lost at 0.001, {PHRASES[t]}", DEFAULT, "points", high=0.5
            )
            for t in TASKS
        ),
        *(
            Measure(f"lost_{t}_0.0005", f"Lost at 0.0005, {PHRASES[t]}", DEFAULT, "points")
            for t in TASKS
        ),
        *(
            Measure(f"momentum_lost_{t}", f"SGD lost at 0.01, {PHRASES[t]}", DEFAULT, "points")
            for t in TASKS
        ),
        *(
            Measure(
                f"momentum_gain_{t}",
                f"Tuned SGD with momentum minus tuned Adam, {PHRASES[t]}",
                DEFAULT,
                "points",
            )
            for t in TASKS
        ),
        *(
            Measure(f"best_{t}", f"Test accuracy, tuned Adam, {PHRASES[t]}", DEFAULT, "%")
            for t in TASKS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C75, C76)
