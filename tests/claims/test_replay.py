"""Every record is fresh, and its first seed, run again, gives what was recorded.

On the kind of machine that made a record numbers agree to the last bits. Elsewhere rounding differs, training
amplifies it, and a number must lie among those of the other seeds.
"""

from functools import cache

import numpy as np
import pytest
import scipy
from joblib import Parallel, delayed, parallel_config

from nnbook.claims import CLAIMS
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.records import load_record, read_body
from nnbook.claims.tasks import processor, run_seed

EXACT, SPREAD, TIMES = 1e-9, 4, 5
CURVE = 1e-5  # curves are kept to six digits
EXPERIMENTS = {e.name: e for claim in CLAIMS.values() for e in claim.experiments}


def made_here(body):
    """Whether a record was made by this kind of processor and these libraries."""
    here = {"numpy": np.__version__, "scipy": scipy.__version__}
    libraries = {name: body["versions"][name] for name in here}
    return body["processor"] == processor() and libraries == here


def fits(recorded, again, *, exact, timed=False, log=False):
    """Whether a number that was run again agrees with the recorded ones, the first of which is its twin."""
    if timed:
        middle = np.exp(np.mean(np.log(recorded)))
        return middle / TIMES < again < middle * TIMES
    if exact:
        return abs(again - recorded[0]) <= EXACT * max(abs(recorded[0]), 1e-3)
    if log:
        return again > 0 and fits(np.log(recorded), np.log(again), exact=False)
    mean, sd = np.mean(recorded), np.std(recorded)
    return abs(again - mean) <= SPREAD * max(sd, 0.02 * abs(mean), 1e-3)


@cache
def graph():
    return CodeGraph()


def rates_of(name):
    """The recorded rates of an experiment, which all of its claims must share."""
    users = [c for c in CLAIMS.values() if name in {e.name for e in c.experiments}]
    first, *others = [read_body(claim)["rates"].get(name, {}) for claim in users]
    assert all(other == first for other in others)
    return first


@pytest.fixture(scope="module")
def replayed():
    """The outcome of seed 0 of every experiment; what is timed runs alone, after the others."""
    quick = [e for e in EXPERIMENTS.values() if not e.timed]
    with parallel_config(backend="loky", inner_max_num_threads=1):
        tasks = (delayed(run_seed)(e, 0, rates_of(e.name)) for e in quick)
        found = Parallel(n_jobs=2, batch_size=1)(tasks)
    outcomes = {e.name: outcome for e, (outcome, _) in zip(quick, found, strict=True)}
    for e in EXPERIMENTS.values():
        if e.timed:
            outcomes[e.name] = run_seed(e, 0, rates_of(e.name))[0]
    return outcomes


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_record_is_fresh(claim):
    assert load_record(claim, graph()).claim == claim.id


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_first_seed_gives_what_was_recorded(claim, replayed):
    body = read_body(claim)
    exact, wrong = made_here(body), {}
    for m in claim.measures:
        again, recorded = replayed[m.experiment.name][m.key], body["values"][m.key]
        if not fits(recorded, again, exact=exact, timed=m.experiment.timed, log=m.log):
            wrong[m.key] = (again, recorded)
    for experiment in claim.experiments:
        for key, again in replayed[experiment.name].items():
            if exact and not experiment.timed and key in body["curves"]:
                recorded = body["curves"][key][0]
                if not np.allclose(again, recorded, rtol=CURVE, atol=CURVE):
                    wrong[key] = (again, recorded)
    assert wrong == {}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_experiments_of_a_claim_return_everything_it_keeps_under_names_of_their_own(
    claim, replayed
):
    keys = [key for e in claim.experiments for key in replayed[e.name]]
    assert len(set(keys)) == len(keys)
    body = read_body(claim)
    assert set(keys) == set(body["values"]) | set(body["curves"])


# --- the comparison itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("again", "options", "expected"),
    [
        (10.0, {"exact": True}, True),
        (10.0 + 5e-9, {"exact": True}, True),
        (10.0 + 5e-8, {"exact": True}, False),
        (11.0, {"exact": True}, False),
        (11.0, {"exact": False}, True),
        (15.0, {"exact": False}, True),
        (16.0, {"exact": False}, False),
        (6.0, {"exact": False}, False),
        (np.nan, {"exact": True}, False),
        (np.nan, {"exact": False}, False),
        (15.0, {"exact": False, "log": True}, True),
        (20.0, {"exact": False, "log": True}, False),
        (-1.0, {"exact": False, "log": True}, False),
        (40.0, {"exact": True, "timed": True}, True),
        (60.0, {"exact": True, "timed": True}, False),
        (2.0, {"exact": True, "timed": True}, False),
    ],
)
def test_fits(again, options, expected):
    assert fits([10.0, 11.0, 12.0, 9.0, 12.0], again, **options) == expected


def test_values_that_are_all_equal_leave_room_for_rounding():
    assert fits([3.0, 3.0], 3.0001, exact=False)
    assert not fits([3.0, 3.0], 3.3, exact=False)
    assert fits([0.0, 0.0], 1e-6, exact=False)
