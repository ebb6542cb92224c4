"""The claims of the chapter on parameter updates: C72 to C80."""

from nnbook.claims.optimizers import adam, methods, schedules

CLAIMS = (*methods.CLAIMS, *adam.CLAIMS, *schedules.CLAIMS)
