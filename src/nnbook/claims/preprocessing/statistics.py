"""Claims on the statistics that preprocessing takes from data: C26 and C29."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.preprocessing.covariance import COVARIANCE
from nnbook.experiments.preprocessing.leaks import LEAKS
from nnbook.experiments.preprocessing.selection import SELECTION

CHAPTER = "book/setup/preprocessing"

C26 = Claim(
    id="C26",
    title="PCA decorrelates, whitening gives the identity",
    sentence="After PCA the covariance matrix of the data is diagonal, after whitening it is the identity.",
    sources=(("cs231n2020", "Lecture 7, slide 52"), ("cs231nnotes", "Neural Networks 2")),
    chapter=CHAPTER,
    evidence="Algebra.",
    method="A tilted Gaussian cloud of 1000 points in 20 dimensions, and 1200 digits, in float64 and with "
    "$\\epsilon = 0$. For digits, whitening keeps the directions in which the training part varies. The largest entry "
    "off the diagonal is taken over the largest on it.",
    measures=(
        Measure(
            "cloud_off_diagonal",
            "Cloud, PCA: largest entry off the diagonal",
            COVARIANCE,
            high=1e-10,
        ),
        Measure(
            "cloud_off_identity",
            "Cloud, whitened: distance from the identity",
            COVARIANCE,
            high=1e-10,
        ),
        Measure(
            "digits_off_diagonal",
            "Digits, PCA: largest entry off the diagonal",
            COVARIANCE,
            high=1e-10,
        ),
        Measure(
            "digits_off_identity",
            "Digits, whitened: distance from the identity",
            COVARIANCE,
            high=1e-6,
        ),
        Measure("flat_directions", "Digits: directions without variance", COVARIANCE),
        Measure(
            "test_median", "Digits, whitened, test part: median variance", COVARIANCE, log=True
        ),
        Measure(
            "test_largest",
            "Digits, whitened, test part: largest variance",
            COVARIANCE,
            log=True,
        ),
    ),
)

C29 = Claim(
    id="C29",
    title="Statistics from the training data only",
    sentence="Statistics for preprocessing must come from the training data only, and serve the test data too; to take "
    "them from all data and split afterwards is a mistake.",
    sources=(("cs231nnotes", "Neural Networks 2"),),
    chapter=CHAPTER,
    evidence="None is given. For features chosen before the split see {cite:t}`ambroise2002`, for steps that use no "
    "labels {cite:t}`moscovich2022`.",
    method="A leak is a mistake that matters if it flatters the test accuracy by 0.5 points or more. Scaling: nets "
    "64-100-10, 100 training digits, each arm at its own best rate; mean and standard deviation of each pixel from "
    "the training part, or from all 1797 digits. PCA: 30 digits, 10 principal directions of these or of all digits, "
    "nearest class mean. Choice of features: 100 examples with 2000 features of pure noise and labels by coin toss; the "
    "20 best features by the training half, or by all; nearest class mean; the truth is 50%. Own statistics: the net "
    "that was trained on honest data sees test images that were standardized with their own mean and standard "
    "deviation: all at once, in mixed groups of 20, or in groups of at least 20 of one class.",
    measures=(
        Measure("scaling_leak", "Leak by scaling", LEAKS, "points", low=0.5),
        Measure("pca_leak", "Leak by PCA", SELECTION, "points", low=0.5),
        Measure("selection_leak", "Leak by choice of features", SELECTION, "points", low=0.5),
        Measure("own_whole", "Own statistics, all test images", LEAKS, "points", high=-0.5),
        Measure("own_mixed", "Own statistics, mixed groups of 20", LEAKS, "points", high=-0.5),
        Measure(
            "own_sorted", "Own statistics, groups of one class", LEAKS, "points", high=-0.5
        ),
        Measure("scaling_honest", "Accuracy without a leak, scaling", LEAKS, "%"),
        Measure("pca_honest", "Accuracy without a leak, PCA", SELECTION, "%"),
        Measure(
            "selection_honest", "Accuracy without a leak, choice of features", SELECTION, "%"
        ),
    ),
)

CLAIMS = (C26, C29)
