"""The numerics of the book: everything its chapters teach, as small tested NumPy modules."""

__version__ = "0.1.0"
