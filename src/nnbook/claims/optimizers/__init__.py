"""The claims of the chapter on parameter updates: C72 to C80."""

from nnbook.claims.optimizers import methods, schedules

CLAIMS = (*methods.CLAIMS, *schedules.CLAIMS)
