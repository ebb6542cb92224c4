"""The claims of the chapter on transfer learning: C60 to C65."""

from nnbook.claims.transfer import features, recipe

CLAIMS = (*recipe.CLAIMS, *features.CLAIMS)
