"""Builds a named net: on meta to trace it, or with random weights to run it."""

from __future__ import annotations

import torch
from torch import nn

from resnet_viz.errors import SpecError, TraceError
from resnet_viz.i18n import _
from resnet_viz.model.named.inputs import Shape, input_shapes, is_detector
from resnet_viz.model.named.listing import PACKAGES, check_known
from resnet_viz.model.named.makers import Maker, maker_of
from resnet_viz.model.net.build import building
from resnet_viz.model.net.devices import check_device, find_lack
from resnet_viz.model.net.planning import on_meta, with_empty_weights
from resnet_viz.model.net.seeding import Seeded, check_seed
from resnet_viz.model.trace.refused import first_line
from resnet_viz.spec.named import NamedNet


def build_named(net: NamedNet) -> nn.Module:
    """Returns the library's own net on the meta device: shapes without memory or initialisation, in eval mode.

    Nothing is loaded or downloaded, and no global state is changed. Raises SpecError for a library that is not
    installed, an unknown name and an input size that the net has no use for, TraceError where the library itself fails.
    """
    model = _plan(net)
    input_shapes(net, model)
    return model


def build_named_model(net: NamedNet, device: str | torch.device = "cpu", seed: int = 0) -> nn.Module:
    """Returns the library's own net with random weights, in eval mode, on a device such as `cpu` or `cuda:0`.

    The weights are those of `torch.manual_seed(seed)` followed by the library's constructor, on every device; the
    global random state is neither read nor changed. Raises what `build_named` does, and SpecError where the weights
    exceed the device's free memory or for a wrong seed, DeviceError for an unknown device.
    """
    check_seed(seed)
    target = check_device(device)
    plan = build_named(net)
    make = maker_of(net.library, net.name)
    with building, Seeded(seed):
        lack = find_lack(sum(tensor.nbytes for tensor in (*plan.parameters(), *plan.buffers())), target)
        if lack is not None:
            text = _("{name} needs {needed} for its weights, but {device} has {free} to give. Choose a smaller net.")
            raise SpecError(text.format(name=net.word, **lack))
        model = _called(make, net)
    input_shapes(net, model)
    return model.to(target).eval()


def plan_to_trace(net: NamedNet) -> tuple[nn.Module, list[Shape]]:
    """Returns a net that can be traced, and the shape of each input: on meta, or with weights where it needs values.

    Raises what `build_named_model` does.
    """
    model = _plan(net)
    shapes = input_shapes(net, model)
    return (build_named_model(net) if is_detector(model) else model), shapes


def _plan(net: NamedNet) -> nn.Module:
    if not isinstance(net, NamedNet):
        raise TraceError(_("Got {got} for a named net. Pass a NamedNet.").format(got=type(net).__name__))
    check_known(net)
    make = maker_of(net.library, net.name)
    try:
        with on_meta():
            return make().eval()
    except Exception:  # Constructors that compute with small tensors need their values, as torchvision's RegNet.
        with Seeded(0), with_empty_weights():
            return _called(make, net).to("meta").eval()


def _called(make: Maker, net: NamedNet) -> nn.Module:
    try:
        return make()
    except Exception as error:  # The library's code may raise anything, for want of another package, too.
        text = _("{word} cannot be built: {package} says: {reason}")
        raise TraceError(text.format(word=net.word, package=PACKAGES[net.library], reason=first_line(error))) from error
