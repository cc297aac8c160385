"""`make zoo`: traces every net of the zoo and writes `docs/zoo.md`, a row each. Ends with 1 where one is wrong."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain

import torch

from tests.places import ROOT
from tests.zoo import others, timm_nets, torchvision_nets
from tests.zoo.check import Row, check
from tests.zoo.entries import Entry

PAGE = ROOT / "docs" / "zoo.md"
LIBRARIES = (
    "torch", "torchvision", "timm", "transformers", "segmentation-models-pytorch", "monai", "pytorchcv",
)  # fmt: skip
_TEXT = """\
# The zoo: other people's residual nets

Made by `make zoo`, with {versions}. Nets are built without weights and traced in eval mode on the CPU, one thread.

For each, held by the check: nothing that can be found from the net on, and no random generator, is changed (`harm`);
parameters are those of torch; multiply-adds (MACs) are half the FLOPs of torch's FlopCounterMode on the meta device,
of the backbone where the rest does not run there; the number of blocks is the one written down for its family. Time is
the processor's for one trace, the least of three, as a share of ResNet-152's in the same run. `run`: these calls with a
picture, too, leave everything as it was, and the net then gives the same values to the last bit; what is refused stands
below the table (`not`: videos, and nets of more than 150 million parameters).
{n} nets, {n_bad} with a fault.

| library | net | input | blocks | made up of | shortcuts | merges | parameters | MACs | torch | time | run | faults |
| --- | --- | --- | ---: | --- | --- | ---: | ---: | ---: | --- | ---: | --- | --- |
{rows}

## Refused on a picture

{refused}

## Left out

Of the names that `timm.list_models("*res*")` gives:

{left_out}
"""


def entries() -> Iterator[Entry]:
    """All nets of the zoo."""
    yield from chain(
        torchvision_nets.classifiers(), torchvision_nets.around_a_backbone(), torchvision_nets.forms(),
        timm_nets.all_of_them(), others.transformers_nets(), others.smp_nets(), others.monai_nets(),
        others.pytorchcv_nets(),
    )  # fmt: skip


def main() -> int:
    """Checks all, writes the page, and says how many are wrong."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    rows = []
    for n, entry in enumerate(entries(), 1):
        rows.append(check(entry, is_run=True))
        print(f"{n:4} {entry.id}: {'; '.join(rows[-1].faults) or 'as it must be'}", flush=True)
    PAGE.write_text(_page(rows), encoding="utf-8")
    n_bad = sum(bool(row.faults) for row in rows)
    print(f"{len(rows)} nets, {n_bad} with a fault; {PAGE.relative_to(ROOT)} is written.")
    return int(n_bad > 0)


def _page(rows: list[Row]) -> str:
    unit = next(row.ms for row in rows if row.entry.id == "torchvision resnet152")
    patterns = timm_nets.LEFT_OUT.items()
    return _TEXT.format(
        versions=", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        n=len(rows),
        n_bad=sum(bool(row.faults) for row in rows),
        rows="\n".join(_line(row, unit) for row in rows),
        refused="\n".join(_refused(rows)),
        left_out="\n".join(f"- `{pattern}`: {why}." for pattern, why in patterns),
    )


def _refused(rows: list[Row]) -> Iterator[str]:
    """Yields each sentence once, with the nets that it was said of."""
    told: dict[str, list[str]] = {}
    for row in rows:
        for sentence in dict.fromkeys(row.runs.refused.values()):
            told.setdefault(sentence, []).append(row.entry.name)
    for sentence, names in told.items():
        yield f"- {', '.join(names)}: {sentence}"


def _line(row: Row, unit: float) -> str:
    entry, trace = row.entry, row.trace
    faults = "; ".join(row.faults) or "none"
    if trace is None:
        return f"| {entry.library} | {entry.name} | {'×'.join(map(str, entry.shape))} | | | | | | | | | | {faults} |"
    kinds = [block.shortcut for block in trace.blocks]
    cells = (
        entry.library, entry.name, "×".join(map(str, entry.shape)), len(kinds), entry.sums,
        ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)), len(trace.merges),
        f"{trace.n_params:,}", f"{trace.n_macs:,}", row.macs, f"{row.ms / unit:.2f}", _runs(row), faults,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _runs(row: Row) -> str:
    return ", ".join([*row.runs.well, *(f"no {name}" for name in row.runs.refused)]) or "not"


if __name__ == "__main__":
    sys.exit(main())
