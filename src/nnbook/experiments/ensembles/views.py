"""Does the average over five shifted views of a test image beat the image alone?"""

from functools import partial

import numpy as np

from nnbook._types import Array
from nnbook.activations import softmax
from nnbook.augmentation import five_crop, shift
from nnbook.ensembles import average_probabilities
from nnbook.experiments.ensembles.combining import Labels
from nnbook.experiments.nets import Split, test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.regularization.recipes import PLAIN, Plan, Recipe, background, trained
from nnbook.layers import Flatten, Sequential
from nnbook.metrics import accuracy, negative_log_likelihood

SIDE = 8
PLANS = {200: Plan(200, (100,), 20, 120), 1200: Plan(1200, (100,), 32, 25)}
RECIPES = {"plain": PLAIN, "shifted": Recipe(change=partial(shift, pixels=1))}
ARMS = tuple(f"{recipe} {size}" for size in PLANS for recipe in RECIPES)
GRID = (0.01, 0.03, 0.1, 0.3)


def five_views(images: Array) -> Array:
    """The image moved by a pixel toward each of the four corners, and the image: (5, N, C, H, W).

    They are five crops of the image with a margin of one empty pixel; the last is the image itself.
    """
    margin = np.pad(images, [(0, 0), (0, 0), (1, 1), (1, 1)])
    return five_crop(margin, *images.shape[2:])


def sideways(images: Array) -> Array:
    """The image moved by a pixel to the left, to the right, and not at all: (3, N, C, H, W)."""
    width = images.shape[3]
    margin = np.pad(images, [(0, 0), (0, 0), (0, 0), (1, 1)])
    return np.stack([margin[..., i : i + width] for i in (2, 0, 1)])


def logits_of_views(net: Sequential, views: Array, mean: Array) -> Array:
    """The logits for all views of raw scaled images, which the net wants centered: (views, N, classes)."""
    rows = views.reshape(len(views), views.shape[1], -1) - mean
    return np.stack([net(row)[0] for row in rows])


def score(arm: str, lr: float, seed: int) -> float:
    """Test accuracy in percent on the images as they are."""
    recipe, size = arm.split()
    return test_accuracy(*trained(RECIPES[recipe], PLANS[int(size)], lr, seed))


def gained(net: Sequential, images: Array, mean: Array, labels: Labels) -> Outcome:
    """Accuracy and loss of one view, and what the average over five and over three adds."""
    five, three = (
        logits_of_views(net, views(images), mean) for views in (five_views, sideways)
    )
    one = softmax(five[-1])
    alone = 100 * accuracy(one, labels)
    return {
        "alone": alone,
        "gain": 100 * accuracy(average_probabilities(five), labels) - alone,
        "loss": negative_log_likelihood(average_probabilities(five), labels)
        - negative_log_likelihood(one, labels),
        "sideways": 100 * accuracy(average_probabilities(three), labels) - alone,
        "corner": np.mean([100 * accuracy(view, labels) for view in five[:4]]),
    }


def raw_images(data: Split, mean: Array) -> Array:
    """The test part as images whose background is 0 again."""
    return np.asarray((data.x_test + mean).reshape(-1, 1, SIDE, SIDE))


def ready(recipe: str, size: int, lr: float, seed: int) -> tuple[Sequential, Array, Labels]:
    """A trained net that takes raw scaled images, and those of the test part with their labels.

    The net has learned centered rows; here its first bias subtracts the mean image.
    """
    net, data = trained(RECIPES[recipe], PLANS[size], lr, seed)
    mean = background(seed, size)
    net.params["0.bias"][:] -= mean @ net.params["0.weight"]
    return Sequential(Flatten(), net), raw_images(data, mean), data.y_test


def views(seed: int, rates: Rates) -> Outcome:
    """Everything of `gained` for nets trained with and without shifts, on test images as is and moved."""
    outcome: Outcome = {}
    for arm, lr in rates.items():
        recipe, size = arm.split()
        net, data = trained(RECIPES[recipe], PLANS[int(size)], lr, seed)
        mean = background(seed, int(size))
        images = raw_images(data, mean)
        moved = shift(images, 1, rng=np.random.default_rng([seed, 7]))
        for place, shown in (("", images), ("_moved", moved)):
            found = gained(net, shown, mean, data.y_test)
            outcome |= {f"{key}_{recipe}_{size}{place}": value for key, value in found.items()}
    return outcome


VIEWS = Experiment("views", views, trial=score, arms=ARMS, grid=GRID)
