"""The paper's printed values beside the computed: all words agree, all differences are told with their numbers."""

import re
from dataclasses import replace

import pytest
from torchvision.models import get_model_weights

from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.structure import paper as printed
from resnet_viz.views.structure import words as structure_words
from resnet_viz.views.structure.paper import PrintedValue, paper_depth, printed_values
from tests.nets import NETS, trace_of
from tests.views.inspect.arithmetic import work_out

DEPTHS = (18, 34, 50, 101, 152)
FLOPS = {18: "1.8×10⁹", 34: "3.6×10⁹", 50: "3.8×10⁹", 101: "7.6×10⁹", 152: "11.3×10⁹"}


def values(spec: ResNetSpec, what: str) -> list[PrintedValue]:
    return [value for value in printed_values(trace_of(spec), trace_of) if value.what == what]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("what", ["output size", "layers"])
def test_sizes_and_layers_are_as_printed(depth: int, what: str) -> None:
    found = values(PRESETS[f"resnet{depth}"], what)
    assert [value.row for value in found] == ["conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head"]
    assert all(value.printed == value.computed for value in found)
    assert {(value.why, value.difference) for value in found} == {("As printed.", None)}


@pytest.mark.parametrize("depth", DEPTHS)
def test_flops_of_the_papers_net_are_within_its_rounding(depth: int) -> None:
    first, *_rest = values(PRESETS[f"resnet{depth}"], "FLOPs")
    assert first.printed == FLOPS[depth]
    assert first.n_macs is not None
    assert first.difference == first.n_macs - round(float(FLOPS[depth][:-4]) * 1e9)
    assert abs(first.difference) < 0.1 * 10**9
    assert first.computed == f"{first.n_macs / 1e9:.3f}×10⁹"
    assert first.difference_text == f"{first.difference / 1e9:+.3f}×10⁹".replace("-", "−")


def test_the_papers_rounding_is_not_uniform() -> None:
    ends = {depth: values(PRESETS[f"resnet{depth}"], "FLOPs")[0].why.rpartition(": ")[2] for depth in DEPTHS}
    rounded = {depth for depth, why in ends.items() if "Rounded to one decimal, this is what is printed." in why}
    cut = {depth for depth, why in ends.items() if "cut off" in why}
    assert (rounded, cut) == ({18, 101, 152}, {34, 50})


def test_34_layers_fit_option_a() -> None:
    projecting, padding = values(PRESETS["resnet34"], "FLOPs")
    assert padding.net == "ResNet-34 A"
    assert padding.n_macs == trace_of(replace(PRESETS["resnet34"], shortcut="A")).n_macs
    assert abs(padding.difference or 0) < abs(projecting.difference or 0)
    assert round((padding.n_macs or 0) / 1e9, 1) == 3.6
    assert padding.why.endswith("Rounded to one decimal, this is what is printed.")
    _check_sums(padding.why)


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_torchvisions_stride_is_what_makes_its_figure_larger(depth: int) -> None:
    """The larger figure is the one of torchvision's own metadata; the words hold the whole difference."""
    paper, moved = values(PRESETS[f"resnet{depth}"], "FLOPs")
    published = get_model_weights(f"resnet{depth}").IMAGENET1K_V1.meta["_ops"]
    assert round((moved.n_macs or 0) / 1e9, 3) == published
    assert _check_sums(moved.why) == (moved.n_macs or 0) - (paper.n_macs or 0) > 0
    assert all(f"layer{stage}.0.conv1" in moved.why for stage in (2, 3, 4))


def _check_sums(why: str) -> int:
    """What the subtraction in a sentence gives."""
    found = re.search(r"([\d,]+ − [\d,]+) = ([\d,]+)", why)
    assert found
    result = int(found[2].replace(",", ""))
    assert work_out(found[1]) == result
    return result


def test_a_net_with_other_settings_says_which() -> None:
    spec = replace(PRESETS["resnet50"], input_size=(320, 200), num_classes=10, shortcut="C")
    sizes, layers = values(spec, "output size"), values(spec, "layers")
    assert [value.why for value in sizes[:5]] == [
        "This net has other settings than the paper's: input_size 320×200."
    ] * 5
    assert sizes[0].computed == "160×100"
    assert layers[-1].why == "This net has other settings than the paper's: num_classes 10."
    last = values(spec, "FLOPs")[-1]
    assert last.n_macs == trace_of(spec).n_macs
    for setting in ("input_size 320×200", "num_classes 10", "shortcut C", "stride_in 3x3"):
        assert setting in last.why


@pytest.mark.parametrize("name", ["resnet18", "plain34", "resnet101"])
def test_the_papers_nets_are_known_whatever_their_input(name: str) -> None:
    spec = replace(PRESETS[name], input_size=(64, 64), num_classes=3, norm="frozen")
    assert paper_depth(spec) == PRESETS[name].depth


@pytest.mark.parametrize("spec", [*NETS.values(), PRESETS["resnext50_32x4d"], PRESETS["wide_resnet50_2"]])
def test_other_nets_are_not_in_the_paper(spec: ResNetSpec) -> None:
    assert paper_depth(spec) is None
    assert paper_depth(None) is None
    assert printed_values(trace_of(spec), trace_of) == ()


def test_printed_and_computed_words_are_of_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared are words; another language must not make a difference of them."""
    for module in (structure_words, printed):
        monkeypatch.setattr(module, "_", lambda message: f"«{message}»")
    found = values(PRESETS["resnet18"], "layers")
    assert found[-1].computed == "«average pool», «1000-d fc», «softmax»"
    assert {value.why for value in found} == {"«As printed.»"}
