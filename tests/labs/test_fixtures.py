"""The fixtures of the labs' engine still tell what nnbook computes."""

import json

import numpy as np
import pytest
from labs.make_fixtures import FILE, fixtures

STORED = json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def computed():
    return json.loads(json.dumps(fixtures()))


def test_the_fixtures_are_those_of_the_script(computed):
    numbers = {"activations", "rates", "cases"}
    for key in computed.keys() | STORED.keys():
        if key not in numbers:
            assert computed[key] == STORED[key], key


def test_activations_and_rates_are_nnbooks(computed):
    for key in "activations", "rates":
        assert computed[key].keys() == STORED[key].keys()
        for name, values in computed[key].items():
            np.testing.assert_allclose(STORED[key][name], values, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("name", STORED["cases"])
def test_nnbook_trains_as_stored(computed, name):
    stored, new = STORED["cases"][name], computed["cases"][name]
    np.testing.assert_allclose(stored["losses"], new["losses"], rtol=1e-12)
    np.testing.assert_allclose(stored["scores"], new["scores"], rtol=1e-9)
