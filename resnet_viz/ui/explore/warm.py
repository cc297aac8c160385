"""Warms the cache with folded drawings of torchvision's nets, so that the first click is fast, too.

They are drawn one by one in a background thread; requests meanwhile do not wait for it but draw as usual. The browser
prefetches the other levels of the net on the page (`ui/components/graph_view/js/ready.js`).
"""

from __future__ import annotations

import atexit
from functools import cache as once
from threading import Event, Thread

from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.server.asking import ahead
from resnet_viz.ui.server.layout import start_layout
from resnet_viz.views.parts.detail import Detail

# Seconds between two drawings, so that requests do not share the processor for long.
_PAUSE = 0.02
# The nets behind the preset buttons, the best known first.
_ORDER = sorted(TORCHVISION, key=lambda name: name not in ("resnet152", "resnet50"))


@once
def warm_presets(form: str, language: str) -> None:
    """Starts the thread, once per direction and language.

    A daemon, so that the shutdown does not wait for all drawings, but for the one at work.
    """
    stop = Event()
    thread = Thread(target=_draw_all, args=(form, language, stop), name=f"warm {form}", daemon=True)
    thread.start()

    @atexit.register
    def end() -> None:
        stop.set()
        thread.join()


def _draw_all(form: str, language: str, stop: Event) -> None:
    start_layout()
    with ahead():
        for name in _ORDER:
            cache.lay_out_drawing(TORCHVISION[name], Detail(), form, language)
            if stop.wait(_PAUSE):
                return
