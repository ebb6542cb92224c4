"""Rows of data, and of what is done to them before training."""

from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from bad_input.case import IMAGES, LABELS, Case, batch, fresh, like, method_of, number
from mirror import cifar_files, cifar_members, mnist_arrays, mnist_files

from nnbook import augmentation, datasets, downloads, preprocessing
from nnbook.downloads import CIFAR10, MNIST


def image_change(f, **options):
    return Case(
        f,
        lambda: {"x": batch(*IMAGES), **options, "rng": fresh()},
        lambda y, a: like(y, a.x, crop_of(a)),
    )


def crop_of(a):
    h, w = getattr(a, "height", np.shape(a.x)[2]), getattr(a, "width", np.shape(a.x)[3])
    return (*np.shape(a.x)[:2], h, w)


def fitted(make):
    return lambda: make().fit(batch(9, 3))


def fitting(make):
    """The rows of fit, apply and invert."""
    kind = make.func.__name__ if isinstance(make, partial) else make.__name__
    return {
        f"preprocessing.{kind}.fit": method_of(
            "fit",
            fitted(make),
            lambda: {"x": batch(9, 3)},
            lambda t, a: type(t).__name__ == kind,
            changes=("subject",),
        ),
        f"preprocessing.{kind}.apply": method_of(
            "apply", fitted(make), lambda: {"x": batch(4, 3)}, lambda z, a: like(z, a.x)
        ),
        f"preprocessing.{kind}.invert": method_of(
            "invert", fitted(make), lambda: {"z": batch(4, 3)}, lambda x, a: like(x, a.z)
        ),
    }


def kept(files):
    """A folder that holds the files."""
    folder = Path("data").resolve()
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content)
    return folder


def source(files):
    """Where files are to be had; nobody listens there, so that what is there already must do."""
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    return downloads.Source(("http://127.0.0.1:9/",), hashes)


ROWS = {
    "augmentation.shift": image_change(augmentation.shift, pixels=1),
    "augmentation.flip": image_change(augmentation.flip, probability=0.5),
    "augmentation.crop": image_change(augmentation.crop, height=4, width=3),
    "augmentation.cutout": image_change(augmentation.cutout, size=3),
    "augmentation.five_crop": Case(
        augmentation.five_crop,
        lambda: {"x": batch(*IMAGES), "height": 4, "width": 3},
        lambda y, a: like(y, a.x, (5, *crop_of(a))),
    ),
    "augmentation.mixup": Case(
        lambda **a: (lambda x, labels, w: (x, w))(*augmentation.mixup(**a)),
        lambda: {"x": batch(), "labels": LABELS, "alpha": 0.2, "rng": fresh()},
        lambda y, a: like(y[0], a.x) and number(y[1], 0, 1),
    ),
    "datasets.digits": Case(lambda: len(datasets.digits()), dict),
    "datasets.blobs": Case(
        datasets.blobs,
        lambda: {"n": 5, "rng": fresh(), "centers": [[0.0, 1.0], [2.0, 3.0]], "std": 0.5},
        lambda answer, a: like(
            answer[0], np.ones(1), (a.n * len(a.centers), np.shape(a.centers)[1])
        ),
    ),
    "datasets.moons": Case(
        datasets.moons,
        lambda: {"n": 5, "rng": fresh(), "noise": 0.5},
        lambda answer, a: like(answer[0], np.ones(1), (2 * a.n, 2)),
    ),
    "datasets.spiral": Case(
        datasets.spiral,
        lambda: {"n": 5, "rng": fresh(), "classes": 3, "turns": 0.5, "noise": 0.2},
        lambda answer, a: like(answer[0], np.ones(1), (a.classes * a.n, 2)),
    ),
    "datasets.split": Case(
        lambda **a: [(x, list(y)) for x, y in datasets.split(**a)],
        lambda: {"x": batch(), "labels": LABELS, "fractions": (0.5, 0.3), "rng": fresh()},
        lambda answer, a: (
            len(answer) == len(a.fractions) and all(len(x) == len(y) for x, y in answer)
        ),
    ),
    "preprocessing.Standardizer": Case(lambda: preprocessing.Standardizer(), dict),
    "preprocessing.PCA": Case(preprocessing.PCA, lambda: {"components": 2}),
    "preprocessing.Whitener": Case(
        preprocessing.Whitener, lambda: {"epsilon": 0.1, "components": 2}
    ),
    **fitting(preprocessing.Standardizer),
    **fitting(preprocessing.PCA),
    **fitting(preprocessing.Whitener),
    **{
        f"preprocessing.{f.__name__}": Case(
            f, lambda: {"x": batch(*IMAGES)}, lambda y, a: like(y, a.x, np.shape(y))
        )
        for f in (
            preprocessing.mean_image,
            preprocessing.channel_mean,
            preprocessing.channel_std,
        )
    },
    "datasets.mnist": Case(
        datasets.mnist,
        lambda: {
            "path": kept(mnist_files(mnist_arrays())),
            "dtype": "float32",
            "source": source(mnist_files(mnist_arrays())),
        },
        lambda parts, a: [x.shape[1:] for x, _ in parts] == 2 * [(1, 28, 28)],
        raises=(OSError,),
    ),
    "datasets.cifar10": Case(
        datasets.cifar10,
        lambda: {
            "path": kept(cifar_files(cifar_members())),
            "dtype": "float32",
            "source": source(cifar_files(cifar_members())),
        },
        lambda parts, a: [x.shape[1:] for x, _ in parts] == 2 * [(3, 32, 32)],
        raises=(OSError,),
    ),
    "downloads.fetch": Case(
        downloads.fetch,
        lambda: {
            "source": source(mnist_files(mnist_arrays())),
            "path": kept(mnist_files(mnist_arrays())),
        },
        lambda paths, a: len(paths) == 4,
        raises=(OSError,),
    ),
    "downloads.read_idx": Case(
        lambda path, height, width: downloads.read_idx(path, height, width),
        lambda: {
            "path": kept(mnist_files(mnist_arrays())) / next(iter(MNIST.sha256)),
            "height": 28,
            "width": 28,
        },
        lambda x, a: x.shape == (5, 28, 28),
        names=("shape", "/"),
        raises=(OSError,),
    ),
    "downloads.read_labels": Case(
        downloads.read_labels,
        lambda: {"path": kept(mnist_files(mnist_arrays())) / [*MNIST.sha256][1], "examples": 5},
        lambda y, a: len(y) == a.examples,
        names=("labels in ", "/"),
        raises=(OSError,),
    ),
    "downloads.read_cifar": Case(
        downloads.read_cifar,
        lambda: {"path": kept(cifar_files(cifar_members())) / next(iter(CIFAR10.sha256))},
        lambda parts, a: [len(x) for x, _ in parts] == [10, 2],
        names=("/",),
        raises=(OSError,),
    ),
}
