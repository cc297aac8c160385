"""The scripts of the code walk: layers that know only what lies below them."""

from __future__ import annotations

import re

import pytest

from resnet_viz.ui.components.joining import join_modules
from tests.places import ROOT

SCRIPTS = ROOT / "resnet_viz" / "ui" / "components" / "walk_view" / "js"
# Each layer with those that it may know, as it imports them and in its types.
LAYERS = {
    "record": set(),
    "playing": {"record"},
    "panels": {"record", "playing"},
    "transport": {"record", "playing"},
    "telling": {"record", "playing"},
}
_FROM = re.compile(r'from "\.\./(\w+)/')


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_knows_only_those_below_it(layer: str) -> None:
    scripts = list((SCRIPTS / layer).glob("*.js"))
    known = {name for script in scripts for name in _FROM.findall(script.read_text(encoding="utf-8"))}
    assert 0 < len(scripts) <= 15
    assert known <= LAYERS[layer]


def test_only_the_screen_knows_all_layers() -> None:
    assert {path.name for path in SCRIPTS.iterdir()} == {
        *LAYERS,
        *("screen.js", "walk_view.js", "walk_mark.js", "walk_place.js"),
    }


@pytest.mark.parametrize("entry", ["walk_view", "walk_mark", "walk_place"])
def test_what_the_browser_gets_is_one_module(entry: str) -> None:
    assert len(re.findall("^export ", join_modules(SCRIPTS / f"{entry}.js"), re.MULTILINE)) == 1
