"""The claims of the book: each has a rule, enough seeds, a fair tuning, and sources that exist."""

import re
from pathlib import Path

import pytest

from nnbook.claims import CHAPTERS, CLAIMS, result
from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.records import RESULTS, read_body
from nnbook.claims.tasks import run_seed
from nnbook.experiments.protocol import TUNING_SEEDS

ROOT = Path(__file__).parents[2]
EXPERIMENTS = {e.name: e for claim in CLAIMS.values() for e in claim.experiments}
claims = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
experiments = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)


def numbered(*spans):
    return [f"C{n:02}" for first, last in spans for n in range(first, last + 1)]


# What the lecture claims, by chapter, in its order; C12 is a part of C01 and C08.
PLAN = {
    "activations": numbered((1, 11), (13, 24)),
    "preprocessing": numbered((25, 30)),
    "initialization": numbered((31, 46)),
    "normalization": numbered((47, 59)),
    "regularization": numbered((81, 86)),
    "gradient_checking": numbered((66, 68)),
    "babysitting": numbered((69, 71)),
    "optimizers": numbered((72, 80)),
    "hyperparameters": numbered((91, 94)),
    "ensembles": numbered((87, 90)),
    "transfer": numbered((60, 65)),
}


@pytest.mark.parametrize("part", CHAPTERS, ids=lambda part: part.__name__.split(".")[-1])
def test_a_chapter_has_the_claims_of_the_plan(part):
    assert sorted(claim.id for claim in part.CLAIMS) == PLAN[part.__name__.split(".")[-1]]


def test_claims_are_in_order_under_their_ids():
    assert list(CLAIMS) == sorted(CLAIMS)
    assert all(claim.id == name for name, claim in CLAIMS.items())
    assert len(CLAIMS) == sum(len(part.CLAIMS) for part in CHAPTERS)


def test_titles_tell_claims_apart():
    titles = [claim.title for claim in CLAIMS.values()]
    assert len(set(titles)) == len(titles)


@claims
def test_each_says_what_a_reader_must_know(claim):
    for text in (claim.title, claim.sentence, claim.evidence, claim.method):
        assert text == text.strip() != ""
    assert claim.sentence.endswith(".")
    assert not claim.title.endswith(".")
    assert claim.sources[0][1] != ""  # where it is said; what backs it up may be a whole paper
    assert (ROOT / f"{claim.chapter}.md").exists()


@claims
def test_each_has_a_rule_and_the_deciding_parts_come_first(claim):
    decides = [measure.decides for measure in claim.measures]
    assert decides[0]
    assert decides == sorted(decides, reverse=True)
    assert all(m.low <= m.high for m in claim.measures)
    assert all(
        m.low > 0 or m.low == float("-inf") for m in claim.measures if m.log and m.decides
    )


@claims
def test_measures_have_keys_and_labels_of_their_own(claim):
    assert len({m.key for m in claim.measures}) == len(claim.measures)
    assert len({m.label for m in claim.measures}) == len(claim.measures)


@claims
def test_measures_and_curves_in_the_record_are_what_the_experiments_return(claim):
    body = read_body(claim)
    assert set(body["values"]) == {m.key for m in claim.measures}
    seeds = {m.key: m.experiment.seeds for m in claim.measures}
    assert {key: len(values) for key, values in body["values"].items()} == seeds


def test_every_record_belongs_to_a_claim():
    assert {path.name for path in RESULTS.iterdir()} == {f"{name}.json" for name in CLAIMS}


@claims
def test_sources_are_in_the_bibliography(claim):
    text = (ROOT / "book" / "references.bib").read_text("utf-8")
    known = set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))
    cited = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", f"{claim.evidence} {claim.method}")
    used = {key for key, _ in claim.sources} | {k.strip() for c in cited for k in c.split(",")}
    assert used <= known


def test_unknown_claims_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"^claim_id must be one of C01, .*, got 'C12'$"):
        result("C12")


# --- experiments ----------------------------------------------------------------------------------


def test_one_name_is_one_experiment():
    found = {}
    for claim in CLAIMS.values():
        for measure in claim.measures:
            experiment = measure.experiment
            assert found.setdefault(experiment.name, experiment) is experiment


# Experiments of which one run takes longer than five seconds; their cards say so.
LONG = {"full_size"}


@experiments
def test_ten_seeds_or_more_wherever_anything_is_random(experiment):
    if experiment.seeds > 1:
        assert experiment.seeds >= (5 if experiment.name in LONG else 10)
    else:
        assert not experiment.timed
        assert run_seed(experiment, 0, {})[0] == run_seed(experiment, 1, {})[0]


@experiments
def test_arms_are_tuned_from_one_grid_on_seeds_of_their_own(experiment):
    assert bool(experiment.arms) == bool(experiment.grid) == (experiment.trial is not None)
    assert len(set(experiment.arms)) == len(experiment.arms)
    assert list(experiment.grid) == sorted(set(experiment.grid))
    assert all(rate > 0 for rate in experiment.grid)
    assert experiment.seeds <= min(TUNING_SEEDS)


@experiments
def test_the_fingerprint_sees_the_code(experiment):
    graph = CodeGraph()
    for function in filter(None, (experiment.run, experiment.trial)):
        root = (function.__module__, function.__qualname__)
        assert root in graph.reach([root])


@claims
def test_chosen_rates_are_of_the_grid_and_the_best_of_the_recorded_scores(claim):
    body = read_body(claim)
    tuned = [e for e in claim.experiments if e.arms]
    assert set(body["rates"]) == set(body["scores"]) == {e.name for e in tuned}
    for experiment in tuned:
        assert set(body["rates"][experiment.name]) == set(experiment.arms)
        for arm, rate in body["rates"][experiment.name].items():
            row = body["scores"][experiment.name][arm]
            known = [score for score in row if score is not None]
            assert row[experiment.grid.index(rate)] == max(known)
            # At an end of the grid a better rate might lie beyond: the grid must be widened.
            assert experiment.grid[0] < rate < experiment.grid[-1]
