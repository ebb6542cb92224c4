"""Loss on the digits that a net learns and on others, epoch by epoch."""

import numpy as np

from nnbook.experiments.nets import digits_split
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.regularization import max_norm
from nnbook.training import train

EXAMPLES, BATCH, EPOCHS, RATE = 200, 20, 80, 0.03


def loss_history(limit: float | None, seed: int) -> tuple[list[float], list[float]]:
    """Training loss and test loss after each epoch, in nats, with max-norm if there is a limit."""
    data, rng = digits_split(seed, EXAMPLES), np.random.default_rng([seed, 1])
    net = mlp((64, 100, 100, 10), rng=rng, dtype=np.float32)
    run = train(
        net,
        cross_entropy,
        SGD(RATE, momentum=0.9),
        data.x,
        data.y,
        epochs=EPOCHS,
        batch_size=BATCH,
        rng=rng,
    )
    training, test = [], []
    for step in run:
        if limit is not None:
            max_norm(net.params, limit)
        if (step.index + 1) % (EXAMPLES // BATCH) == 0:
            training.append(cross_entropy(net(data.x)[0], data.y)[0])
            test.append(cross_entropy(net(data.x_test)[0], data.y_test)[0])
    return training, test
