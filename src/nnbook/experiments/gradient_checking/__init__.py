"""The experiments of the chapter on gradient checking, one module a question."""
