"""The experiments of the chapter on data preprocessing, one module a question."""
