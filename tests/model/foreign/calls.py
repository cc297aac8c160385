"""Every function that runs a net of one's own, on a small picture."""

from collections.abc import Callable
from typing import Any

import pytest

from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from tests.model.lively_nets import PICTURE, SIZE

SHAPE = (1, 3, *SIZE)
CALLS: dict[str, Callable[[Any], object]] = {
    "trace_model": lambda model: trace_model(model, SHAPE),
    "capture": lambda model: capture(model, PICTURE, ["layer1.0.add", "fc"], SIZE),
    "capture_block": lambda model: capture_block(model, PICTURE, "layer1.0", SIZE),
    "block_changes": lambda model: block_changes(model, PICTURE, SIZE),
    "predict": lambda model: predict(model, PICTURE, 3, SIZE),
    "grad_cam": lambda model: grad_cam(model, PICTURE, "layer1.0.add", 1, SIZE),
    "input_gradient": lambda model: input_gradient(model, PICTURE, 1, SIZE),
    "effective_field": lambda model: effective_field(model, PICTURE, "layer1.0.add", (2, 2), SIZE),
    "occlusion": lambda model: occlusion(model, PICTURE, 1, input_size=SIZE),
}
EACH = pytest.mark.parametrize("name", CALLS)
