"""The experiments of the chapter on regularization, one module a question."""
