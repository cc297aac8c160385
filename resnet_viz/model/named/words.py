"""What somebody types for a net: a preset, a name in a library, or a query of settings."""

from __future__ import annotations

from resnet_viz.errors import SpecError
from resnet_viz.model.named.listing import check_known, near_names
from resnet_viz.spec.named import NamedNet, Net, read_net
from resnet_viz.spec.resnet import ResNetSpec, unknown_name


def net_of_word(text: str) -> Net:
    """Returns the net of `resnet50`, of `timm:resnet26d`, or of `block=basic&layers=2,3,5,2`.

    Raises SpecError; what builds a net here that others call so, and near names of installed libraries, stand in it.
    """
    if "=" in text or ":" in text:
        net = read_net(text if "=" in text else {"net": text})
        if isinstance(net, NamedNet):
            check_known(net)
        return net
    try:
        return ResNetSpec.preset(text)
    except SpecError:
        raise unknown_name(text, near_names(text)) from None
