"""How fast nnbook is, beside PyTorch, scikit-learn and its own bare matrix products (`make bench`)."""
