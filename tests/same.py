"""What tests of whole models share: copies of all their arrays, and whether two sets are the same."""

import numpy as np


def arrays(model):
    """Copies of parameters and buffers, by name."""
    return {name: a.copy() for name, a in (model.params | model.buffers).items()}


def assert_equal(got, expected):
    """The same names, numbers and dtypes."""
    assert got.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(got[name], array, err_msg=name)
        assert got[name].dtype == array.dtype
