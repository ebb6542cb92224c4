"""The claims of the chapter on babysitting the learning process: C69 to C71."""

from nnbook.claims.babysitting import checks, watching

CLAIMS = (*checks.CLAIMS, *watching.CLAIMS)
