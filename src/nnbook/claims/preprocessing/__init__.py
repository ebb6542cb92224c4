"""The claims of the chapter on data preprocessing: C25 to C30."""

from nnbook.claims.preprocessing import images, optimization, statistics

CLAIMS = (*optimization.CLAIMS, *statistics.CLAIMS, *images.CLAIMS)
