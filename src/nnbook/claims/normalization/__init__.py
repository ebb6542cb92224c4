"""The claims of the chapter on batch normalization: C47 to C59."""

from nnbook.claims.normalization import layer, modes, reasons, training

CLAIMS = (*layer.CLAIMS, *training.CLAIMS, *modes.CLAIMS, *reasons.CLAIMS)
