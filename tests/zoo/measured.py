"""Measures the two tables of the page Learn anew; ends with 1 where a row is not as it is stored.

`python -m tests.zoo.measured --write` stores what was found, and writes `docs/counts.md`.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from resnet_viz.views import counting
from resnet_viz.views.counting.tools import TOOLS
from resnet_viz.views.teach import namesakes
from tests.zoo.counters import total_of
from tests.zoo.namesakes import NAMESAKES, look_at

TOTALS = Path(counting.__file__).with_name("totals.json")
ROWS = Path(namesakes.__file__).with_name("rows.json")
NETS = ("resnet18", "resnet50")
_SHAPE = (1, 3, 224, 224)


def main() -> int:
    """Measures all, says what has changed, and stores it where that is asked for."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    totals = {tool.id: measure(tool.id, tool.package) for tool in TOOLS}
    rows = {one.id: look_at(one) for one in NAMESAKES}
    faults = [*differences(TOTALS, totals), *differences(ROWS, rows)]
    print("\n".join(faults) or f"{len(totals)} counts and {len(rows)} nets are as they are stored.", flush=True)
    if "--write" in sys.argv:
        store(TOTALS, totals)
        store(ROWS, rows)
        return 0
    return int(bool(faults))


def measure(tool: str, package: str) -> dict[str, Any]:
    """Returns a tool's totals of torchvision's nets, and its version."""
    models: Any = import_module("torchvision.models")
    totals = {name: total_of(tool, getattr(models, name)().eval(), _SHAPE) for name in NETS}
    return {"version": version(package) if package else "", **totals}


def differences(file: Path, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Returns a sentence for each value that is stored otherwise, and for each row that is in one place only."""
    stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told = [f"{row}: not found any more" for row in stored if row not in found]
    for row, values in found.items():
        for key, value in values.items():
            before = stored.get(row, {}).get(key)
            if before != value:
                told.append(f"{row}: {key} is {value}, stored is {before}")
    return told


def store(file: Path, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the rows, one a line."""
    lines = ",\n".join(f"  {json.dumps(row)}: {json.dumps(values)}" for row, values in found.items())
    file.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
