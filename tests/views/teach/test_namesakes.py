"""One name's nets in words (resnet_viz/views/teach/namesakes), against what is known of them from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.views.teach.namesakes import table
from resnet_viz.views.teach.namesakes.rows import Load, Namesake, Preparation, namesakes
from tests.nets import trace_of


def row(package: str, call: str, depth: int = 50) -> dict[str, str]:
    """The cells of a net by their headings."""
    columns = {**table.nets_table(depth), **table.inputs_table(depth)}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    (found,) = [cells for cells in rows if cells["Library"].split()[0] == package and cells["Call"] == call]
    return found


@pytest.mark.parametrize("depth", table.DEPTHS)
def test_torchvisions_net_is_the_one_that_is_traced_here(depth: int) -> None:
    trace, first = trace_of(f"resnet{depth}"), namesakes(depth)[0]
    assert (first.package, first.n_params, first.n_macs) == ("torchvision", trace.n_params, trace.n_macs)


@pytest.mark.parametrize("package", ["keras", "pytorchcv"])
def test_a_stride_on_the_1x1_is_the_papers_net(package: str) -> None:
    v1 = trace_of("net=resnet50&stride_in=1x1")
    (found,) = [one for one in namesakes(50) if one.package == package and one.strided == "1x1"]
    assert found.n_macs == v1.n_macs
    # A bias for each channel of a convolution, in Keras.
    biases = sum(op.out_shape[1] for op in v1.ops if op.op == "conv2d")
    assert found.n_params - v1.n_params == (biases if package == "keras" else 0)


def test_what_surprises_is_in_words() -> None:
    assert row("timm", "resnet50")["Last γ"] == "0 in 16 blocks"
    assert row("keras", "ResNet50V2")["Stride"] == "3×3 of a stage's last block"
    assert row("keras", "ResNet50")["Picture"].startswith("BGR from 0 to 255; mean 103.939, 116.779, 123.68")
    twin = row("monai", "resnet50(spatial_dims=2, bias_downsample=False)")
    assert (twin["Strict load"], twin["Stride"]) == ("loads", "3×3, none in the stem")
    assert row("segmentation-models-pytorch", 'get_encoder("resnet50")')["Strict load"] == "loads, 2 left out"
    assert (
        row("transformers", "ResNetConfig(downsample_in_first_stage=True)")["Stride"] == "3×3, in the first stage too"
    )
    assert row("transformers", "ResNetConfig()")["Picture"] == "all of it, to 384×384; bicubic; mean 0.5, deviation 0.5"


def test_words_that_no_stored_net_needs() -> None:
    net: Namesake = namesakes(18)[0]
    assert table._load_text(Load(loads=False, missing=1, unexpected=2, shapes=3)) == (
        "1 missing, 2 unexpected, 3 of another shape"
    )
    nothing = Preparation(None, None, None, None, None, "RGB", 1)
    assert table._picture_text(nothing) == "not in the package"
    assert table._picture_text(replace(net.preparation, mean=None)) == "256, then 224; bilinear"
