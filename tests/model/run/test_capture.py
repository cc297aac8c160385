"""Feature maps: what is shown for a node is what that node gave, computed once more by hand and out of place."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from resnet_viz.errors import ResnetVizError, SpecError, TraceError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.net.devices import list_devices
from resnet_viz.model.run import passes
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.units import format_bytes
from tests.model.lively_nets import PICTURE, SIZE, Relu, by_hand, net
from tests.model.snapshots import assert_unchanged, begun_in, snapshot
from tests.nets import THIN

# What is shown


@pytest.mark.parametrize(
    ("block", "norm"), [("basic", "batch"), ("bottleneck", "batch"), ("basic", "group"), ("basic", "frozen")]
)
def test_maps_are_those_computed_by_hand(block: str, norm: str) -> None:
    model = net(block, norm)
    with torch.no_grad():
        expected = by_hand(model, to_input(PICTURE, SIZE))
    trace = trace_model(model, (1, 3, *SIZE))
    assert {op.id for op in trace.ops} - set(expected) == {"avgpool", "flatten", "fc"}
    shown = capture(model, PICTURE, expected, SIZE)
    assert list(shown) == list(expected)
    for node_id, array in shown.items():
        assert array.dtype == np.float32
        assert array.shape == trace.nodes[node_id].out_shape[1:]
        np.testing.assert_allclose(array, expected[node_id][0].numpy(), rtol=1e-4, atol=1e-4, err_msg=node_id)
    # The maps before a ReLU in place are negative somewhere, or the test would not tell them apart.
    assert all(array.min() < 0 for node_id, array in shown.items() if node_id.endswith(("bn1", "bn2", "add")))
    assert all(array.min() == 0 for node_id, array in shown.items() if "relu" in node_id)


def test_maps_without_norms_are_those_before_the_relu_that_writes_into_them() -> None:
    model = net("bottleneck", "none")
    with torch.no_grad():
        maps = by_hand(model, to_input(PICTURE, SIZE))
    trace = trace_model(model, (1, 3, *SIZE))
    expected = {node: values for node, values in maps.items() if node in trace.nodes}
    assert all("bn" in node or node.endswith("downsample.1") for node in maps.keys() - expected.keys())
    shown = capture(model, PICTURE, expected, SIZE)
    for node, array in shown.items():
        np.testing.assert_allclose(array, expected[node][0].numpy(), rtol=1e-4, atol=1e-4, err_msg=node)
    assert all(array.min() < 0 for node, array in shown.items() if node.endswith(("conv1", "conv2", "conv3", "add")))


def test_a_map_asked_for_alone_is_the_same() -> None:
    model = net()
    node_ids = ["conv1", "bn1", "relu", "layer2.0.bn2", "layer2.0.add", "layer2.0.relu_1", "fc", "input"]
    together = capture(model, PICTURE, node_ids, SIZE)
    for node_id in node_ids:
        (alone,) = capture(model, PICTURE, [node_id], SIZE).values()
        np.testing.assert_array_equal(alone, together[node_id])


@pytest.mark.parametrize(
    ("path", "residual", "identity"),
    [("layer1.0", "layer1.0.bn2", "maxpool"), ("layer2.0", "layer2.0.bn2", "layer2.0.downsample.1")],
)
def test_residual_plus_identity_is_the_sum(path: str, residual: str, identity: str) -> None:
    shown = capture(net(), PICTURE, [f"{path}.add", residual, identity, path], SIZE)
    np.testing.assert_array_equal(shown[residual] + shown[identity], shown[f"{path}.add"])
    np.testing.assert_array_equal(shown[path], np.maximum(shown[f"{path}.add"], 0))


def test_groups_give_the_output_of_their_last_op() -> None:
    last = {
        "stem": "maxpool",
        "layer2": "layer2.1.relu_1",
        "layer2.1": "layer2.1.relu_1",
        "layer2.0.downsample": "layer2.0.downsample.1",
        "head": "fc",
        "network": "fc",
    }
    shown = capture(net(), PICTURE, [*last, *last.values()], SIZE)
    for group, op in last.items():
        np.testing.assert_array_equal(shown[group], shown[op])


def test_shapes_of_maps_flat_values_and_the_input() -> None:
    model = net()
    shown = capture(model, PICTURE, ["input", "conv1", "layer4", "avgpool", "flatten", "fc"], SIZE)
    height, width = SIZE
    assert shown["input"].shape == (3, height, width)
    assert shown["conv1"].shape == (THIN[0], height // 2, width // 2)
    assert shown["layer4"].shape == (THIN[-1], height // 32, width // 32)
    assert shown["avgpool"].shape == (THIN[-1], 1, 1)
    assert shown["flatten"].shape == (THIN[-1],)
    assert shown["fc"].shape == (7,)
    np.testing.assert_array_equal(shown["input"], to_input(PICTURE, SIZE)[0].numpy())
    with torch.no_grad():
        np.testing.assert_allclose(shown["fc"], model(to_input(PICTURE, SIZE))[0].numpy(), rtol=1e-5, atol=1e-6)


def test_no_nodes_give_no_maps() -> None:
    assert capture(net(), PICTURE, [], SIZE) == {}


def test_the_net_runs_in_its_own_precision() -> None:
    model = net()
    single = capture(model, PICTURE, ["fc"], SIZE)["fc"]
    double = capture(model.double(), PICTURE, ["fc"], SIZE)["fc"]
    assert double.dtype == np.float32
    np.testing.assert_allclose(double, single, rtol=1e-3, atol=1e-3)


class _Custom(nn.Module):
    def __init__(self, answer: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.answer = answer

    def forward(self, x: Tensor) -> Tensor:
        return self.answer(self, x)


def test_a_leaf_of_several_functions_gives_what_it_returns() -> None:
    model = nn.Sequential(nn.Conv2d(3, 3, 1), Relu(), nn.Conv2d(3, 3, 1))
    with torch.no_grad():
        expected = model[:2](to_input(PICTURE, SIZE))[0].numpy()
    assert trace_model(model, (1, 3, *SIZE)).nodes["1"].op == "relu"
    np.testing.assert_allclose(capture(model, PICTURE, ["1"], SIZE)["1"], expected, rtol=1e-5, atol=1e-6)


class _Direct(nn.Module):
    """Answers without torch's own call, so that no module is known to be running."""

    def __call__(self, x: Tensor) -> Tensor:
        return torch.sigmoid(2 * x)


@pytest.mark.parametrize(
    ("model", "node_id"),
    [(_Custom(lambda net, x: nn.Sigmoid()(net.conv(x))), "sigmoid"), (_Direct(), "sigmoid"), (_Direct(), "mul")],
    ids=["module of no name", "no module", "no module, not the last"],
)
def test_what_no_module_of_the_net_runs_is_the_nets_own(model: Any, node_id: str) -> None:
    assert trace_model(model, (1, 3, *SIZE)).nodes[node_id].module in ("", None)
    x = to_input(PICTURE, SIZE)
    with torch.no_grad():
        expected = 2 * x if node_id == "mul" else model(x)
    np.testing.assert_allclose(capture(model, PICTURE, [node_id], SIZE)[node_id], expected[0].numpy(), rtol=1e-6)


def test_the_input_is_shown_as_it_came_in() -> None:
    model = _Custom(lambda net, x: net.conv(x.sub_(3)))
    (shown,) = capture(model, PICTURE, ["input"], SIZE).values()
    np.testing.assert_array_equal(shown, to_input(PICTURE, SIZE)[0].numpy())


def test_a_node_that_this_picture_does_not_reach_is_told() -> None:
    model = _Custom(lambda net, x: net.conv(x) if x.max() > 0 else torch.sigmoid(x))
    assert list(capture(model, PICTURE, ["conv"], SIZE)) == ["conv"]
    with pytest.raises(TraceError, match="conv"):
        capture(model, Image.new("RGB", (9, 9)), ["conv"], SIZE)


def test_a_net_that_leaves_its_plan_is_listened_to_from_the_beginning() -> None:
    """Every second run takes one call more, which no rule can foresee."""
    runs: SimpleQueue[None] = SimpleQueue()  # a list would be put back

    def answer(net: Any, x: Tensor) -> Tensor:
        runs.put(None)
        return torch.sigmoid(net.conv(x + 1 if runs.qsize() % 2 else x))

    model = _Custom(answer)
    image = to_input(PICTURE, SIZE)
    for n_runs in (3, 5):
        found = capture(model, PICTURE, ["conv", "sigmoid"], SIZE)
        # One for the plan, with the addition; then each time one that is lost, and one that is listened to, with it.
        assert runs.qsize() == n_runs
        with torch.inference_mode():
            expected = model.conv(image + 1)[0]
        np.testing.assert_array_equal(found["conv"], expected.numpy())
        np.testing.assert_array_equal(found["sigmoid"], torch.sigmoid(expected).numpy())


# What is left behind


@pytest.mark.parametrize("trains", [(), ("",), ("layer1", "layer1.0.bn1")])
def test_the_model_is_left_as_it_was(trains: tuple[str, ...]) -> None:
    model = net()
    for path in trains:
        model.get_submodule(path).train()
    before, random = snapshot(model), torch.get_rng_state()
    still = capture(net(), PICTURE, ["layer1.0.bn2"], SIZE)
    shown = capture(model, PICTURE, ["layer1.0.bn2"], SIZE)
    np.testing.assert_array_equal(shown["layer1.0.bn2"], still["layer1.0.bn2"])
    assert_unchanged(model, before)
    for wrong in (["nothing"], ["layer1.0.bn2", "layer9"]):
        with pytest.raises(TraceError):
            capture(model, PICTURE, wrong, SIZE)
    assert_unchanged(model, before)
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize(
    ("node_ids", "runs", "rests"),
    [
        (["conv1"], {"conv1"}, {"bn1"}),
        (["layer1.0.bn2"], {"conv1", "layer1.0.conv2"}, {"layer2", "layer4", "fc"}),
        (["input"], set(), {"conv1"}),
        (["input", "bn1"], {"conv1"}, {"relu", "layer1", "fc"}),
        (["layer2"], {"layer1", "layer2.1.conv2"}, {"layer3", "fc"}),
        (["fc", "conv1"], {"layer4", "avgpool"}, set()),
    ],
)
def test_nothing_runs_that_is_not_needed(node_ids: list[str], runs: set[str], rests: set[str]) -> None:
    model = net()
    begun = begun_in(model, lambda: capture(model, PICTURE, node_ids, SIZE))
    assert runs <= begun
    assert not rests & begun


def test_threads_share_a_model() -> None:
    model = net()
    node_ids = [["bn1"], ["layer1.0.add"], ["layer2", "conv1"], ["fc"]] * 2
    alone = [capture(model, PICTURE, wanted, SIZE) for wanted in node_ids]
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda wanted: capture(model, PICTURE, wanted, SIZE), node_ids))
    for found, expected in zip(shown, alone, strict=True):
        assert list(found) == list(expected)
        for node_id in found:
            np.testing.assert_allclose(found[node_id], expected[node_id], rtol=1e-5, atol=1e-6)


# What is refused


def test_an_unknown_node_is_told_with_those_near() -> None:
    with pytest.raises(TraceError, match=r"layer1\.0\.bn3.*Near it: .*layer1\.0\.bn"):
        capture(net(), PICTURE, ["layer1.0.bn3"], SIZE)
    with pytest.raises(TraceError) as caught:
        capture(net(), PICTURE, ["x" * 10_000], SIZE)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("node_ids", [3, [3], ["conv1", None], [["conv1"]]])
def test_only_ids_are_asked_for(node_ids: Any) -> None:
    with pytest.raises(TraceError, match=r"Node ids: got .* Pass ids of the Trace"):
        capture(net(), PICTURE, node_ids, SIZE)


def test_maps_that_do_not_fit_are_told_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "free_bytes", lambda device: 1000)
    with pytest.raises(SpecError, match=f"(?i)64×96 need .* but cpu has {format_bytes(1000)} to give"):
        capture(net(), PICTURE, ["conv1"], SIZE)


@pytest.mark.parametrize("size", [(0, 5), (-1, 5), (5,), (5, 5, 5), (2.5, 5), "ab", (10**6, 10**6)])
def test_input_sizes_that_cannot_be(size: Any) -> None:
    with pytest.raises(ResnetVizError):
        capture(net(), PICTURE, ["conv1"], size)


def test_a_map_too_small_for_group_norm_is_refused() -> None:
    spec = ResNetSpec("bottleneck", (1, 1, 1, 1), width_per_group=32, norm="group", input_size=(1, 1))
    with pytest.raises(TraceError, match="torch says"):
        capture(build_model(spec), PICTURE, ["fc"], (1, 1))


@pytest.mark.gpu
def test_maps_of_a_gpu_are_those_of_the_cpu() -> None:
    model = net("bottleneck")
    node_ids = [op.id for op in trace_model(model, (1, 3, *SIZE)).ops]
    on_cpu = capture(model, PICTURE, node_ids, SIZE)
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        on_gpu = capture(model.to(list_devices()[-1].key), PICTURE, node_ids, SIZE)
    for node_id in node_ids:
        np.testing.assert_allclose(on_gpu[node_id], on_cpu[node_id], rtol=1e-3, atol=1e-3, err_msg=node_id)
