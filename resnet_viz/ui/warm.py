"""Drawings made before somebody asks for them: of the net on the page at its other levels, and of the presets, folded.

One after the other in a thread of its own, with a pause before each, since Graphviz holds up everything else while it
lays out. What is asked for meanwhile is not waited for: it is made by whoever asks, as ever.
"""

from __future__ import annotations

import time
from functools import cache as once
from functools import lru_cache
from queue import SimpleQueue
from threading import Thread

from resnet_viz.errors import ResnetVizError
from resnet_viz.spec import PRESETS, ResNetSpec
from resnet_viz.ui import cache
from resnet_viz.views.detail import LEVELS, Detail

_MOST_BOXES = 600
_PAUSE = 0.05
# The best known first.
_LIKELY = ("resnet50", "resnet152", *(name for name in PRESETS if name not in ("resnet50", "resnet152")))
_Job = tuple[ResNetSpec, str, str, str]


def warm_drawings(spec: ResNetSpec, form: str, language: str) -> None:
    """Have ready what is likely to be asked for next: once each, as long as it is remembered."""
    for level in LEVELS[1:]:
        _ask((spec, level, form, language))
    for preset in _LIKELY:
        _ask((PRESETS[preset], LEVELS[0], form, language))


@lru_cache(maxsize=256)
def _ask(job: _Job) -> None:
    _queue().put(job)


@once
def _queue() -> SimpleQueue[_Job]:
    """The queue, and with it the thread that works it off. It is a daemon: the server need not wait for it to end."""
    queue: SimpleQueue[_Job] = SimpleQueue()
    Thread(target=_work, args=(queue,), name="warm", daemon=True).start()
    return queue


def _work(queue: SimpleQueue[_Job]) -> None:
    while True:
        spec, level, form, language = queue.get()
        time.sleep(_PAUSE)
        _draw(spec, level, form, language)


def _draw(spec: ResNetSpec, level: str, form: str, language: str) -> None:
    try:
        if cache.get_box_counts(spec)[level] <= _MOST_BOXES:
            cache.get_drawing(spec, Detail(level), form, language)
    except ResnetVizError:
        pass  # Whoever asks for it is told why.
