"""The experiments of the chapter on parameter updates, one module a question."""
