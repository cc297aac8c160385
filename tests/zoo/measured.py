"""Measures the two tables of the page Learn anew; ends with 1 where a row is not as it is stored.

`python -m tests.zoo.measured --write` stores what was found; `page` is `docs/counts.md`, made of what is stored.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Mapping
from contextvars import Context
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from resnet_viz.i18n import SOURCE_LANGUAGE, use_language
from resnet_viz.views import counting
from resnet_viz.views.counting.measured import calls, measured_table
from resnet_viz.views.counting.tools import TOOLS
from resnet_viz.views.teach import namesakes
from resnet_viz.views.teach.namesakes.table import DEPTHS, inputs_table, nets_table
from tests.places import ROOT
from tests.zoo.counters import total_of
from tests.zoo.namesakes import NAMESAKES, look_at

TOTALS = Path(counting.__file__).with_name("totals.json")
ROWS = Path(namesakes.__file__).with_name("rows.json")
PAGE = ROOT / "docs" / "counts.md"
NETS = ("resnet18", "resnet50")
_SHAPE = (1, 3, 224, 224)
_TEXT = """\
# Whose net, and whose count

Both tables were measured, and stand on the page Learn, too. `make zoo` measures them anew and ends with an error where
a value has changed; `python -m tests.zoo.measured --write` stores what it finds, and writes this page.

## One name, several nets

Each row was found in a net that the library made, without published weights. *Stride*: which convolution of a stage's
first block has it. *MACs*: for one picture of 224×224, half of what torch's FlopCounterMode gives. *Last γ*: what the
scale of a block's last norm begins with. *Momentum*: the share of the new mean, as in torch. *Biases*: of convolutions.
*Strict load*: what `load_state_dict` says of torchvision's tensors; with Keras, on its torch backend. A net that loads
them may still be another one: MONAI's has no stride in its stem. MONAI's nets were made for three channels and 1,000
classes. *Picture*: how the library itself prepares it; of transformers the defaults of ResNet's image processor, which
a checkpoint may replace; segmentation-models-pytorch fetches it with the weights. *Source*: the file below
site-packages.

{nets}

## Whose count is it

torchvision's nets, one picture of 224×224, eval mode. *Multiply-add* and all to the right of it: what one of them, or
one value, adds to the total. ptflops counts a ReLU and a pooling twice: its hooks on modules and its patched functions
both hear of them. torchprofile also counts a product of two maps, as in squeeze-and-excitation, 1 a value out.

{counts}

How each was called:

{calls}

`resnet_viz/views/counting/tools.py` has the rules as numbers. From a Trace they give each tool's own total to the last
digit, for both nets and for 25 others with what the two do not have: groups, dilation, group norm and frozen norm,
pre-activation, squeeze-and-excitation, average pooling on shortcuts, other stems.
"""


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
        PAGE.write_text(page(), encoding="utf-8")
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


def page() -> str:
    """Returns `docs/counts.md`, of the tables that the page Learn shows, in English."""
    return Context().run(_page)


def _page() -> str:
    use_language(SOURCE_LANGUAGE)
    nets = (f"### ResNet-{depth}\n\n{_markdown(_nets(depth))}" for depth in DEPTHS)
    calls_made = "\n".join(f"- {name}: `{call}`" for name, call in calls().items())
    return _TEXT.format(nets="\n\n".join(nets), counts=_markdown(measured_table()), calls=calls_made)


def _nets(depth: int) -> dict[str, list[str]]:
    return {**nets_table(depth), **inputs_table(depth)}


def _markdown(columns: Mapping[str, list[str]]) -> str:
    rows = zip(*columns.values(), strict=True)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def store(file: Path, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the rows, one a line."""
    lines = ",\n".join(f"  {json.dumps(row)}: {json.dumps(values)}" for row, values in found.items())
    file.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
