"""The claims of the chapter on activation functions: C01 to C24."""

from nnbook.claims.activations import centering, choices, dying, rectifiers, saturation

CLAIMS = (
    *saturation.CLAIMS,
    *centering.CLAIMS,
    *choices.CLAIMS,
    *dying.CLAIMS,
    *rectifiers.CLAIMS,
)
