"""Nets that are not of settings alone: read from a link and written to it."""

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.spec.shown import FileNet, ShownNet, are_specs, net_word, read_shown

DIGEST = "0123456789abcdef" * 2
NETS: list[ShownNet] = [
    PRESETS["resnet50"],
    ResNetSpec("basic", (1, 1), widths=(8, 16)),
    NamedNet("timm", "resnet26d"),
    NamedNet("timm", "resnet26d", (320, 320)),
    FileNet(DIGEST),
]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.to_query())
def test_a_link_gives_the_net_back(net: ShownNet) -> None:
    assert read_shown(net.to_query()) == net
    assert read_shown(net.to_pairs()) == net


@pytest.mark.parametrize(
    "query",
    [
        "net=file:",
        f"net=file:{DIGEST[1:]}",
        f"net=file:{DIGEST.upper()}",
        "net=file:../../etc/passwd",
        {"net": f"file:{DIGEST}", "input_size": "32x32"},
        {"net": "timm:resnet26d", "layers": "2,2,2,2"},
    ],
    ids=str,
)
def test_what_names_no_net_is_refused_in_a_sentence(query: str | dict[str, str]) -> None:
    with pytest.raises(SpecError, match=r"got .*\."):
        read_shown(query)


def test_nets_are_told_apart_and_named() -> None:
    assert are_specs(NETS[:2])
    assert not are_specs(NETS)
    assert [net_word(net) for net in NETS[::2]] == ["ResNet-50", "timm:resnet26d", "A Trace file"]
