"""The experiments of the chapter on activation functions, one module a question."""
