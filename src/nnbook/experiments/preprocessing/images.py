"""Is centering enough for images? A net on digits, preprocessed in the ways of AlexNet, VGG and others."""

from collections.abc import Callable

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split, make_net, test_accuracy, train_net
from nnbook.experiments.preprocessing.transforms import Map, standardized, unchanged, whitened
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.layers import Sequential
from nnbook.preprocessing import channel_mean, channel_std, mean_image

EXAMPLES, BATCH, EPOCHS = 600, 50, 20
BYTES = 255 / 16  # gray levels of digits to those of common image files


def as_images(x: Array) -> Array:
    """Rows of 64 pixels as images of shape (N, 1, 8, 8)."""
    return x.reshape(-1, 1, 8, 8)


def minus_mean_image(x: Array) -> Map:
    """AlexNet's: subtract the mean of each pixel."""
    mean = mean_image(as_images(x))
    return lambda z: (as_images(z) - mean).reshape(z.shape)


def minus_channel_mean(x: Array) -> Map:
    """VGG's: subtract the mean of each channel."""
    mean = channel_mean(as_images(x))
    return lambda z: (as_images(z) - mean).reshape(z.shape)


def over_channel_std(x: Array) -> Map:
    """Subtract the mean of each channel, divide by its standard deviation."""
    mean, std = channel_mean(as_images(x)), channel_std(as_images(x))
    return lambda z: ((as_images(z) - mean) / std).reshape(z.shape)


FITS: dict[str, Callable[[Array], Map]] = {
    "raw": unchanged,
    "mean_image": minus_mean_image,
    "channel_mean": minus_channel_mean,
    "channel_std": over_channel_std,
    "each_pixel": standardized,
    "whitened": whitened,
    "bytes": minus_mean_image,
    "fitted": minus_mean_image,
}


def image_split(arm: str, seed: int) -> Split:
    """600 digits to learn from and the others to test on; the arm "bytes" has gray levels up to 255."""
    raw = digits_split(seed, EXAMPLES, scaled=False)
    scale = BYTES if arm == "bytes" else 1.0
    x, x_test = scale * raw.x.astype(np.float64), scale * raw.x_test.astype(np.float64)
    apply = FITS[arm](x)
    return raw._replace(x=apply(x).astype(np.float32), x_test=apply(x_test).astype(np.float32))


def starting_net(arm: str, data: Split, seed: int) -> Sequential:
    """A net with one hidden layer; for "fitted" its first weights are divided by the std of the images."""
    net = make_net("relu", (100,), seed)
    if arm == "fitted":
        net.params["0.weight"] /= data.x.std()
    return net


def image_accuracy(arm: str, rate: float, seed: int) -> float:
    """Test accuracy in percent of a net after training."""
    data = image_split(arm, seed)
    net = starting_net(arm, data, seed)
    train_net(net, data, seed, lr=rate, epochs=EPOCHS, batch=BATCH)
    return test_accuracy(net, data)


def images(seed: int, rates: Rates) -> Outcome:
    """Accuracy of every arm, and what more than centering brings, in points."""
    found = {arm: image_accuracy(arm, rate, seed) for arm, rate in rates.items()}
    pairs = {
        "std_gain": ("channel_std", "mean_image"),
        "pixel_gain": ("each_pixel", "mean_image"),
        "whitening_gain": ("whitened", "mean_image"),
        "bytes_gain": ("channel_std", "bytes"),
        "centering_gain": ("mean_image", "raw"),
        "fitted_gain": ("channel_std", "fitted"),
        "image_gain": ("mean_image", "channel_mean"),
    }
    gains = {name: found[a] - found[b] for name, (a, b) in pairs.items()}
    return {f"accuracy_{arm}": value for arm, value in found.items()} | gains


IMAGES = Experiment(
    "images",
    images,
    seeds=40,
    trial=image_accuracy,
    arms=tuple(FITS),
    grid=(3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3),
)
