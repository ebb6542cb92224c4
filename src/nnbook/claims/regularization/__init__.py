"""The claims of the chapter on regularization: C81 to C86."""

from nnbook.claims.regularization import dropout, penalties, small_data

CLAIMS = (*penalties.CLAIMS, *small_data.CLAIMS, *dropout.CLAIMS)
