"""What was once taken for a plain ResNet and is none, or of which a name or shape does not tell all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.naming.layers import Shape
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition.plain import plain_shapes
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import ResNetSpec

SPEC = ResNetSpec("basic", (1, 2), num_classes=5, widths=(8, 16))
OWN = shapes_of(SPEC)
BODY = {f"backbone.{key}": shape for key, shape in OWN.items() if not key.startswith("fc.")}


@pytest.mark.parametrize("key", ["relu.weight", "avgpool.p", "ca.fc.0.weight", "maxpool.weight", "act1.weight"])
def test_layers_with_weights_that_a_resnet_has_without_make_another_net(key: str) -> None:
    shape: Shape = (8, 8, 1, 1) if ".fc." in key else (1,)
    for prefix in ("", "model."):
        found = recognise_shapes({prefix + name: value for name, value in {**OWN, key: shape}.items()})
        assert (found.is_sure, found.spec) == (False, None)
        assert found.candidates[0].spec == SPEC


@pytest.mark.parametrize("key", ["neck.weight", "embedding.weight", "neck.0.bias", "attn.in_proj_weight"])
def test_what_stands_on_the_features_is_no_head_of_one_layer(key: str) -> None:
    shape = (16,) if key.startswith("neck") else (16, 16)
    head: dict[str, Shape] = {"classifier.weight": (5, 16), "classifier.bias": (5,)}
    assert recognise_shapes({**BODY, **head}).has_head
    found = recognise_shapes({**BODY, key: shape, **head})
    assert (found.is_sure, found.has_head) == (True, False)


def test_what_no_shape_shows_is_open() -> None:
    assert {"stem_stride", "activation", "replace_stride_with_dilation"} <= {*recognise_shapes(OWN).open_questions}
    assert "layers_beside" in recognise_shapes({"input_conv.weight": (3, 3, 1, 1), **BODY}).open_questions
    wide = shapes_of(replace(SPEC, widths=(32, 64)))
    without = {key: shape for key, shape in wide.items() if "running" not in key and "num_batches" not in key}
    assert "norm" in recognise_shapes(without).open_questions


def test_a_head_of_no_classes_is_no_error() -> None:
    empty: dict[str, Shape] = {"fc.weight": (0, 16), "fc.bias": (0,)}
    assert recognise_shapes({**OWN, **empty}).spec is None
    assert recognise_shapes({**BODY, "fc.weight": (0, 16), "fc.bias": (0,)}).has_head is False


def test_the_net_that_is_trained_is_taken() -> None:
    large = shapes_of(ResNetSpec("basic", (3, 3), num_classes=5, widths=(8, 16)))
    for other in ("teacher", "criterion.net"):
        both = {f"model.{key}": shape for key, shape in OWN.items()} | {
            f"{other}.{key}": shape for key, shape in large.items()
        }
        found = recognise_shapes(both)
        assert (found.wrapping, found.spec) == ("model.", SPEC)


def test_long_keys_are_passed_over() -> None:
    long = "note_a/" * 20_000 + "kernel"
    assert plain_shapes({long: (1,)}) == ({long: (1,)}, {})
    assert recognise_shapes({long: (1,), **OWN}).spec == SPEC
