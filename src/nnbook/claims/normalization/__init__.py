"""The claims of the chapter on batch normalization: C47 to C59."""

from nnbook.claims.normalization import depth, layer, modes, reasons, speed

CLAIMS = (*layer.CLAIMS, *speed.CLAIMS, *depth.CLAIMS, *modes.CLAIMS, *reasons.CLAIMS)
