"""The experiments of the chapter on weight initialization, one module a question."""
