"""Grad-CAM against the package grad-cam itself, where it is installed (`pip install grad-cam`).

It brings OpenCV, scikit-learn and matplotlib, about 280 MB, so that the development requirements leave it out; the
same arithmetic by autograd is in test_gradients.py and always runs.
"""

from typing import Any

import numpy as np
import pytest

from resnet_viz.model.net.build import build_model
from resnet_viz.model.run.gradients import grad_cam
from resnet_viz.model.run.inputs import to_input
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.maps.overlay import scale_cam
from tests.model.lively_nets import PICTURE, SIZE, lively

package: Any = pytest.importorskip("pytorch_grad_cam", reason="needs the package grad-cam")


@pytest.mark.parametrize("preset", ["resnet18", "resnet50"])
@pytest.mark.parametrize("node_id", ["layer4", "layer3.0", "layer2.1.conv2", "conv1"])
def test_cam_is_the_packages(preset: str, node_id: str) -> None:
    model: Any = lively(build_model(PRESETS[preset], seed=1))
    layer, image = model.get_submodule(node_id), to_input(PICTURE, SIZE)
    n_compared = 0
    for class_index in range(20):  # half the classes of a random net have no evidence anywhere
        with package.GradCAM(model, [layer]) as cam:
            # The package wants a function of one picture's logits.
            targets = [lambda logits, class_index=class_index: logits[class_index]]
            enlarged = cam(image, targets)[0]
            (values,), (slopes,) = cam.activations_and_grads.activations, cam.activations_and_grads.gradients
            own_size = np.maximum(cam.get_cam_image(image, layer, targets, values.numpy(), slopes.numpy())[0], 0)
        if own_size.max() > 0:
            found = grad_cam(model, PICTURE, node_id, class_index, SIZE)
            np.testing.assert_allclose(found / own_size.max(), own_size / own_size.max(), rtol=0, atol=1e-5)
            np.testing.assert_allclose(scale_cam(found, SIZE), enlarged, rtol=0, atol=1e-5)
            n_compared += 1
        if n_compared == 2:
            return
    pytest.fail("No two classes with evidence.")
