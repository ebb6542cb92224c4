"""The claims of the chapter on gradient checking: C66 to C68."""

from nnbook.claims.gradient_checking import numerical

CLAIMS = numerical.CLAIMS
