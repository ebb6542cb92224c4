"""A Dask cluster on this machine: two processes of two threads, over TCP, as a fixture."""

import dask
import pytest
from distributed import LocalCluster

# A worker is to limit its BLAS itself, and a call is given up after two dead workers.
SETTINGS = {
    "distributed.nanny.pre-spawn-environ": {
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "2",
    },
    "distributed.scheduler.allowed-failures": 1,
}


def start_cluster(folder, workers=2):
    """The cluster, as a context."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=2,
        processes=True,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=":0",
        memory_limit=None,
        local_directory=str(folder),
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of its scheduler."""
    with dask.config.set(SETTINGS), start_cluster(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster.scheduler_address
