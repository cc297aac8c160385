"""The weights of a convolution, to be looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from torch import nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.passes import find_by_id, to_array


def read_kernels(model: nn.Module, node_id: str) -> npt.NDArray[np.float32]:
    """A convolution's weights: float32 (out, in, kH, kW), a copy, not to be written to; `in` is per group.

    A later call of the same module (`conv1_1`) has the same weights. Raises TraceError for an id that is no module's,
    a module that is no two-dimensional convolution, and a net that was planned without values.
    """
    modules = dict(model.named_modules())
    path, _underscore, number = node_id.rpartition("_") if isinstance(node_id, str) else ("", "", "")
    is_later_call = node_id not in modules and number.isdecimal() and path in modules
    module = find_by_id(modules, path if is_later_call else node_id, type(model).__name__)
    if not isinstance(module, nn.Conv2d):
        raise TraceError(
            _("{node} has no kernels: it is {kind}. Choose a convolution, such as conv1.").format(
                node=node_id, kind=type(module).__name__
            )
        )
    if module.weight.is_meta:
        raise TraceError(_("{node} has no values yet: the net was only planned. Build it first.").format(node=node_id))
    return to_array(module.weight.detach().clone())
