"""The numbers of other libraries in tests/golden, each file with the script that made it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("golden")


@cache
def golden(name: str) -> dict[str, Any]:
    """What is in a file, such as "losses"; it is shared, so leave it as it is."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
