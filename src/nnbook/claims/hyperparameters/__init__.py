"""The claims of the chapter on hyperparameter optimization: C91 to C94."""

from nnbook.claims.hyperparameters import choosing, searching

CLAIMS = (*searching.CLAIMS, *choosing.CLAIMS)
