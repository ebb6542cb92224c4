"""The claims of the chapter on weight initialization: C31 to C46."""

from nnbook.claims.initialization import (
    lecture,
    rectifiers,
    schemes,
    symmetry,
    tickets,
    variance,
)

CLAIMS = (
    *symmetry.CLAIMS,
    *lecture.CLAIMS,
    *variance.CLAIMS,
    *rectifiers.CLAIMS,
    *schemes.CLAIMS,
    *tickets.CLAIMS,
)
