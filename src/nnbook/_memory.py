"""One thing about memory that decides how long a training step takes."""

from functools import cache

import numpy as np

# Just below 32 MiB, the most that glibc takes as its threshold.
LARGE = 31 * 2**20


@cache
def keep_freed_memory() -> None:
    """Once in a process, teach glibc to keep what is freed, up to twice `LARGE`, for the next step.

    Large arrays (at first, of 128 KiB) it takes from the system one by one and gives back when freed. The
    next step then faults every page in again, which costs a step of medium size a third of its time.
    Freeing a larger array raises the threshold to its size (mallopt(3), "dynamic mmap threshold"). The
    pages of this one are never touched. Other C libraries, which have no such rule, take no notice.
    """
    np.empty(LARGE, np.uint8)
