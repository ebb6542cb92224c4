"""The journal of an experiment: every finished run, kept at once.

It is named by the fingerprint of the experiment. An interrupted run therefore goes on where it stopped,
and a line cut short by a kill is run again.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnbook.claims.fingerprint import CodeGraph
from nnbook.claims.records import experiment_fingerprint
from nnbook.experiments.protocol import Experiment, Rates

Arguments = tuple[Any, ...]


def task_key(kind: str, arguments: Arguments) -> str:
    """How the journal names a task: kind is "trial" or "run"."""
    return json.dumps([kind, *arguments])


@dataclass
class Journal:
    """The finished tasks of one experiment, task key -> (outcome, seconds), and where they ran."""

    path: Path
    done: dict[str, tuple[Any, float]] = field(default_factory=dict)
    processors: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, experiment: Experiment, graph: CodeGraph, folder: Path) -> "Journal":
        """The journal of this experiment as its code is today, with all lines that can be read."""
        folder.mkdir(parents=True, exist_ok=True)
        journal = cls(
            folder / f"{experiment.name}-{experiment_fingerprint(experiment, graph)[:16]}.jsonl"
        )
        lines = journal.path.read_text("utf-8").splitlines() if journal.path.exists() else []
        for line in lines:
            match _parsed(line):
                case [str(key), outcome, int() | float() as seconds, str(processor)]:
                    journal._keep(key, outcome, seconds, processor)
        return journal

    def add(self, key: str, outcome: Any, seconds: float, processor: str) -> None:
        """Keep an outcome, in memory and on disk; the leading line break ends a line cut short."""
        self._keep(key, outcome, seconds, processor)
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps([key, outcome, seconds, processor]) + "\n")

    def _keep(self, key: str, outcome: Any, seconds: float, processor: str) -> None:
        self.done[key] = (outcome, seconds)
        self.processors.add(processor)

    def scores(self, experiment: Experiment) -> list[float]:
        """The scores of all trials, in the order of `Experiment.trials`."""
        return [self.done[task_key("trial", trial)][0] for trial in experiment.trials()]

    def rates(self, experiment: Experiment) -> Rates:
        """The learning rates that the arms chose; none where nothing is tuned."""
        return experiment.choose_rates(self.scores(experiment)) if experiment.arms else {}

    def outcomes(self, experiment: Experiment) -> list[dict[str, Any]]:
        """What the runs of all seeds returned, in the order of the seeds."""
        return [self.done[task_key("run", (seed,))][0] for seed in range(experiment.seeds)]

    def complete(self, experiment: Experiment) -> bool:
        """Whether nothing is left to run."""
        tasks: list[tuple[str, Arguments]] = [("trial", trial) for trial in experiment.trials()]
        tasks += [("run", (seed,)) for seed in range(experiment.seeds)]
        return all(task_key(*task) in self.done for task in tasks)


def _parsed(line: str) -> Any:
    """What a line says; None if it is cut short or garbled."""
    try:
        return json.loads(line)
    except ValueError:
        return None
