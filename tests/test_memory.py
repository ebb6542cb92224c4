"""Memory: what is freed is kept for the next step, and not handed back to the system."""

import json
import os
import platform
import subprocess
import sys

from nnbook._memory import LARGE, keep_freed_memory

# What the allocator says of itself, before the call and after it. Counts of page faults would tell the same,
# but the system's business (other processes, migration of pages) changes them.
ASK = """
import ctypes
import json
import numpy as np
from nnbook._memory import keep_freed_memory

FIELDS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
libc = ctypes.CDLL(None)
# mallinfo counts in int, mallinfo2 (since glibc 2.33) in size_t.
newer = hasattr(libc, "mallinfo2")
ask = getattr(libc, "mallinfo2" if newer else "mallinfo", None)
number = ctypes.c_size_t if newer else ctypes.c_int

class Info(ctypes.Structure):
    _fields_ = [(name, number) for name in FIELDS]

def grown(field, arrays):
    "How far a count of bytes is above what it was before the arrays were made."
    before = getattr(ask(), field)
    held.extend(np.empty(2**22, np.uint8) for _ in range(arrays))
    return getattr(ask(), field) - before

held = []
if not hasattr(libc, "gnu_get_libc_version"):
    said = keep_freed_memory()
else:
    ask.restype = Info
    said = {"mapped before": grown("hblkhd", 1)}
    keep_freed_memory()
    said["mapped after"] = grown("hblkhd", 1)
    said["arena grew"] = grown("arena", 6)
    full = ask().arena
    held.clear()
    said["arena shrank"] = full - ask().arena
print(json.dumps(said))
"""


def test_after_the_call_large_arrays_come_from_memory_that_is_kept():
    own = ("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD")  # would set rules of their own
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    command = [sys.executable, "-c", ASK]
    result = subprocess.run(command, capture_output=True, check=True, text=True, env=env)
    said = json.loads(result.stdout)
    if platform.libc_ver()[0] == "glibc":
        # 4 MiB are mapped before the call and not after it; six more arrays grow the arena, which stays.
        assert said["mapped before"] >= 2**22
        assert said["mapped after"] == 0
        assert said["arena grew"] >= 5 * 2**22
        assert said["arena shrank"] == 0
    else:
        assert said is None


def test_what_is_freed_stays_below_the_most_that_glibc_takes_as_threshold():
    assert 2**20 < LARGE < 32 * 2**20
    assert keep_freed_memory() is None
