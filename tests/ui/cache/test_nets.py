"""What is cached of a net."""

from __future__ import annotations

import pytest

from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache.nets import get_inspection


@pytest.mark.parametrize("node_id", ["layer9", "layer3.1..99", ""])
def test_what_a_net_has_not_cannot_be_inspected(node_id: str) -> None:
    with pytest.raises(KeyError):
        get_inspection(PRESETS["resnet18"], node_id, "en")
