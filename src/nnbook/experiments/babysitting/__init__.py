"""The experiments of the chapter on babysitting the learning process, one module a question."""
