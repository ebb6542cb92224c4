"""The rows of the table: what is measured, against what, and what it has to be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks import runs, steps
from benchmarks.pairs import Pair, Plan, Quartiles, Work, time_pair

# sizes, examples in a batch, at most this share of PyTorch's time with SGD
NETS = (
    ((64, 32, 10), 32, 0.4),
    ((64, 100, 100, 10), 64, 0.6),
    ((64, 256, 256, 10), 128, 0.8),
    ((784, 512, 512, 10), 128, 1.0),
)
TORCH, SKLEARN, BARE = "PyTorch", "scikit-learn", "the same in bare NumPy"
USUAL = Plan()
# One call takes seconds.
FEW = Plan(rounds=7, samples=1)


@dataclass(frozen=True)
class Row:
    """One comparison. `make` builds the two pieces of work, ours first; PyTorch is imported only then.

    The measure is ours / theirs and must be at most `limit`; with `speedup` it is theirs / ours and must be
    at least that. Without a limit it only tells how much there is to gain.
    """

    name: str
    against: str
    limit: float | None
    make: Callable[[], tuple[Work, Work]]
    speedup: bool = False
    plan: Plan = USUAL

    def __str__(self) -> str:
        return f"{self.name} / {self.against}"

    def measure(self, pair: Pair) -> Quartiles:
        """The number that the limit is for."""
        ratio = pair.ratio
        if not self.speedup:
            return ratio
        return Quartiles(1 / ratio.high, 1 / ratio.median, 1 / ratio.low)

    def holds(self, pair: Pair) -> bool:
        """Is the median within the limit, if there is one?"""
        median = self.measure(pair).median
        if self.limit is None:
            return True
        return median >= self.limit if self.speedup else median <= self.limit

    def run(self, plan: Plan | None = None) -> Pair:
        """Time it."""
        return time_pair(self.make, plan or self.plan)


def all_rows() -> Iterator[Row]:
    """Every row, in the order of the table."""
    for sizes, examples, limit in NETS:
        make = partial(_beside_torch, sizes, examples)
        yield Row(f"step of {_say(sizes, examples)}, SGD", TORCH, limit, make)
    for sizes, examples, _ in NETS:
        make = partial(_beside_torch, sizes, examples, "batch", adam=True)
        yield Row(f"step of {_say(sizes, examples)}, batch norm, Adam", TORCH, 1.0, make)
    for sizes, examples, _ in NETS[2:]:
        make = partial(_beside_products, sizes, examples)
        yield Row(f"step of {_say(sizes, examples)}, SGD", "its matrix products", 1.5, make)
    for sizes, examples, _ in NETS:
        make = partial(_beside_bare, sizes, examples)
        yield Row(f"step of {_say(sizes, examples)}, SGD", BARE, None, make)
    name = f"epoch on digits, 64-{runs.HIDDEN}-10, batch {runs.BATCH}, Adam"
    yield Row(name, SKLEARN, 0.7, _epochs)
    yield Row(
        "step of a convnet, 1x8x8, 16 and 32 channels, batch 64, SGD", TORCH, 3.0, _convnets
    )
    name = f"{runs.RUNS} equal runs on 2 processes"
    yield Row(name, "1 process", 1.8, _processes, speedup=True, plan=FEW)


def _say(sizes: steps.Sizes, examples: int) -> str:
    return f"{'-'.join(map(str, sizes))}, batch {examples}"


def _beside_torch(
    sizes: steps.Sizes, examples: int, norm: str | None = None, *, adam: bool = False
) -> tuple[Work, Work]:
    batch = steps.batch_of(examples, sizes[0])
    return (
        steps.our_step(steps.our_mlp(sizes, norm), batch, adam=adam),
        steps.torch_step(steps.torch_mlp(sizes, norm), batch, adam=adam),
    )


def _beside_products(sizes: steps.Sizes, examples: int) -> tuple[Work, Work]:
    batch = steps.batch_of(examples, sizes[0])
    return steps.our_step(steps.our_mlp(sizes), batch), steps.products(sizes, examples)


def _beside_bare(sizes: steps.Sizes, examples: int) -> tuple[Work, Work]:
    batch = steps.batch_of(examples, sizes[0])
    return steps.our_step(steps.our_mlp(sizes), batch), steps.bare_step(sizes, batch)


def _epochs() -> tuple[Work, Work]:
    return runs.our_epoch(), runs.sklearn_epoch()


def _convnets() -> tuple[Work, Work]:
    batch = steps.batch_of(64, 1, 8, 8)
    return (
        steps.our_step(steps.our_convnet(), batch),
        steps.torch_step(steps.torch_convnet(), batch),
    )


def _processes() -> tuple[Work, Work]:
    return runs.repeated(2), runs.repeated(1)
