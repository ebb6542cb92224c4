"""The experiments of the chapter on evaluation and ensembles, one module a question."""
