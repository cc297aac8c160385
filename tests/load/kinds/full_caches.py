"""What a cached rerun costs before and after others have asked for large nets.

Streamlit collects garbage after every run, and looks through all that is kept.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.components.paths import DRAWING, route_path
from resnet_viz.ui.explore.graph import W_LEVEL
from resnet_viz.views.parts.detail import LEVELS
from tests.load.crowd import make_readers
from tests.load.pace import Size
from tests.load.reader import Reader
from tests.load.report import Row, ratio
from tests.load.served import Server, serve, wait_quiet
from tests.load.wire import Line

TITLE = "A cached rerun, before and after others asked for large nets"
_LARGE = "block=bottleneck&layers=1,600,1,1"
_MOST_LARGE, _RERUNS, _PAUSE_S = 32, 14, 0.2
_LEVEL = (LEVELS[1], LEVELS[0])


def measure(checkout: Path, size: Size) -> list[Row]:
    """Reruns of one reader, then as many large nets as `size.seconds` have room for, then reruns again."""
    with serve(checkout) as server:
        (reader,) = make_readers(server, 1, size)
        reader.session.open(PRESETS["resnet18"].to_query())
        wait_quiet(server)
        before = _rerun(server, reader)
        n = _ask_large(server, size.seconds)
        wait_quiet(server)
        after = _rerun(server, reader)
        reader.leave()
    asked = f"after {n} large nets"
    return [
        Row(name, {"before": before[name], "after": after[name], "ratio": ratio(after[name], before[name])}, note)
        for name, note in zip(before, (asked, "", ""), strict=True)
    ]


def _rerun(server: Server, reader: Reader) -> dict[str, float]:
    for level in _LEVEL:  # fill what is the reader's own
        reader.session.choose(W_LEVEL, LEVELS.index(level))
    times, used = [], server.cpu_seconds()
    for at in range(_RERUNS):
        times.append(reader.session.choose(W_LEVEL, LEVELS.index(_LEVEL[at % 2])))
        time.sleep(_PAUSE_S)
    each = (server.cpu_seconds() - used) / _RERUNS
    names = ("cached rerun, s", "CPU time of one, s", "memory of all processes, MiB")
    return dict(zip(names, (median(times), each, server.memory().whole), strict=True))


def _ask_large(server: Server, seconds: float) -> int:
    line, end = Line(server.url), time.monotonic() + seconds
    for n in range(_MOST_LARGE):
        if time.monotonic() > end:
            return n
        line.get(f"{route_path(DRAWING)}?{_LARGE}&num_classes={10 + n}")
    return _MOST_LARGE
