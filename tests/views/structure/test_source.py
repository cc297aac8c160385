"""The lines that made a layer group, against the installed source as Python itself reads it."""

import ast
import inspect
import re
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from torch import Tensor, nn
from torchvision.models.resnet import ResNet

from resnet_viz.model.net.variant import VariantResNet
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.source import _statements, find_function, made_by
from resnet_viz.views.structure.table import EXTRAS
from tests.nets import NETS, SHAPE, Net, conv, trace_of


def lines_of(trace: Trace, row: str) -> tuple[SourceLines, ...]:
    (cell,) = structure_table([trace], EXTRAS).row_cells(row)
    assert cell is not None
    return made_by(trace, cell)


def without_margin(code: str) -> list[str]:
    return [line.strip() for line in code.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d"])
@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_a_stage_of_torchvision_s_is_made_by_its_line_and_make_layer(name: str, stage: int) -> None:
    call, maker = lines_of(trace_of(PRESETS[name]), f"conv{stage + 1}_x")
    source, start = inspect.getsourcelines(ResNet)
    own = [n for n, line in enumerate(source, start) if re.match(rf"\s+self\.layer{stage} = ", line)]
    assert (call.place, call.function, call.last) == ("torchvision/models/resnet.py", "ResNet.__init__", own[0])
    assert without_margin(call.code)[-1] == source[own[0] - start].strip()
    body = without_margin(inspect.getsource(ResNet._make_layer))
    assert maker.function == "ResNet._make_layer"
    assert maker.code
    assert without_margin(maker.code) == body[-len(without_margin(maker.code)) :]
    assert without_margin(maker.code)[-1] == "return nn.Sequential(*layers)"


def test_stem_and_head_are_made_by_their_own_lines() -> None:
    trace = trace_of(PRESETS["resnet18"])
    (stem,), (head,), conv2 = (lines_of(trace, row) for row in ("conv1", "head", "conv2_x"))
    assert [line.split(" = ")[0] for line in without_margin(stem.code)] == ["self.conv1", "self.bn1", "self.relu"]
    assert [line.split(" = ")[0] for line in without_margin(head.code)] == ["self.avgpool", "self.fc"]
    assert [line.split(" = ")[0] for line in without_margin(conv2[0].code)] == ["self.maxpool", "self.layer1"]


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_every_cell_of_every_kind_of_net_has_lines(spec: ResNetSpec) -> None:
    trace = trace_of(spec)
    owner = ResNet if spec.is_torchvision else VariantResNet
    whole = without_margin(inspect.getsource(owner))
    for cell in structure_table([trace], EXTRAS).cells:
        spans = made_by(trace, cell)
        assert bool(spans) is (cell.stage is not None)
        assert all(set(without_margin(span.code)) <= set(whole) for span in spans)
        assert all(span.code and span.function.startswith(f"{owner.__name__}.") for span in spans)
        if cell.place is not None:
            assert spans[-1].function == f"{owner.__name__}._make_layer"
            assert any("_make_layer(" in span.code for span in spans[:-1])


class TwoWays(nn.Module):
    """One stage as an attribute, one by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = conv(3)
        self.layer1: nn.Module = self._make_layer(1)
        self.add_module("layer2", self._make_layer(2))
        self.eval()

    def _make_layer(self, n: int) -> nn.Sequential:
        """So many convolutions."""
        return nn.Sequential(*(nn.Sequential(conv()) for _ in range(n)))

    def forward(self, x: Tensor) -> Any:
        return self.get_submodule("layer2")(self.layer1(self.conv1(x)))


def test_a_stage_made_by_its_name_has_the_line_that_names_no_attribute() -> None:
    trace = trace_model(TwoWays(), (1, 3, 16, 16))
    first, second = (lines_of(trace, f"conv{n}_x") for n in (2, 3))
    assert [span.code for span in first[:-1]] == ["self.layer1: nn.Module = self._make_layer(1)"]
    assert [span.code for span in second[:-1]] == ['self.add_module("layer2", self._make_layer(2))']
    assert first[-1] == second[-1]


def test_a_net_that_names_no_part_has_no_lines() -> None:
    net = Net(lambda net, x: net.layer1(net.conv1(x)), conv1=conv(3), layer1=conv())
    trace = trace_model(net, (1, 3, 16, 16))
    assert all(made_by(trace, cell) == () for cell in structure_table([trace]).cells)


def test_a_file_that_is_not_loaded_is_not_read(tmp_path: object) -> None:
    """A Trace from elsewhere may name any file."""
    file = f"{tmp_path}/net.py"
    with open(file, "w", encoding="utf-8") as out:
        out.write(inspect.getsource(ResNet))
    trace = trace_of(PRESETS["resnet18"])
    moved = {
        node_id: replace(node, source=tuple(replace(ref, file=file) for ref in node.source))
        for node_id, node in trace.nodes.items()
    }
    assert lines_of(trace, "conv4_x")
    assert lines_of(replace(trace, nodes=moved), "conv4_x") == ()


@pytest.mark.parametrize("name", ["", "ResNet.fly", "Nobody", "Bottleneck.forward.x"])
def test_what_torchvision_has_not_is_not_shown(name: str) -> None:
    assert find_function(name) is None


def test_without_the_source_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_function("Bottleneck.forward") is not None
    monkeypatch.setattr("resnet_viz.views.structure.source.read_source", lambda file: "def broken(")
    assert find_function("Bottleneck.forward") is None


def test_a_net_of_torch_s_own_modules_has_no_line_that_made_it() -> None:
    trace = trace_model(nn.Sequential(OrderedDict(conv1=conv(3), layer1=nn.Sequential(nn.Sequential(conv())))), SHAPE)
    assert not any(op.source for op in trace.ops)
    cells = structure_table([trace]).cells
    assert cells
    assert [made_by(trace, cell) for cell in cells] == [()] * len(cells)


def test_two_sessions_do_not_parse_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, parsing = ast.parse, [0]
    most = []

    def slow(source: str) -> ast.Module:
        parsing[0] += 1
        most.append(parsing[0])
        time.sleep(0.02)
        parsing[0] -= 1
        return parse(source)

    monkeypatch.setattr(ast, "parse", slow)
    with ThreadPoolExecutor(4) as pool:
        assert list(map(len, pool.map(_statements, [f"x = {n}" for n in range(4)]))) == [1] * 4
    assert most == [1] * 4
