"""A cell read aloud: every line is worked out again, sums are the modules' own, reasons and parts are the spec's."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from torch import Tensor, nn

from resnet_viz.errors import DrawError, TraceError
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.reading import CellReading, explain_cell
from resnet_viz.views.structure.table import EXTRAS
from tests.nets import NETS, conv, in_stage, specs, trace_of
from tests.views.inspect.arithmetic import work_out
from tests.views.structure.expected import after, module_macs, module_params

R18, R50, R152 = (PRESETS[f"resnet{depth}"] for depth in (18, 50, 152))


def read(spec: ResNetSpec, row: str) -> CellReading:
    table = structure_table([trace_of(spec)], EXTRAS)
    (cell,) = table.row_cells(row)
    assert cell is not None
    return explain_cell(table, cell)


def texts(reading: CellReading, key: str) -> list[str]:
    return [fact.text for fact in reading.facts if fact.key == key]


# Arithmetic


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_lines_add_up_for_every_kind_of_net(spec: ResNetSpec) -> None:
    check_lines(spec)


@settings(max_examples=30)
@given(specs())
def test_lines_add_up_for_any_net(spec: ResNetSpec) -> None:
    check_lines(spec)


def check_lines(spec: ResNetSpec) -> None:
    """Each line gives what it says, and all of a cell what torch counts in the modules that it names."""
    params, macs = module_params(spec), module_macs(spec)
    table = structure_table([trace_of(spec)], EXTRAS)
    for cell in table.cells:
        reading = explain_cell(table, cell)
        for step in (*reading.params, *reading.macs):
            assert work_out(step.numbers) == step.result > 0
        for step in reading.sizes:
            if step.numbers.startswith("⌊"):
                assert work_out(step.numbers) == step.result
        sums = [sum(step.result for step in steps) for steps in (reading.params, reading.macs)]
        if cell.stage and cell.stage.startswith("layer"):
            assert sums == [params[cell.stage], macs[cell.stage]]
        elif cell.stage:
            assert sums == [cell.n_params, cell.n_macs]
        elif cell.row == "FLOPs":
            assert sums == [0, sum(macs.values())]
        else:
            assert sums == [sum(params.values()) if cell.row == "parameters" else 0, 0]


def test_lines_of_conv3_x_are_the_arithmetic_of_the_paper() -> None:
    reading = read(R152, "conv3_x")
    macs = {step.title: step.numbers for step in reading.macs}
    assert macs == {
        "layer2.0.conv1": "128 × 56 × 56 × 256 × 1 × 1",
        "layer2.0.conv2": "128 × 28 × 28 × 128 × 3 × 3",
        "layer2.0.conv3": "512 × 28 × 28 × 128 × 1 × 1",
        "layer2.0.downsample.0": "512 × 28 × 28 × 256 × 1 × 1",
        "layer2.1..7 · conv1": "7 × 128 × 28 × 28 × 512 × 1 × 1",
        "layer2.1..7 · conv2": "7 × 128 × 28 × 28 × 128 × 3 × 3",
        "layer2.1..7 · conv3": "7 × 512 × 28 × 28 × 128 × 1 × 1",
    }
    params = {step.title: step.numbers for step in reading.params}
    assert params["layer2.0.conv1"] == "128 × 256 × 1 × 1"
    assert params["layer2.1..7 · conv2"] == "7 × 128 × 128 × 3 × 3"
    assert params["layer2.1..7 · bn3"] == "7 × (512 + 512)"
    assert len(params) == 14


def test_groups_stand_in_the_lines() -> None:
    reading = read(PRESETS["resnext50_32x4d"], "conv3_x")
    (line,) = [step.numbers for step in reading.params if step.title == "layer2.0.conv2"]
    assert line == "256 × (256 ÷ 32) × 3 × 3"


def test_a_bias_is_a_parameter_and_no_multiply_add() -> None:
    reading = read(R18, "head")
    assert [step.numbers for step in reading.params] == ["1,000 × 512 + 1,000"]
    assert [step.numbers for step in reading.macs] == ["1,000 × 512"]


class Block(nn.Module):
    """One convolution beside an identity, or pooled where it has a stride."""

    def __init__(self, stride: int = 1) -> None:
        super().__init__()
        self.conv1, self.act, self.pool = conv(stride=stride), nn.ReLU(), nn.AvgPool2d(stride)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.act(self.conv1(x)) + self.pool(x)
        return out


def read_stage(*blocks: Block) -> CellReading:
    trace = trace_model(in_stage(*blocks), (1, 3, 16, 16))
    (cell,) = structure_table([trace]).row_cells("conv2_x")
    assert cell is not None
    return explain_cell(trace, cell)


def test_shared_weights_count_once() -> None:
    first, second = Block(), Block()
    second.conv1.weight = first.conv1.weight
    reading = read_stage(first, second)
    assert sum(step.result for step in reading.params) == 8 * 8 * 3 * 3 == reading.cell.n_params
    assert sum(step.result for step in reading.macs) == 2 * 8 * 16 * 16 * 8 * 3 * 3 == reading.cell.n_macs


def test_the_bracket_is_read_aloud() -> None:
    assert texts(read(R152, "conv4_x"), "bracket") == [
        "36 blocks, each of these convolutions one after the other: 1×1 to 256 channels, 3×3 to 256 channels, "
        "1×1 to 1,024 channels."
    ]
    assert texts(read(NETS["one"], "conv2_x"), "bracket") == [
        "1 block, of these convolutions one after the other: 3×3 to 64 channels, 3×3 to 64 channels."
    ]
    assert texts(read(R152, "head"), "bracket") == []


def test_only_a_stage_whose_later_blocks_keep_the_size_is_said_to_do_so() -> None:
    ((once, ending), (twice, none)) = (
        texts(read_stage(*map(Block, strides)), "stride")[0].partition("The later")[::2] for strides in ([2, 1], [2, 2])
    )
    assert once.strip() == twice.strip() == "In the first block conv1 (3×3) has stride 2: 16×16 becomes 8×8."
    assert ending.startswith(" blocks have stride 1")
    assert none == ""


def test_what_weighs_channels_is_no_window_on_the_way() -> None:
    reading = read(NETS["se"], "conv3_x")
    assert [step.node for step in reading.sizes] == ["layer2.0.conv1", "layer2.0.conv2"]


# Parts and reasons


@settings(max_examples=25)
@given(specs())
def test_parts_are_the_convolutions_of_the_first_block(spec: ResNetSpec) -> None:
    modules = dict(build_plan(spec).named_modules())
    for cell in (cell for cell in structure_table([trace_of(spec)]).cells if cell.place is not None):
        reading = explain_cell(trace_of(spec), cell)
        own, others = (
            {
                path: module
                for path, module in modules.items()
                if path.startswith(f"{cell.stage}.{block}.") and isinstance(module, nn.Conv2d)
            }
            for block in (0, 1)
        )
        assert {part.node for part in reading.parts} == set(own)
        for part in reading.parts:
            module = own[part.node]
            assert (part.in_channels, part.out_channels) == (module.in_channels, module.out_channels)
            assert part.kernel == "×".join(map(str, module.kernel_size))
            assert part.stride == str(module.stride[0])
            assert part.groups == module.groups
            # A projection that is pooled first has its convolution in another place, so only the name before it counts.
            stem = "downsample" if part.role == "shortcut" else part.name
            later = [other for path, other in others.items() if path.startswith(f"{cell.stage}.1.{stem}")]
            assert part.later_in_channels == (later[0].in_channels if later else None)
            assert part.later_stride == (str(later[0].stride[0]) if later else "")
        roles = {part.name.partition(".")[0]: part.role for part in reading.parts}
        assert roles.items() <= {
            **{f"conv{n}": "branch" for n in (1, 2, 3)}, "se": "gate", "downsample": "shortcut"
        }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "conv", "note"),
    [
        (R50, "conv2 (3×3)", "This is torchvision's way (v1.5); the paper has the stride in the first 1×1 (v1)."),
        (
            replace(R50, stride_in="1x1"),
            "conv1 (1×1)",
            "This is the paper's way (v1); torchvision has the stride in the 3×3 (v1.5).",
        ),
    ],
)
def test_the_stride_is_told_with_its_place(spec: ResNetSpec, conv: str, note: str) -> None:
    (text,) = texts(read(spec, "conv3_x"), "stride")
    assert f"In the first block {conv} has stride 2: 56×56 becomes 28×28." in text
    assert "The later blocks have stride 1" in text
    assert text.endswith(note)
    assert texts(read(spec, "conv2_x"), "stride") == [
        "All convolutions of the first block have stride 1, so the map stays 56×56."
    ]


def test_dilation_is_told_where_it_stands_in_for_a_stride() -> None:
    reading = read(NETS["dilated"], "conv4_x")
    assert "Dilation stands in for it" in texts(reading, "stride")[0]
    assert "Dilation" not in texts(read(NETS["dilated"], "conv3_x"), "stride")[0]


@pytest.mark.parametrize(
    ("spec", "row", "sums"),
    [
        (R152, "conv3_x", ["512 = 128 × 4"]),
        (R18, "conv5_x", ["512 = 512 × 1"]),
        (PRESETS["resnext50_32x4d"], "conv2_x", ["256 = 64 × 4", "128 = ⌊64 × 4 ÷ 64⌋ × 32"]),
        (PRESETS["wide_resnet50_2"], "conv4_x", ["1024 = 256 × 4", "512 = ⌊256 × 128 ÷ 64⌋ × 1"]),
    ],
)
def test_widths_come_from_planes_and_expansion(spec: ResNetSpec, row: str, sums: list[str]) -> None:
    reading = read(spec, row)
    found = [re.match(r"[^:]+", text) for text in texts(reading, "width") + texts(reading, "inner")]
    assert [match and match[0] for match in found] == sums
    for text in sums:
        left, right = text.split(" = ")
        assert work_out(right) == int(left)


def test_projections_are_told_with_the_condition() -> None:
    reading = read(R50, "conv2_x")
    assert texts(reading, "projection") == ["Of 3 blocks one has a projection: layer1.0."]
    (first, shortcut), (rest, identity) = reading.shortcuts
    assert (first, shortcut.kind, [reason.values for reason in shortcut.reasons]) == (
        "layer1.0", "projection", ["1 = 1", "64 ≠ 256"]
    )  # fmt: skip
    assert (rest, identity.kind) == ("layer1.1..2", "identity")
    assert texts(read(R18, "conv2_x"), "projection") == ["No block here has a projection."]
    assert texts(read(NETS["C"], "conv2_x"), "projection") == ["Every block here has a projection."]


@pytest.mark.parametrize("side", [224, 225, 97, 33])
def test_sizes_are_told_by_the_formula_and_floor(side: int) -> None:
    spec = replace(R50, input_size=(side, side))
    stem = after(side, 7, 2, 3)
    pooled = after(stem, 3, 2, 1)
    (text,) = texts(read(spec, "conv3_x"), "size")
    halved = after(pooled, 3, 2, 1)
    assert text.startswith(
        f"{pooled}×{pooled} becomes {halved}×{halved} at layer2.0.conv2: ⌊({pooled} + 2 × 1 − 3) ÷ 2⌋"
    )
    (text,) = texts(read(spec, "conv2_x"), "size")
    assert text.startswith(f"{stem}×{stem} becomes {pooled}×{pooled} at maxpool")
    (text,) = texts(read(spec, "conv1"), "size")
    assert text.startswith(f"{side}×{side} becomes {stem}×{stem} at conv1: ⌊({side} + 2 × 3 − 7) ÷ 2⌋ + 1 = {stem}")


def test_axes_that_differ_are_both_told() -> None:
    (text,) = texts(read(NETS["bottleneck"], "conv1"), "size")
    assert "⌊(65 + 2 × 3 − 7) ÷ 2⌋ + 1 = 33; ⌊(200 + 2 × 3 − 7) ÷ 2⌋ + 1 = 100" in text


def test_the_head_s_mean_and_softmax_are_told() -> None:
    reading = read(R18, "head")
    assert texts(reading, "size") == ["7×7 becomes 1×1 at avgpool: of each channel the mean of 7 × 7 = 49 values."]
    assert "no layer of this net" in texts(reading, "softmax")[0]


# Errors


def test_a_cell_of_another_net_or_table_is_an_error() -> None:
    six, one = structure_table([trace_of(NETS["six"])]), structure_table([trace_of(NETS["one"])])
    cell = six.row_cells("conv7_x")[0]
    assert cell is not None
    with pytest.raises(TraceError, match="layer6"):
        explain_cell(trace_of(NETS["one"]), cell)
    with pytest.raises(DrawError, match="column"):
        explain_cell(one, cell)
