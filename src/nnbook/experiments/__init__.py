"""Whole runs, one module a question, and the protocol that all of them follow."""

from nnbook.experiments.protocol import Experiment, Summary, compare, repeat, summarize

__all__ = ["Experiment", "Summary", "compare", "repeat", "summarize"]
