"""Claims on dead units and on the biases that are said to prevent them: C13 to C16."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.activations.biases import BIASES
from nnbook.experiments.activations.dying import DEAD_AT_START, DEATHS, REVIVALS

CHAPTER = "book/setup/activations"

C13 = Claim(
    id="C13",
    title="Too high a learning rate kills ReLUs",
    sentence="With a high learning rate units get knocked off the data and die; as many as 40% may be dead.",
    sources=(("davian2021", "ReLU, reason 2"), ("cs231nnotes", "Neural Networks 1")),
    chapter=CHAPTER,
    evidence="Anecdote: the course notes give the 40% without a source.",
    method="Nets 64-100-100-10 on 1200 digits, 20 epochs of plain SGD at nine learning rates from 0.01 to 3. A unit is "
    "dead if no training example activates it. Nets whose numbers overflow are left out: they are lost, but not dead. "
    "Kills means: at the highest rate without overflow at least 10 points more are dead than at 0.01. The 40% are "
    "looked for among the rates that still learn (at least 90% test accuracy).",
    measures=(
        Measure(
            "rise", "Dead units at the highest rate minus at 0.01", DEATHS, "points", low=10
        ),
        Measure(
            "dead_learning", "Most dead units at a rate that still learns", DEATHS, "%", low=40
        ),
        Measure("dead_best", "Dead units at the best rate", DEATHS, "%"),
        Measure("finite_relu", "Highest rate without overflow", DEATHS, log=True),
    ),
)

C14 = Claim(
    id="C14",
    title="Bad initialization kills ReLUs",
    sentence="With a bad initialization a unit can be off the data cloud and never get an input that activates it.",
    sources=(("davian2021", "ReLU, reason 1"), ("cs231n2020", "Lecture 7, slides 39-40")),
    chapter=CHAPTER,
    evidence="A drawing.",
    method="Dead units of fresh nets 64-100-100-10 on 1200 digits: biases at -3, weights times 100, and raw pixels of "
    "0 to 16 in place of centered ones. Kills means: at least 10% of the units.",
    measures=(
        Measure("bias_-3", "Dead in layer 1, biases at -3", DEAD_AT_START, "%", low=10),
        Measure(
            "large_weights", "Dead, weights 100 times too large", DEAD_AT_START, "%", low=10
        ),
        Measure("raw_2", "Dead in layer 2, raw pixels", DEAD_AT_START, "%", low=10),
        Measure("raw_1", "Dead in layer 1, raw pixels", DEAD_AT_START, "%"),
        Measure("bias_-1", "Dead in layer 1, biases at -1", DEAD_AT_START, "%"),
        Measure("bias_0", "Dead in layer 1, biases at 0", DEAD_AT_START, "%"),
    ),
)

C15 = Claim(
    id="C15",
    title="A small positive bias helps",
    sentence="Initialize ReLUs with slightly positive biases, such as 0.01; it helps.",
    sources=(("cs231n2020", "Lecture 7, slide 40"), ("cs231nnotes", "Neural Networks 2")),
    chapter=CHAPTER,
    evidence="None; the course notes call the benefit unclear.",
    method="Nets 64-100-100-10 on 1200 digits, 10 epochs, biases starting at 0, 0.01, 0.1 or 1. Helps means: more test "
    "accuracy than from 0, in paired runs.",
    measures=(
        Measure("gain_0.01", "Accuracy gained by starting from 0.01", BIASES, "points", low=0),
        Measure("gain_0.1", "Accuracy gained by starting from 0.1", BIASES, "points", low=0),
        Measure("gain_1", "Accuracy gained by starting from 1", BIASES, "points"),
        Measure("dead_0", "Dead in layer 1 after training, from 0", BIASES, "%"),
    ),
    failure=Verdict.NOT_HERE,
)

C16 = Claim(
    id="C16",
    title="Dead means dead",
    sentence="A dead ReLU will never activate and never update.",
    sources=(("davian2021", "ReLU, problem"), ("cs231n2020", "Lecture 7, slide 39")),
    chapter=CHAPTER,
    evidence="An argument: the gradient of a unit that is 0 on all data is 0.",
    method="In fresh nets 64-100-100-10, the biases of 20 units are lowered until no example activates them, by 5% of "
    "the unit's standard deviation beyond. After 20 epochs on 1200 digits the units that some example activates "
    "again are counted.",
    measures=(
        Measure("revived_1", "Revived units, layer 1", REVIVALS, "%", high=0),
        Measure("revived_2", "Revived units, layer 2", REVIVALS, "%", high=0),
    ),
)

CLAIMS = (C13, C14, C15, C16)
