"""Memory: a training step does not hand pages back to the system only to fault them in again."""

import platform
import subprocess
import sys

import numpy as np

from nnbook._memory import LARGE, keep_freed_memory

# Page faults of a step in a new process, where arrays of 128 KiB start out as large.
FAULTS = """
import resource
import numpy as np
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.training import loss_and_grads

net = mlp((64, 256, 256, 10), rng=np.random.default_rng(0), dtype=np.float32)
x, y, sgd = np.ones((128, 64), np.float32), np.arange(128) % 10, SGD(0.01)

def faults(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        sgd.step(net.params, loss_and_grads(net, cross_entropy, x, y)[1])
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / steps

faults(20)
# The system may take pages back at any time: the quietest of several rounds is the step's own.
print(min(faults(20) for _ in range(10)))
"""


def test_a_step_of_a_net_of_medium_size_faults_no_pages_in():
    command = [sys.executable, "-c", FAULTS]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    # Without the call it is 256. Other C libraries have rules of their own.
    assert float(said) < (20 if platform.libc_ver()[0] == "glibc" else np.inf)


def test_what_is_freed_stays_below_the_most_that_glibc_takes_as_threshold():
    assert 2**20 < LARGE < 32 * 2**20
    assert keep_freed_memory() is None
