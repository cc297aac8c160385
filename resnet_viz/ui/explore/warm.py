"""Folded drawings of torchvision's nets, made before somebody asks for them, so that the first click is quick, too.

One after the other in a thread of its own. What is asked for meanwhile is not waited for: it is made by whoever asks,
as ever. The other levels of the net on the page are asked for by the browser (`ready.js`).
"""

from __future__ import annotations

import time
from functools import cache as once
from threading import Thread

from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.cache import nets as cache
from resnet_viz.views.parts.detail import Detail

# Between two drawings, so that whoever is at the page does not have to share the processor for long.
_PAUSE = 0.02
# The best known first; those that a click on a button leads to.
_ORDER = sorted(TORCHVISION, key=lambda name: name not in ("resnet152", "resnet50"))


@once
def warm_presets(form: str, language: str) -> None:
    """Begin, once for each direction and language. The thread is a daemon: the server need not wait for its end."""
    Thread(target=_draw_all, args=(form, language), name=f"warm {form}", daemon=True).start()


def _draw_all(form: str, language: str) -> None:
    for name in _ORDER:
        cache.get_drawing(TORCHVISION[name], Detail(), form, language)
        time.sleep(_PAUSE)
