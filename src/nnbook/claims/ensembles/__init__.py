"""The claims of the chapter on evaluation and ensembles: C87 to C90."""

from nnbook.claims.ensembles import one_run, several

CLAIMS = (*several.CLAIMS, *one_run.CLAIMS)
