"""The experiments of the chapter on hyperparameter optimization, one module a question."""
