"""How well is a target learned from few and from many labels, in each of seven ways?"""

from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates
from nnbook.experiments.transfer.tasks import digits_task, few
from nnbook.experiments.transfer.ways import WAYS, source_net, transferred

# Training examples per class, from little to much.
COUNTS = {"similar": (1, 5, 20, 60), "different": (5, 60), "parity": (5, 20, 50, 100)}
LITTLE = 5
GRID = (0.0005, 0.002, 0.008, 0.03, 0.12, 0.5, 2.0, 8.0, 32.0)


def ways_of(task: str) -> tuple[str, ...]:
    """The ways that are tried: "different" shares with "similar" those that copy nothing."""
    copying = task == "different"
    partly = task != "parity"  # the table of the lecture is about the other two
    ways = {name: way for name, way in WAYS.items() if partly or name != "upper"}
    return tuple(name for name, way in ways.items() if way.copied or not copying)


ARMS = tuple(
    f"{task} {way} {count}"
    for task, counts in COUNTS.items()
    for way in ways_of(task)
    for count in counts
)


def label_score(arm: str, rate: float, seed: int) -> float:
    """Test accuracy on the target in percent; an arm is a task, a way and a number of examples per class."""
    task, way, count = arm.split()
    data = few(digits_task(task, seed).target, int(count))
    return test_accuracy(*transferred(WAYS[way], source_net(task, seed), data, rate, seed))


def labels(seed: int, rates: Rates) -> Outcome:
    """Accuracies, as curves over the number of examples, and the differences that claims are about."""
    found = {arm: label_score(arm, rates[arm], seed) for arm in ARMS}
    curves = {
        f"{task}_{way}": [found[f"{task} {way} {count}"] for count in counts]
        for task, counts in COUNTS.items()
        for way in ways_of(task)
    }
    sources = {
        f"source_{task}": test_accuracy(source_net(task, seed), digits_task(task, seed).source)
        for task in COUNTS
    }
    return {**curves, **sources, **against_others(found), **table(found)}


def against_others(found: dict[str, float]) -> Outcome:
    """What the pre-trained ways gain over those that copy nothing, with little and much data."""
    outcome: Outcome = {}
    for task in ("similar", "parity"):
        full = COUNTS[task][-1]
        net, pixels = (found[f"{task} {way} {full}"] for way in ("scratch", "pixels"))
        outcome[f"net_over_pixels_{task}"] = net - pixels
        for name, count in (("little", LITTLE), ("much", full)):
            score = {way: found[f"{task} {way} {count}"] for way in ways_of(task)}
            for way in ("frozen", "all"):
                for other in ("scratch", "pixels", "random"):
                    gain = score[way] - score[other]
                    outcome[f"{task}_{way}_over_{other}_{name}"] = gain
    return outcome


def table(found: dict[str, float]) -> Outcome:
    """The lecture's table, a difference for each cell: what it advises minus what it advises elsewhere."""
    little, much = LITTLE, COUNTS["similar"][-1]

    def gain(task: str, way: str, other: str, count: int) -> float:
        return found[f"{task} {way} {count}"] - found[f"{task} {other} {count}"]

    trouble = found[f"different frozen {little}"] - found[f"similar scratch {little}"]
    return {
        "cell_little_similar": gain("similar", "frozen", "all", little),
        "cell_much_similar": gain("similar", "upper", "frozen", much),
        "cell_little_different": gain("different", "layer1", "frozen", little),
        "cell_much_different": gain("different", "all", "upper", much),
        "cell_much_similar_all": gain("similar", "all", "upper", much),
        "cell_little_similar_1": gain("similar", "layer1", "frozen", little),
        "parity_frozen_over_all_little": gain("parity", "frozen", "all", little),
        "parity_all_over_frozen_much": gain("parity", "all", "frozen", COUNTS["parity"][-1]),
        "trouble": trouble,
    }


LABELS_NEEDED = Experiment("transfer-labels", labels, trial=label_score, arms=ARMS, grid=GRID)
