"""Claims on momentum, AdaGrad and saddles: C72 to C74 and C80."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.optimizers.adagrad import DECAY
from nnbook.experiments.optimizers.conditioning import GROWTH, KAPPAS
from nnbook.experiments.optimizers.forms import FORMS
from nnbook.experiments.optimizers.saddles import SADDLES, SIZES

CHAPTER = "book/dynamics/optimizers"
UPDATES = ("cs231n2020", "Lecture 8, slides 9-37")
FALLS = {
    "constant": "constant rate",
    "step": "a tenth from halfway on",
    "cosine": "cosine",
    "warmup": "warm-up, then constant",
}

C72 = Claim(
    id="C72",
    title="Momentum turns kappa into its root",
    sentence="Momentum reduces the number of steps from the order of $\\kappa$ to that of $\\sqrt\\kappa$.",
    sources=(("polyak1964", "section 2"), UPDATES),
    chapter=CHAPTER,
    evidence="A theorem for quadratic losses and the best rate and momentum for their curvatures. The slides draw a "
    "zig-zag path that momentum straightens, with a momentum of 0.9 or 0.99.",
    method="Quadratics in 20 dimensions with condition numbers from 10 to 10 000 and random curvatures between the "
    "extremes, from a random start until 0.1% of the distance is left. Plain descent at the best rate; momentum with "
    "the best pair of rate and momentum; and momentum 0.9 at its best rate. The exponent is the slope of the logarithm "
    "of the steps over that of the condition number.",
    measures=(
        Measure(
            "exponent_plain", "Exponent of $\\kappa$, no momentum", GROWTH, low=0.9, high=1.1
        ),
        Measure(
            "exponent_tuned",
            "Exponent, momentum fitted to $\\kappa$",
            GROWTH,
            low=0.4,
            high=0.6,
        ),
        Measure("exponent_fixed", "Exponent, momentum 0.9 for all", GROWTH, low=0.4, high=0.6),
        *(
            Measure(f"{arm}_{k}", f"Steps, {name}, $\\kappa = {k}$", GROWTH, log=True)
            for k in KAPPAS
            for arm, name in (("plain", "none"), ("tuned", "fitted"), ("fixed", "0.9"))
        ),
    ),
)

C73 = Claim(
    id="C73",
    title="The two forms of momentum are equivalent",
    sentence="The two ways to write momentum are equivalent: they give the same sequence of parameters.",
    sources=(("cs231n2020", "Lecture 8, slide 19"),),
    chapter=CHAPTER,
    evidence="The statement alone.",
    method="A net 64-32-10 learns 600 digits in float64 with momentum 0.9: 10 epochs, batches of 32, from the same weights "
    "and in the same order with both forms. Compared is the distance of the final parameters, relative to their length. "
    "Equivalent means at most 0.000 001, which leaves room for rounding.",
    measures=(
        *(
            Measure(f"apart_{key}", f"Distance, {name}", FORMS, high=1e-6, log=True)
            for key, name in FALLS.items()
        ),
        *(
            Measure(
                f"gain_{key}", f"Accuracy, rate inside minus outside, {name}", FORMS, "points"
            )
            for key, name in FALLS.items()
        ),
        Measure(
            "drop_outside", "First step after a drop to a tenth, rate outside", FORMS, "times"
        ),
        Measure("drop_inside", "The same, rate inside", FORMS, "times"),
    ),
)

C74 = Claim(
    id="C74",
    title="The steps of AdaGrad decay to zero",
    sentence="Over a long time the step size of AdaGrad decays to zero.",
    sources=(UPDATES, ("duchi2011", "")),
    chapter=CHAPTER,
    evidence="An argument: the sum of squared gradients can only grow.",
    method="The effective rate is $\\eta/\\sqrt s$, the geometric mean over parameters, in 3000 updates: with gradients of pure noise; on "
    "a quadratic without noise; and for a net 64-32-10 that learns 640 digits in batches of 32. The exponent is the slope of its "
    "logarithm over that of the number of steps, in the last tenfold of them. It decays if the exponent is at most -0.1.",
    measures=(
        Measure("exponent_noise", "Exponent, pure noise", DECAY, high=-0.1),
        Measure("exponent_quadratic", "Exponent, quadratic without noise", DECAY, high=-0.1),
        Measure("exponent_digits", "Exponent, net on digits", DECAY, high=-0.1),
        Measure("exponent_rmsprop", "Exponent of RMSProp, pure noise", DECAY),
    ),
)

C80 = Claim(
    id="C80",
    title="Saddles dominate in high dimension",
    sentence="In high dimension saddle points are much more common than local minima.",
    sources=(UPDATES, ("dauphin2014", "")),
    chapter=CHAPTER,
    evidence="An argument from random matrices, and critical points of small nets, which have the more directions downward the higher "
    "their loss {cite:p}`dauphin2014`.",
    method="4000 random symmetric matrices of each size stand for Hessians at critical points; a saddle is one with eigenvalues of "
    "both signs. Saddles dominate if they are at least 99% for 10 dimensions. Beside it, reported: the share of downward "
    "directions in the Hessian of a small net with tanh (112 parameters, 300 digits), before training and after 1000 steps of the "
    "whole batch. Those points are not critical points.",
    measures=(
        Measure("saddles_10", "Saddles, 10 dimensions", SADDLES, "%", low=99),
        *(
            Measure(f"saddles_{n}", f"Saddles, {n} dimension{'s' * (n > 1)}", SADDLES, "%")
            for n in SIZES[:-1]
        ),
        Measure("down_before", "Downward directions of a net, before training", SADDLES, "%"),
        Measure("down_after", "Downward directions, after", SADDLES, "%"),
    ),
)

CLAIMS = (C72, C73, C74, C80)
