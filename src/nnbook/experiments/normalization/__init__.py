"""The experiments of the chapter on batch normalization, one module a question."""
