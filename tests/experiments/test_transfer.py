"""Building blocks of the experiments on transfer learning, on cases with known answers."""

import hashlib

import numpy as np
import pytest
from mirror import cifar_files, cifar_members, mnist_files

from nnbook.datasets import cifar10, mnist
from nnbook.downloads import Source
from nnbook.experiments.nets import Split, digits_split
from nnbook.experiments.nets import test_accuracy as accuracy_on
from nnbook.experiments.transfer import (
    cuts,
    labels,
    rates,
    reasons,
    speed,
    summaries,
    tasks,
    ways,
)
from nnbook.experiments.transfer.images import compare
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.transfer import freeze

SEED = 0
EVERY = pytest.mark.parametrize("way", ways.WAYS)


def arrays(net):
    return {name: a.copy() for name, a in net.params.items()}


# --- tasks ----------------------------------------------------------------------------------------


def test_new_classes_share_no_image_and_count_from_zero():
    raw = digits_split(SEED, tasks.TRAINING, scaled=False)
    task = tasks.digits_task("similar", SEED)
    assert len(task.source.y) == (raw.y < 5).sum()
    np.testing.assert_array_equal(task.target.y, raw.y[raw.y >= 5] - 5)
    np.testing.assert_array_equal(task.target.y_test, raw.y_test[raw.y_test >= 5] - 5)
    assert set(task.source.y) == set(task.target.y) == set(range(5))


def test_the_statistics_are_those_of_the_source_s_training_part():
    source, target = tasks.digits_task("similar", SEED)
    np.testing.assert_allclose(source.x.mean(axis=0), 0, atol=1e-6)
    raw = digits_split(SEED, tasks.TRAINING, scaled=False)
    old = raw.x[raw.y < 5]
    expected = (raw.x_test[raw.y_test >= 5] - old.mean(axis=0)) / old.std()
    np.testing.assert_allclose(target.x_test, expected, atol=1e-5)
    assert source.x.dtype == target.x.dtype == np.float32


def test_shuffled_pixels_change_the_source_alone_and_all_its_images_alike():
    similar, different = (tasks.digits_task(n, SEED) for n in ("similar", "different"))
    np.testing.assert_array_equal(similar.target.x, different.target.x)
    np.testing.assert_array_equal(similar.source.y, different.source.y)
    np.testing.assert_array_equal(
        np.sort(similar.source.x, axis=1), np.sort(different.source.x, axis=1)
    )
    assert (similar.source.x != different.source.x).any()
    # Products between images are those of the images in order: the same classes, as easy to tell apart.
    for part in ("x", "x_test"):
        a, b = getattr(similar.source, part), getattr(different.source, part)
        np.testing.assert_allclose(a[:9] @ a[:9].T, b[:9] @ b[:9].T, rtol=1e-4, atol=1e-3)


def test_parity_is_learned_from_images_that_the_source_has_not_seen():
    raw, task = digits_split(SEED, tasks.TRAINING), tasks.digits_task("parity", SEED)
    assert len(task.source.x) == 800
    assert len(task.target.x) == 400
    np.testing.assert_array_equal(task.target.y, raw.y[800:] % 2)
    np.testing.assert_array_equal(task.target.y_test, task.source.y_test % 2)
    seen = {row.tobytes() for row in task.source.x}
    assert not seen & {row.tobytes() for row in task.target.x}


def test_few_are_balanced_and_nested():
    data = tasks.digits_task("similar", SEED).target
    small, large = tasks.few(data, 5), tasks.few(data, 20)
    np.testing.assert_array_equal(np.bincount(small.y), [5] * 5)
    np.testing.assert_array_equal(np.bincount(large.y), [20] * 5)
    assert {r.tobytes() for r in small.x} < {r.tobytes() for r in large.x}
    assert small.x_test is data.x_test


def test_more_than_the_rarest_class_has_is_refused():
    data = Split(np.zeros((3, 2)), np.array([0, 0, 1]), np.zeros((1, 2)), np.array([0]))
    message = r"^per_class must be at most 1, which the rarest class has, got 2$"
    with pytest.raises(ValueError, match=message):
        tasks.few(data, 2)


# --- ways -----------------------------------------------------------------------------------------


@EVERY
def test_what_is_copied_is_the_source_s_and_the_rest_is_not(way):
    source, data = ways.source_net("similar", SEED), tasks.digits_task("similar", SEED).target
    net = ways.assemble(ways.WAYS[way], source, data, ways.HIDDEN, SEED)
    hidden, copied, _ = ways.WAYS[way]
    assert len(net.layers) == 2 * hidden + 1
    for i in range(hidden):
        same = np.array_equal(net.params[f"{2 * i}.weight"], source.params[f"{2 * i}.weight"])
        assert same == (i < copied)
    assert net.params[f"{2 * hidden}.weight"].shape[1] == 5


@EVERY
def test_only_what_is_not_frozen_is_trained_and_the_source_never(way):
    source, data = ways.source_net("similar", SEED), tasks.digits_task("similar", SEED).target
    net = ways.assemble(ways.WAYS[way], source, data, ways.HIDDEN, SEED)
    before, kept = arrays(net), arrays(source)
    frozen = ways.WAYS[way].frozen
    above, seen = ways.above_frozen(net, tasks.few(data, 5), frozen)
    ways.learn(above, seen, 0.03, SEED, 5)
    moved = {name for name, a in net.params.items() if (a != before[name]).any()}
    still = {f"{2 * i}.{part}" for i in range(frozen) for part in ("weight", "bias")}
    assert moved == set(net.params) - still
    assert all((source.params[name] == a).all() for name, a in kept.items())


def test_outputs_computed_once_train_as_frozen_layers_do():
    source, data = (
        ways.source_net("parity", SEED),
        tasks.few(tasks.digits_task("parity", SEED).target, 20),
    )
    nets = [
        ways.assemble(ways.WAYS["frozen"], source, data, ways.HIDDEN, SEED) for _ in range(2)
    ]
    above, seen = ways.above_frozen(nets[0], data, 2)
    ways.learn(above, seen, 0.03, SEED, 30)
    ways.learn(freeze(nets[1], 4), data, 0.03, SEED, 30)
    for name, a in nets[0].params.items():
        np.testing.assert_allclose(a, nets[1].params[name], rtol=1e-4, atol=1e-5)


def test_a_run_has_as_many_updates_as_asked_for_or_ends_when_it_diverges():
    data = tasks.few(tasks.digits_task("similar", SEED).target, 20)
    net = mlp((64, 5), rng=np.random.default_rng(0), dtype=np.float32)
    assert ways.learn(net, data, 0.01, SEED, 7) == 7
    net.params["0.weight"][:] = np.nan
    assert ways.learn(net, data, 0.01, SEED, 7) == 1


def test_sources_are_learned():
    for name in labels.COUNTS:
        source = tasks.digits_task(name, SEED).source
        assert accuracy_on(ways.source_net(name, SEED), source) > 93


# --- experiments ----------------------------------------------------------------------------------


def test_differences_are_between_the_arms_that_they_name():
    found = {arm: float(i) for i, arm in enumerate(labels.ARMS)}
    outcome = labels.table(found)
    assert outcome["cell_much_different"] == (
        found["different all 60"] - found["different upper 60"]
    )
    others = labels.against_others(found)
    assert others["parity_frozen_over_random_little"] == (
        found["parity frozen 5"] - found["parity random 5"]
    )
    assert others["similar_all_over_scratch_much"] == (
        found["similar all 60"] - found["similar scratch 60"]
    )


def test_equal_rates_for_head_and_body_are_one_rate():
    data = tasks.few(tasks.digits_task("similar", SEED).target, labels.LITTLE)
    net = ways.assemble(
        ways.WAYS["all"], ways.source_net("similar", SEED), data, ways.HIDDEN, SEED
    )
    for _ in ways.steps(net, data, SGD(0.01, ways.MOMENTUM), SEED, ways.UPDATES):
        pass
    expected = accuracy_on(net, data)
    assert rates.tuned_accuracy("similar", 0.01, 0.01, SEED) == pytest.approx(expected)


def test_the_grid_of_the_sweep_has_the_rate_of_the_source_and_a_tenth_of_it():
    assert ways.SOURCE_RATE in rates.GRID
    assert ways.SOURCE_RATE / 10 in rates.GRID


def test_donors_have_learned_their_own_task():
    target = tasks.digits_task("similar", SEED).target
    assert accuracy_on(cuts.donor("own", SEED), target) > 90
    assert accuracy_on(cuts.donor("similar", SEED), target) < 60


def test_a_net_that_never_gets_there_is_counted_to_the_limit(monkeypatch):
    monkeypatch.setattr(speed, "GOALS", {"similar": 101.0})
    monkeypatch.setattr(speed, "LIMIT", 6)
    assert speed.updates_to("similar", "all", 0.01, SEED) == 6
    monkeypatch.setattr(speed, "GOALS", {"similar": 0.0})
    assert speed.updates_to("similar", "all", 0.01, SEED) == speed.EVERY


def test_the_effective_dimension_counts_directions():
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.normal(size=(50, 3)))
    q -= q.mean(axis=0)
    q, _ = np.linalg.qr(q)
    flat = q @ rng.normal(size=(3, 3))
    assert reasons.effective_dimension(q) == pytest.approx(3)
    assert reasons.effective_dimension(q[:, :1] * np.ones((1, 7))) == pytest.approx(1)
    assert 1 < reasons.effective_dimension(flat) < 3


def test_the_share_between_classes_is_one_for_points_and_zero_for_equal_means():
    labels_ = np.repeat([0, 1], 4)
    points = np.eye(2)[labels_]
    assert reasons.between_share(points, labels_) == pytest.approx(1)
    same = np.tile([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -2.0]], (2, 1))
    assert reasons.between_share(same, labels_) == pytest.approx(0)


def test_the_ceiling_of_parity_is_what_drawing_digits_gives():
    rng = np.random.default_rng(0)
    seen = [len(set(rng.integers(5, size=3))) for _ in range(20_000)]
    share = np.mean(seen) / 5
    assert reasons.parity_ceiling(3) == pytest.approx(100 * (share + (1 - share) / 2), abs=0.3)
    assert reasons.parity_ceiling(0) == 50


def test_a_source_net_begins_as_the_fresh_one():
    made = ways.pretrained(tasks.digits_task("similar", SEED).source, SEED, (50, 50), updates=1)
    fresh = reasons.fresh(50, SEED)
    assert made.params.keys() == fresh.params.keys()
    gap = max(np.abs(made.params[n] - a).max() for n, a in fresh.params.items())
    assert 0 < gap < 0.1


def test_a_cell_of_the_table_has_every_way_at_one_number_of_labels():
    curves = {
        f"{task}_{way}": [[100.0 * (task == "different") + n for n in counts]] * 3
        for task, counts in labels.COUNTS.items()
        for way in labels.ways_of(task)
    }
    found = summaries.cell(curves, "different", 60)
    assert list(found) == [ways.LABELS[way] for way in ways.WAYS]
    assert found["fine-tuned"].mean == 160
    assert found["from scratch"].mean == 60
    lines = summaries.by_count(curves, "parity", ["all"])
    assert [s.mean for s in lines["fine-tuned"]] == list(labels.COUNTS["parity"])


# --- other images ---------------------------------------------------------------------------------


def stored(folder, files):
    """The files in a folder, and the source that vouches for them."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return Source(("http://nowhere.invalid/",), hashes)


def striped(n):
    """Images of noise with one bright row for each class: easy to tell apart."""
    rng, y = np.random.default_rng(n), np.arange(n) % 10
    x = rng.integers(40, size=(n, 28, 28))
    x[np.arange(n), 2 * y + 3] = 255
    return x.astype(np.uint8), y.astype(np.uint8)


@pytest.mark.parametrize(("kind", "per_class"), [("similar", 10), ("parity", 40)])
def test_every_way_learns_bright_rows_of_files_like_those_of_mnist(kind, per_class, tmp_path):
    files = mnist_files([*striped(300), *striped(100)])
    images = mnist(tmp_path, source=stored(tmp_path, files))
    found = compare(
        images, kind, per_class, seeds=2, hidden=(16, 16), source_updates=60, grid=(0.01, 0.05)
    )
    assert list(found) == list(ways.WAYS)
    assert all(summary.n == 2 for summary in found.values())
    assert min(found["pixels"].mean, found["all"].mean) > 97


def test_files_like_those_of_cifar10_have_what_the_comparison_needs(tmp_path):
    images = cifar10(tmp_path, source=stored(tmp_path, cifar_files(cifar_members(40))))
    found = compare(
        images, "different", 3, seeds=1, hidden=(8, 8), source_updates=3, grid=(0.01,)
    )
    assert all(0 <= summary.mean <= 100 for summary in found.values())


def test_an_unknown_kind_is_refused_before_any_work():
    with pytest.raises(
        ValueError, match=r"^kind must be one of different, parity, similar, got"
    ):
        compare([], "other", 5)
