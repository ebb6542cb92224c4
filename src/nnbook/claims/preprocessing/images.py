"""The claim on what images need: C30."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.preprocessing.images import FITS, IMAGES

NAMES = {
    "raw": "raw",
    "mean_image": "mean image",
    "channel_mean": "channel mean",
    "channel_std": "channel mean and std",
    "each_pixel": "mean and std of each pixel",
    "whitened": "whitened",
    "bytes": "mean image, gray levels to 255",
    "fitted": "mean image, first weights fitted to it",
}

C30 = Claim(
    id="C30",
    title="For images centering is enough",
    sentence="In practice images are centered only; scaling, PCA and whitening are not common.",
    sources=(("cs231n2020", "Lecture 7, slide 54"), ("cs231nnotes", "Neural Networks 2")),
    chapter="book/setup/preprocessing",
    evidence="What three nets do: AlexNet subtracts the mean image {cite:p}`krizhevsky2012`, VGG the mean of each "
    "channel {cite:p}`simonyan2014`; for ResNet the slide adds the division by a standard deviation.",
    method="Nets 64-100-10 with ReLU, 600 training digits, 20 epochs, every way to preprocess at its own best learning "
    "rate. Gray levels go from 0 to 16. In one part they go to 255, as in common image files. Enough means: what else "
    "is done gains at most 0.5 points of test accuracy over the mean image alone. First weights fitted: the mean image "
    "is subtracted and nothing divided, but the initial weights of the first layer are divided by the standard deviation "
    "of the centered pixels.",
    measures=(
        Measure("std_gain", "Gain by one standard deviation", IMAGES, "points", high=0.5),
        Measure("pixel_gain", "Gain by that of each pixel", IMAGES, "points", high=0.5),
        Measure("whitening_gain", "Gain by whitening", IMAGES, "points", high=0.5),
        Measure(
            "bytes_gain",
            "Gain by one standard deviation, gray levels to 255",
            IMAGES,
            "points",
            high=0.5,
        ),
        Measure(
            "fitted_gain",
            "Gain by one standard deviation, over first weights fitted to the mean image",
            IMAGES,
            "points",
        ),
        Measure("centering_gain", "Gain by centering, over raw", IMAGES, "points"),
        Measure(
            "image_gain", "Gain by the mean image, over the channel mean", IMAGES, "points"
        ),
        *(
            Measure(f"accuracy_{arm}", f"Test accuracy, {NAMES[arm]}", IMAGES, "%")
            for arm in FITS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C30,)
