"""Ways to look at what a net makes of a picture: each file here with a `WAY` is one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.views.address.view import LOOKS

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
_FOUND: list[Way] = [module.WAY for module in _MODULES if hasattr(module, "WAY")]
WAYS = {way.look: way for way in sorted(_FOUND, key=lambda way: LOOKS.index(way.look))}
"""By their query values, in the order of LOOKS."""
