"""The code walk against the Trace, the modules, the source text and written-out values; its JSON and its folds."""

import gc
import json
import re
import weakref
from dataclasses import FrozenInstanceError, replace

import pytest

from resnet_viz.errors import SpecError, TraceError
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.walk.build import build_walking, walk_build
from resnet_viz.model.walk.forward import walk_both, walk_forward, walk_model
from resnet_viz.model.walk.watch import BACKENDS
from resnet_viz.records.steps import Value, WalkStep
from resnet_viz.records.walk import CodeWalk
from resnet_viz.records.walk_json import read_walk, write_walk
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from tests.nets import trace_of, walks_of

BASIC = ResNetSpec("basic", (1, 2, 1, 1), num_classes=7)
BOTTLENECK = ResNetSpec("bottleneck", (2, 2, 1, 1), num_classes=7)
SPECS = {
    **TORCHVISION,
    **{name: PRESETS[name] for name in ("plain18", "cifar20")},
    "own": BOTTLENECK,
    "dilated": replace(BOTTLENECK, replace_stride_with_dilation=(False, True, True)),
    "grouped": replace(BOTTLENECK, groups=4, width_per_group=16),
    "group-norm": replace(BASIC, norm="group"),
    "frozen-norm": replace(BOTTLENECK, norm="frozen"),
    "no-norm": replace(BASIC, norm="none"),
    "zero-init": replace(BOTTLENECK, zero_init_residual=True),
    "one-channel": replace(BASIC, in_channels=1),
    "v1": replace(BOTTLENECK, stride_in="1x1"),
    "all-projected": replace(BOTTLENECK, shortcut="C"),
    "pre-activation": replace(BOTTLENECK, pre_activation=True),
    "deep-stem": replace(BOTTLENECK, stem="deep", average_shortcut=True, squeeze_excitation=True),
    "three-stages": ResNetSpec("basic", (1, 1, 1), input_size=(64, 64)),
}
# What a line that runs an op, or makes a module, has in it.
RUNS = {
    "conv2d": r"self\.(conv\d|downsample)\(",
    "batch_norm": r"self\.(bn\d|downsample)\(",
    "relu": r"= self\.relu\(",
    "add": r"out \+= identity$",
    "max_pool2d": r"self\.maxpool\(",
    "adaptive_avg_pool2d": r"self\.avgpool\(",
    "flatten": r"torch\.flatten\(",
    "linear": r"self\.fc\(",
}
MAKES = {
    "Conv2d": r"nn\.Conv2d\(",
    "BatchNorm2d": r"norm_layer\(",
    "ReLU": r"nn\.ReLU\(",
    "MaxPool2d": r"nn\.MaxPool2d\(",
    "AdaptiveAvgPool2d": r"nn\.AdaptiveAvgPool2d\(",
    "Linear": r"nn\.Linear\(",
    "Sequential": r"nn\.Sequential\(",
    "BasicBlock": r"layers\.append\(\s*block\(",
    "Bottleneck": r"layers\.append\(\s*block\(",
    "ResNet": r"model = ResNet\(",
}


def text_of(walk: CodeWalk, step: WalkStep) -> str:
    (source,) = [file.text for file in walk.files if file.file == step.file]
    return "\n".join(source.split("\n")[step.line - 1 : step.end_line])


def at_condition(walk: CodeWalk, stage: str, function: str = "_make_layer") -> WalkStep:
    """The step that decides about the projection of a stage of torchvision's."""
    calls = [
        step
        for step in walk.steps
        if step.condition and "inplanes" in step.condition.text and step.function.endswith(function)
    ]
    return calls[int(stage.removeprefix("layer")) - 1]


# Every op and every module has its statement


@pytest.mark.parametrize("name", TORCHVISION)
def test_every_op_is_linked_to_the_statement_that_ran_it(name: str) -> None:
    walk, trace = walks_of(SPECS[name])[1], trace_of(SPECS[name])
    links = [(node, step) for step in walk.steps for node in step.node_ids]
    assert sorted(node for node, _step in links) == sorted(op.id for op in trace.ops)
    for node_id, step in links:
        node = trace.nodes[node_id]
        assert node.op is not None
        assert re.search(RUNS[node.op], text_of(walk, step)), (node_id, text_of(walk, step))
        assert (step.line, step.function) == (node.source[0].line, node.source[0].function)


@pytest.mark.parametrize(("name", "n_ops"), [("resnet18", 69), ("resnet50", 175), ("resnet152", 515)])
def test_as_many_ops_as_are_known(name: str, n_ops: int) -> None:
    assert sum(len(step.node_ids) for step in walks_of(SPECS[name])[1].steps) == n_ops


@pytest.mark.parametrize("name", TORCHVISION)
def test_every_module_is_linked_to_the_statement_that_made_it(name: str) -> None:
    walk = walks_of(SPECS[name])[0]
    for path, module in build_plan(SPECS[name]).named_modules():
        made, *callers = walk.statements_of(path or "network")
        # What a container is made from in one statement has it from there.
        is_inside = re.search(r"downsample = nn\.Sequential\(", text_of(walk, made)) is not None
        assert is_inside or re.search(MAKES[type(module).__name__], text_of(walk, made)), path
        stage = path.partition(".")[0]
        if stage.startswith("layer"):
            assert any(f"self.{stage} = self._make_layer(" in text_of(walk, step) for step in (made, *callers))
        assert [step.function for step in (made, *callers)][-2:] == ["_resnet", name]


@pytest.mark.parametrize("name", [name for name in SPECS if name not in TORCHVISION])
def test_every_net_of_ours_is_linked_whole(name: str) -> None:
    build, forward = walks_of(SPECS[name])
    paths = {path or "network" for path, _module in build_plan(SPECS[name]).named_modules()}
    assert {node for step in build.steps for node in step.node_ids} == paths
    assert {node for step in forward.steps for node in step.node_ids} == {op.id for op in trace_of(SPECS[name]).ops}


def test_a_projections_layers_lead_to_the_line_that_calls_for_them() -> None:
    walk = walks_of(SPECS["resnet50"])[0]
    made, caller, *_rest = walk.statements_of("layer3.0.downsample.0")
    assert made.function == "conv1x1"
    assert text_of(walk, caller).split("\n")[0].strip() == "downsample = nn.Sequential("
    assert {"layer3.0.downsample", "layer3.0.downsample.0", "layer3.0.downsample.1"} == set(caller.node_ids)


def test_a_group_of_a_pass_leads_to_the_statement_that_ran_all_of_it() -> None:
    walk = walks_of(SPECS["resnet50"])[1]
    assert text_of(walk, walk.statements_of("layer3")[0]).strip() == "x = self.layer3(x)"
    assert text_of(walk, walk.statements_of("layer3.0.downsample")[0]).strip() == "identity = self.downsample(x)"


def test_a_line_leads_to_its_steps_and_nodes() -> None:
    build, forward = walks_of(SPECS["resnet18"])
    add = forward.statements_of("layer1.0.add")[0]
    assert forward.steps_at(add.file, add.line) == tuple(s for s in forward.steps if s.line == add.line)
    assert list(forward.nodes_at(add.file, add.line)) == [
        f"layer{stage}.{block}.add" for stage in (1, 2, 3, 4) for block in (0, 1)
    ]
    append = build.statements_of("layer2.1")[0]
    last_line = text_of(build, append).count("\n") + append.line
    assert build.nodes_at(append.file, last_line) == tuple(f"layer{stage}.1" for stage in (1, 2, 3, 4))
    assert build.steps_at(append.file, 1) == ()


def test_an_unknown_node_is_told() -> None:
    with pytest.raises(TraceError, match="layer9"):
        walks_of(SPECS["resnet18"])[0].statements_of("layer9")


def test_three_calls_of_one_relu_are_three_steps() -> None:
    walk = walks_of(SPECS["resnet50"])[1]
    steps = [step for step in walk.steps if any(node.startswith("layer1.0.relu") for node in step.node_ids)]
    assert [step.node_ids for step in steps] == [("layer1.0.relu",), ("layer1.0.relu_1",), ("layer1.0.relu_2",)]
    assert len({step.line for step in steps}) == 3


# Conditions


@pytest.mark.parametrize(
    ("name", "stage", "parts"),
    [
        ("resnet50", "layer1", [("1 != 1", False, True), ("64 != 64 * 4", True, True)]),
        ("resnet50", "layer2", [("2 != 1", True, True), ("256 != 128 * 4", None, False)]),
        ("resnet18", "layer1", [("1 != 1", False, True), ("64 != 64 * 1", False, True)]),
        ("resnet18", "layer4", [("2 != 1", True, True), ("256 != 512 * 1", None, False)]),
    ],
)
def test_the_projections_condition(name: str, stage: str, parts: list[tuple[str, bool | None, bool]]) -> None:
    condition = at_condition(walks_of(SPECS[name])[0], stage).condition
    assert condition is not None
    assert condition.text == "stride != 1 or self.inplanes != planes * block.expansion"
    assert [(part.shown, part.value, part.is_looked_at) for part in condition.children] == parts
    assert condition.value is any(value for _shown, value, _looked in parts)


@pytest.mark.parametrize("name", SPECS)
def test_every_branch_is_taken_as_its_condition_says(name: str) -> None:
    """The next step of the same call is the first of the body, or it is none of it."""
    n_asked = 0
    for walk in walks_of(SPECS[name]):
        for step in walk.steps:
            after = next((other for other in walk.steps[step.index + 1 :] if other.before == step.index), None)
            first_word = text_of(walk, step).split()[0]
            if step.condition is None or first_word not in ("if", "elif") or after is None:
                continue
            assert step.condition.value is _is_first_of_body(walk, step, after), text_of(walk, step)
            n_asked += 1
    assert n_asked > 10


def _is_first_of_body(walk: CodeWalk, step: WalkStep, after: WalkStep) -> bool:
    (source,) = [file.text.split("\n") for file in walk.files if file.file == step.file]
    between = [line.split("#")[0].strip() for line in source[step.end_line : after.line - 1]]
    indents = [len(source[at - 1]) - len(source[at - 1].lstrip()) for at in (step.line, after.line)]
    return indents[1] > indents[0] and not any(between) and after.line > step.line


def test_the_second_block_of_layer2_has_no_downsample() -> None:
    walk = walks_of(SPECS["resnet50"])[0]
    call = next(step for step in walk.steps if step.kind == "call" and step.owner == "layer2.1")
    assert call.locals["downsample"] == Value("None", "none")
    assert call.locals["inplanes"] == Value("512", "number")


# Stages


def test_the_stages_of_resnet50() -> None:
    stages = walks_of(SPECS["resnet50"])[0].stages()
    names = ("planes", "blocks", "stride", "dilate")
    found = [
        [
            stage.stage,
            *(stage.arguments[name].text for name in names),
            stage.before["self.inplanes"].text,
            stage.after["self.inplanes"].text,
            stage.projections,
        ]
        for stage in stages
    ]
    assert found == [
        ["layer1", "64", "3", "1", "False", "64", "256", ("layer1.0.downsample",)],
        ["layer2", "128", "4", "2", "False", "256", "512", ("layer2.0.downsample",)],
        ["layer3", "256", "6", "2", "False", "512", "1024", ("layer3.0.downsample",)],
        ["layer4", "512", "3", "2", "False", "1024", "2048", ("layer4.0.downsample",)],
    ]
    assert [reason.shown for stage in stages for reason in stage.decisions[0].reasons] == [
        "64 != 64 * 4",
        *["2 != 1"] * 3,
    ]


def test_dilation_goes_on_from_stage_to_stage() -> None:
    after = [stage.after for stage in walks_of(SPECS["dilated"])[0].stages()]
    assert [values["previous_dilation"].text for values in after] == ["1", "1", "1", "2"]
    assert [values["self.dilation"].text for values in after] == ["1", "1", "2", "4"]
    assert [values["stride"].text for values in after] == ["1", "2", "1", "1"]


@pytest.mark.parametrize("name", SPECS)
def test_the_projections_are_those_of_the_net(name: str) -> None:
    spec = SPECS[name]
    stages = walks_of(SPECS[name])[0].stages()
    assert [stage.stage for stage in stages] == [f"layer{n + 1}" for n in range(len(spec.layers))]
    modules = dict(build_plan(spec).named_modules())
    there = [path for path in modules if path.endswith(".downsample")]
    assert [made for stage in stages for made in stage.projections] == there
    assert [int(stage.arguments["blocks"].text) for stage in stages] == list(spec.layers)


# Folds


def test_the_equal_blocks_of_layer3_are_one_fold() -> None:
    build, forward = walks_of(SPECS["resnet152"])
    (calls,) = [fold for fold in forward.folds if fold.count == 35]
    owners = [forward.steps[calls.start + n * calls.length].owner for n in range(35)]
    assert owners == [f"layer3.{block}" for block in range(1, 36)]
    assert forward.steps[calls.end - 1].owner == "layer3.35"
    passes = [fold for fold in build.folds if fold.count == 35]
    made = [
        build.steps[passes[0].start + n * passes[0].length + 1].node_ids for n in range(35)
    ]  # After the loop's head.
    assert made == [(f"layer3.{block}",) for block in range(1, 36)]
    assert text_of(build, build.steps[passes[0].start]).strip().startswith("for _ in range(")


@pytest.mark.parametrize("name", SPECS)
def test_what_is_folded_is_alike(name: str) -> None:
    for walk in walks_of(SPECS[name]):
        ends: list[int] = []
        for fold in walk.folds:
            while ends and ends[-1] <= fold.start:
                ends.pop()
            assert not ends or fold.end <= ends[-1], "folds lie inside each other or apart"
            ends.append(fold.start + fold.length)
            passes = [
                walk.steps[fold.start + n * fold.length : fold.start + (n + 1) * fold.length] for n in range(fold.count)
            ]
            assert fold.count >= 2
            for one in passes[1:]:
                assert list(map(_likeness, one)) == list(map(_likeness, passes[0]))


def _likeness(step: WalkStep) -> object:
    answer = step.condition.value if step.condition else None
    return step.kind, step.file, step.line, step.depth, answer, list(step.changed), len(step.node_ids)


def test_a_deep_net_folds_to_the_length_of_a_shallow_one() -> None:
    def n_shown(walk: CodeWalk) -> int:
        at, n = 0, 0
        outer = {fold.start: fold for fold in reversed(walk.folds)}
        while at < len(walk):
            fold = outer.get(at)
            n += fold.length if fold else 1
            at = fold.end if fold else at + 1
        return n

    for shallow, deep in zip(walks_of(SPECS["resnet50"]), walks_of(SPECS["resnet152"]), strict=True):
        assert n_shown(deep) < 1.1 * n_shown(shallow)


# The record


def test_tensors_are_told_by_where_they_come_from() -> None:
    walk = walks_of(SPECS["resnet18"])[1]
    add = walk.statements_of("layer2.0.add")[0]
    assert add.locals["identity"] == Value("128×28×28", "tensor", "layer2.0.downsample.1", (1, 128, 28, 28))
    assert add.locals["out"].node == "layer2.0.bn2"
    assert dict(add.changed) == {"out": Value("128×28×28", "tensor", "layer2.0.add", (1, 128, 28, 28))}
    assert add.locals_after["out"].node == "layer2.0.add"


def test_a_change_belongs_to_the_statement_that_caused_it() -> None:
    walk = walks_of(SPECS["resnet18"])[0]
    (call,) = [step for step in walk.steps if "self.layer2" in step.changed]
    assert text_of(walk, call).strip().startswith("self.layer2 = self._make_layer(")
    assert call.locals["self.inplanes"].text == "64"
    assert "self.layer2" not in call.locals
    assert set(call.changed) == {"self.layer2", "self.inplanes"}
    assert call.changed["self.inplanes"] == Value("128", "number")


def test_steps_over_and_out() -> None:
    walk = walks_of(SPECS["resnet50"])[0]
    append = walk.statements_of("layer2.0")[0]
    over = walk.over(append)
    assert over is not None
    assert text_of(walk, over).strip() == "self.inplanes = planes * block.expansion"
    assert over.before == append.index
    out = walk.out(append)
    assert out is not None
    assert text_of(walk, out).strip().startswith("self.layer3 = ")
    assert walk.over(walk.steps[-1]) is None or walk.steps[-1].depth > 0
    assert walk.call_of(append).function == "ResNet._make_layer"
    assert walk.end_of(append) == over.index
    assert [step.function for step in walk.stack(append)][-2:] == ["_resnet", "resnet50"]


def test_a_record_is_frozen_and_holds_its_source() -> None:
    walk = walks_of(SPECS["resnet18"])[0]
    (source,) = walk.files
    assert (source.file, source.package) == ("torchvision/models/resnet.py", "torchvision")
    assert source.version == trace_of(BASIC).versions["torchvision"]
    assert len(source.sha256) == 64
    assert "/" not in source.file.removeprefix("torchvision/models/")
    with pytest.raises(FrozenInstanceError):
        walk.steps[0].line = 3  # type: ignore[misc]


@pytest.mark.parametrize("name", SPECS)
def test_a_walk_comes_back_from_its_json(name: str) -> None:
    for walk in walks_of(SPECS[name]):
        again = read_walk(write_walk(walk))
        assert again == walk
        middle = walk.steps[len(walk) // 2]
        assert again.steps[middle.index].locals == middle.locals
        assert again.stages() == walk.stages()


def test_the_json_of_resnet152_is_small() -> None:
    assert sum(len(write_walk(walk).encode()) for walk in walks_of(SPECS["resnet152"])) < 1_000_000


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.clear(),
        lambda record: record.update(version=2),
        lambda record: record.update(schema="another"),
        lambda record: record["steps"]["before"].__setitem__(1, 1),
        lambda record: record["steps"]["parent"].__setitem__(3, 3),
        lambda record: record["steps"]["parent"].__setitem__(3, -1),
        lambda record: record["steps"]["end_line"].__setitem__(3, 10**12),
        lambda record: record["steps"]["line"].pop(),
        lambda record: record["values"].clear(),
        lambda record: record["conditions"].clear(),
        lambda record: record.update(files=[{}]),
        lambda record: record.update(steps=[]),
        lambda record: record.update(net=3),
    ],
)
def test_what_is_no_walk_is_refused(change) -> None:
    record = json.loads(write_walk(walks_of(SPECS["resnet18"])[0]))
    change(record)
    with pytest.raises((TraceError, SpecError)):
        read_walk(json.dumps(record))


@pytest.mark.parametrize("text", ["", "null", "[]", "3", "{", "[" * 100_000])
def test_no_json_is_refused(text: str) -> None:
    with pytest.raises(TraceError):
        read_walk(text)


def test_a_walk_holds_nothing_of_the_net() -> None:
    walk, model = build_walking(SPECS["own"])
    forward = walk_model(model, SPECS["own"])
    parts = [weakref.ref(part) for part in (*model.modules(), *model.parameters())]
    del model
    gc.collect()
    assert [part() for part in parts if part() is not None] == []
    assert len(walk) > len(forward) > 50


# Errors and backends


@pytest.mark.parametrize("walk", [walk_build, walk_forward, walk_both])
def test_no_spec_is_told(walk) -> None:
    with pytest.raises(SpecError, match="str"):
        walk("resnet50")


def test_a_net_that_cannot_take_its_input_is_told() -> None:
    with pytest.raises(TraceError, match="torch says"):
        walk_forward(replace(BASIC, norm="group", input_size=(1, 1), stem="deep", average_shortcut=True, groups=1))


def test_an_unknown_backend_is_told() -> None:
    with pytest.raises(TraceError, match="settrace"):
        walk_build(BASIC, "pdb")


@pytest.mark.skipif(len(BACKENDS) < 2, reason="sys.monitoring came with Python 3.12")
@pytest.mark.parametrize("name", ["resnet18", "resnet50", "dilated", "deep-stem", "all-projected"])
def test_both_backends_see_the_same(name: str) -> None:
    assert walk_both(SPECS[name], "monitoring") == walk_both(SPECS[name], "settrace")


@pytest.mark.parametrize("name", ["resnet18", "deep-stem"])
def test_both_at_once_are_both_alone(name: str) -> None:
    spec = SPECS[name]
    assert walks_of(SPECS[name]) == (walk_build(spec), walk_forward(spec))


def test_a_walk_is_one_line_in_a_prompt() -> None:
    build, forward = walks_of("resnet18")
    assert repr(build) == f"<CodeWalk build of ResNet-18: {len(build):,} steps, {len(build.folds):,} folds>"
    assert repr(forward).startswith("<CodeWalk forward of ResNet-18: ")
