"""Claims on where to put the trials of a search: C91 to C93."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.hyperparameters.searching import SEARCHES

CHAPTER = "book/dynamics/hyperparameters"
FUNCTIONS = {"surface": "measured surface", "ridge": "one axis matters", "bump": "both matter"}
SURFACE = (
    "The surface: a net 64-32-10 learns 600 digits for 10 epochs in batches of 32 by SGD with momentum 0.9 and decoupled weight "
    "decay, at 19 rates from 0.000 001 to 10 and 11 decays from 0.000 01 to 1, evenly spaced in their logarithms. Its accuracy "
    "on the other 1197 digits is interpolated in between. Each seed has its own surface. "
)

C91 = Claim(
    id="C91",
    title="Random search beats grid search",
    sentence="Random search is better than grid search for choosing hyperparameters.",
    sources=(
        ("cs231n2020", "Lecture 8, slide 105"),
        ("bergstra2012", "sections 1 and 3"),
        ("cs231nnotes", "notes 3, hyperparameter optimization"),
    ),
    chapter=CHAPTER,
    evidence="A drawing: nine trials, and an objective that depends on one of two hyperparameters. The grid tries three values of "
    "it, random draws try nine. The paper tunes nets that others had tuned on grids: random search found models as good or better "
    "in a fraction of the time, since few hyperparameters mattered, and others on each data set {cite:p}`bergstra2012`.",
    method=SURFACE
    + "On it, and on two functions of the unit square (minus the squared distance from the middle, along one axis or "
    "along both), 2000 searches with random points and 2000 with square grids whose position is random. Compared is what the "
    "best of the trials lacks of the best value there is, random over grid.",
    measures=(
        Measure(
            "random_over_grid_surface_9",
            "Lacking, random over grid, measured surface, 9 trials",
            SEARCHES,
            "times",
            high=1,
            log=True,
        ),
        Measure(
            "random_over_grid_surface_25",
            "Measured surface, 25 trials",
            SEARCHES,
            "times",
            high=1,
            log=True,
        ),
        Measure(
            "random_over_grid_ridge_9",
            "One axis matters, 9 trials",
            SEARCHES,
            "times",
            high=1,
            log=True,
        ),
        Measure(
            "random_over_grid_bump_9",
            "Both axes matter alike, 9 trials",
            SEARCHES,
            "times",
            high=1,
            log=True,
        ),
        Measure(
            "random_over_grid_ridge_25",
            "One axis matters, 25 trials",
            SEARCHES,
            "times",
            log=True,
        ),
        Measure(
            "random_over_grid_bump_25",
            "Both axes matter alike, 25 trials",
            SEARCHES,
            "times",
            log=True,
        ),
        *(
            Measure(
                f"lattice_over_grid_{key}_9",
                f"Lattice over grid, {name}, 9 trials",
                SEARCHES,
                "times",
                log=True,
            )
            for key, name in FUNCTIONS.items()
        ),
    ),
)

C92 = Claim(
    id="C92",
    title="Search on a log scale",
    sentence="Search for the learning rate and the strength of regularization on a log scale.",
    sources=(("cs231nnotes", "notes 3, hyperparameter ranges"),),
    chapter=CHAPTER,
    evidence="An argument: both act as factors, so that 0.01 more changes everything at 0.001 and nothing at 10. The example of the "
    "notes is `10 ** uniform(-6, 1)`.",
    method=SURFACE
    + "2000 random searches with both hyperparameters on a log scale; the same with the rate, or the decay, drawn "
    "uniformly between the same bounds. Compared is the accuracy of the best trial. A gain of 0.5 points counts: below, one "
    "split of the digits differs as much from the next.",
    measures=(
        Measure(
            "gain_lr_9", "Gain by logs for the rate, 9 trials", SEARCHES, "points", low=0.5
        ),
        Measure(
            "gain_decay_9",
            "Gain by logs for the weight decay, 9 trials",
            SEARCHES,
            "points",
            low=0.5,
        ),
        Measure("gain_lr_60", "For the rate, 60 trials", SEARCHES, "points"),
        Measure("gain_decay_60", "For the weight decay, 60 trials", SEARCHES, "points"),
        Measure(
            "gain_decade", "For the rate, within one factor of 10, 9 trials", SEARCHES, "points"
        ),
    ),
)

C93 = Claim(
    id="C93",
    title="60 random trials hit the top 5%",
    sentence="With a probability of 95%, the best of 60 random trials lies within the top 5%.",
    sources=(("zheng2015", "chapter 4, random search"),),
    chapter=CHAPTER,
    evidence="A line of arithmetic: $1 - 0.95^{60} = 0.954$. It is put as *the top 5% of the true maximum*.",
    method=SURFACE
    + "On it and on the two functions of {claim}`C91`, 5000 random searches with 60 trials. The top 5% are the best "
    "5% of all settings, found from 500 000 random ones.",
    measures=(
        *(
            Measure(f"hit_{key}", f"Searches that hit, {name}", SEARCHES, "%", low=95)
            for key, name in FUNCTIONS.items()
        ),
        Measure(
            "lacks_surface",
            "What the worst of the top 5% lacks of the best",
            SEARCHES,
            "points",
        ),
        Measure("lost_60", "What the best of 60 trials lacks", SEARCHES, "points"),
    ),
)

CLAIMS = (C91, C92, C93)
