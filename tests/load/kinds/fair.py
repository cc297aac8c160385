"""What readers of a small net feel of one who keeps the server busy: a server for each kind of that one."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from threading import Thread

from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.parts.detail import LEVELS
from tests.load.crowd import leave_all, let_all, make_readers
from tests.load.kinds.busy import BUSY, JOB
from tests.load.pace import Size
from tests.load.reader import Reader
from tests.load.report import Row, ratio
from tests.load.served import serve, wait_quiet
from tests.load.tally import Tally
from tests.load.watching import Watch
from tests.load.wire import LIMIT_S

TITLE = (
    "Readers of ResNet-18 while one more is busy: median seconds, also in multiples of nobody's; health: the slowest"
)
_NONE = "nobody"
# Enough that nobody clicks one a second time, whose maps are there.
_NODES = [
    f"layer{n}.{at}.{op}" for n in (1, 2, 3, 4) for at in (0, 1) for op in ("conv1", "bn1", "conv2", "bn2", "add")
]
_FELT = {"node": "node", "tiles": "/tiles", "level": "level"}


def measure(checkout: Path, size: Size) -> list[Row]:
    """`size.readers` beside nobody, and beside each kind of a busy one."""
    found = {kind: _feel(checkout, kind, size) for kind in (_NONE, *(size.busy or BUSY))}
    return [_row(kind, *notes, found[_NONE][0]) for kind, notes in found.items()]


def _feel(checkout: Path, kind: str, size: Size) -> tuple[Tally, Tally, Watch]:
    """What the readers noted, and what the busy one did."""
    with serve(checkout) as server:
        wait_quiet(server)
        busy, *readers = make_readers(server, size.readers + 1, size)
        act = BUSY.get(kind)
        thread = Thread(target=busy.run, args=(lambda: act(busy) if act else None,), daemon=True)
        with Watch(server) as watch:
            thread.start()
            let_all(readers, _look_around)
        leave_all([busy, *readers])
        thread.join(LIMIT_S)
    return Tally(reader.tally for reader in readers), busy.tally, watch


def _look_around(reader: Reader) -> None:
    reader.open(PRESETS["resnet18"])
    nodes = reader.pace.chance.sample(_NODES, len(_NODES))
    for turn, node in enumerate(cycle(nodes)):
        reader.choose_node(node)
        reader.choose_level(LEVELS[1 - turn % 2])


def _row(kind: str, felt: Tally, busy: Tally, watch: Watch, quiet: Tally) -> Row:
    figures: dict[str, float | None] = {}
    for column, action in _FELT.items():
        figures[column] = felt.median(action)
        figures[f"{column} ×"] = ratio(felt.median(action), quiet.median(action))
    figures |= {"health": max(watch.health, default=None), "errors": felt.errors.total() + felt.wrong.total()}
    figures |= {"jobs": len(busy.times[JOB]), "job": busy.median(JOB)}
    return Row(kind, figures, Tally((felt, busy)).worst())
