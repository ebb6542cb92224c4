"""The four type names that the signatures of this package use."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Params: TypeAlias = dict[str, Array]
Backward: TypeAlias = Callable[[Array], tuple[Array, Params]]
Loss: TypeAlias = Callable[[Array, NDArray[Any]], tuple[float, Array]]
