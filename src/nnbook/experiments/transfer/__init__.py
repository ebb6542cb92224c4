"""Experiments of the chapter on transfer learning."""
