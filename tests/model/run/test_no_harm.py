"""Whatever is done with a net of any kind, all that can be found from it on is as it was, to the last bit."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn
from torch.nn.utils import parametrizations
from torchvision.models import detection, segmentation

from resnet_viz.errors import ResnetVizError
from resnet_viz.model.run.block_maps import block_changes
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.gradients import grad_cam, input_gradient
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.model.walk.forward import walk_model
from resnet_viz.records.trace import Trace
from tests.fingerprint import changes, fingerprint
from tests.model.lively_nets import PICTURE, lively
from tests.nets import BASIC, thin_net

SIZE = (64, 64)
Call = Callable[[Any], object]


def thin() -> Any:
    return lively(thin_net(BASIC))


def in_front(layer: nn.Module) -> nn.Module:
    """A small ResNet behind a layer that gives what it gets, or about that."""
    return nn.Sequential(layer, thin()).eval()


class Cached(nn.Module):
    """Keeps a grid for the size it has met, in an attribute, a list and a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.grid, self.kept, self.grids = torch.zeros(1), [torch.zeros(3)], {"none": torch.ones(2)}

    def forward(self, x: Tensor) -> Tensor:
        key = f"{x.shape}"
        if key not in self.grids:
            self.grids[key] = self.grid = torch.ones_like(x[:1, :1])
            self.kept.append(self.grid)
        self.kept[0].add_(1)
        return x * self.grids[key]


class Counted(nn.Module):
    """Counts in a number, a tensor, a buffer and an array."""

    n: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.count, self.total, self.array = 0, torch.zeros(()), np.zeros(3)
        self.register_buffer("n", torch.zeros((), dtype=torch.long))

    def forward(self, x: Tensor) -> Tensor:
        self.count += 1
        self.total += 1
        self.array += 1
        self.n.add_(1)
        return x


class Drawing(nn.Module):
    """Draws from every generator, its own as well."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.own, self.python = torch.Generator(), np.random.default_rng(0), random.Random(0)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.rand(1, generator=self.generator).item() + torch.rand(()).item() + self.python.random()
        more = random.random() + np.random.rand() + self.own.random()
        return F.dropout(x, 0.1, training=True) + 1e-3 * (noise + more)


# Into what lies in the memory of a weight, or by a function that does not say so in its name.
VIEWS: dict[str, Callable[[Tensor], object]] = {
    "detached": lambda weight: weight.detach().mul_(0.5),
    "viewed": lambda weight: weight.view(3, -1).mul_(0.5),
    "flattened": lambda weight: weight.flatten(1).mul_(0.5),
    "row by row": lambda weight: [row.mul_(0.5) for row in weight],
    "by an activation": lambda weight: F.leaky_relu(weight, 0.5, inplace=True),
    "made anew": lambda weight: nn.init.normal_(weight),
}


class Rewritten(nn.Module):
    """Writes into its weights: as many a layer does that binarises, normalises, or follows another."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.conv, self.way = nn.Conv2d(3, 3, 1), way
        self.conv.weight.grad = torch.ones_like(self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.conv.weight
        with torch.no_grad():
            if self.way in VIEWS:
                VIEWS[self.way](weight)
            elif self.way == "in place":
                weight.clamp_(-0.1, 0.1)
            elif self.way == "data":
                weight.data = weight.data.sign()
            elif self.way == "data in place":
                weight.data.mul_(0.5)
            elif self.way == "element":
                weight[0] = 1
            elif self.way == "NumPy":
                weight.detach().numpy()[:] = 1
            elif self.way == "NumPy, by data":
                np.negative(weight.data.numpy(), out=weight.data.numpy())
            elif self.way == "gradient":
                weight.grad = None
            elif self.way == "frozen":
                weight.requires_grad_(False)
        out: Tensor = self.conv(x)
        return out


class Adapting(nn.Module):
    """Takes the statistics of each batch, though in eval mode: by the function, or by a layer that it sets to train."""

    def __init__(self, is_by_mode: bool) -> None:
        super().__init__()
        self.norm, self.is_by_mode = nn.BatchNorm2d(3), is_by_mode

    def forward(self, x: Tensor) -> Tensor:
        norm = self.norm
        if self.is_by_mode:
            return norm.train()(x)  # type: ignore[no-any-return]
        return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias, training=True)


class Looking(Rewritten):
    """Looks at values first, so that no plan can be made by rules alone."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if x.mean() > -10 else -x)


def hooked() -> Any:
    model = thin()
    model.layer2.register_forward_hook(lambda module, args, output: output * 2)
    model.layer1[0].register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    model.fc.register_full_backward_hook(lambda module, slopes_in, slopes_out: None)
    return model


def normed(norm: Call) -> Any:
    model = thin()
    norm(model.conv1)
    return model.eval()


def with_gradients(model: nn.Module) -> nn.Module:
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    return model


def written(kind: type[Rewritten], way: str) -> nn.Module:
    return in_front(kind(way))


WAYS = (
    "in place", "data", "data in place", "element", "NumPy", "NumPy, by data", "gradient", "frozen", *VIEWS
)  # fmt: skip
NETS: dict[str, Callable[[], Any]] = {
    "resnet18 in train mode": lambda: with_gradients(torchvision.models.resnet18().train()),
    "mobilenet": lambda: torchvision.models.mobilenet_v3_small().eval(),
    "googlenet": lambda: torchvision.models.googlenet(init_weights=False).eval(),
    "vit-like": lambda: torchvision.models.VisionTransformer(64, 16, 2, 2, 32, 64).eval(),
    "lraspp": lambda: segmentation.lraspp_mobilenet_v3_large(weights_backbone=None).eval(),
    "faster r-cnn": lambda: detection.fasterrcnn_resnet50_fpn(weights_backbone=None, min_size=64, max_size=64).eval(),
    "caching": lambda: in_front(Cached()),
    "counting": lambda: in_front(Counted()),
    "drawing": lambda: in_front(Drawing()),
    **{f"written {way}": partial(written, Rewritten, way) for way in WAYS},
    **{f"looking, written {way}": partial(written, Looking, way) for way in WAYS},
    "adapting by the function": lambda: in_front(Adapting(False)),
    "adapting by the mode": lambda: in_front(Adapting(True)),
    "written on meta": lambda: in_front(Rewritten("data")).to("meta"),
    "lazy": lambda: nn.Sequential(nn.LazyConv2d(8, 3), nn.Flatten(), nn.LazyLinear(3)),
    "spectral norm": lambda: normed(parametrizations.spectral_norm),
    "spectral norm in train mode": lambda: normed(parametrizations.spectral_norm).train(),
    "spectral norm by a hook": lambda: normed(torch.nn.utils.spectral_norm).train(),
    "weight norm": lambda: normed(parametrizations.weight_norm),
    "weight norm by a hook": lambda: normed(torch.nn.utils.weight_norm),
    "hooks": hooked,
    "compiled": lambda: torch.compile(thin()),
    "data parallel": lambda: nn.DataParallel(thin()),
    "exported": lambda: torch.export.export(thin(), (torch.zeros(1, 3, *SIZE),)).module(),
    "a graph": lambda: torch.fx.symbolic_trace(thin()),
    "half": lambda: thin().half(),
}


def convolution(trace: Trace) -> str:
    return [op.id for op in trace.ops if op.op == "conv2d"][-1]


def convolution_of(model: Any) -> str:
    return convolution(trace_model(model, (1, 3, *SIZE)))


# Each is given the id of a convolution, as the first one's Trace has it; or none, where it takes no batch of two.
CALLS: dict[str, Callable[[Any, str], object]] = {
    "trace_model": lambda model, conv: trace_model(model, (2, 3, *SIZE)),
    "capture": lambda model, conv: capture(model, PICTURE, conv or convolution_of(model), SIZE),
    "predict": lambda model, conv: predict(model, PICTURE, 1, SIZE),
    "grad_cam": lambda model, conv: grad_cam(model, PICTURE, conv or convolution_of(model), 0, SIZE),
    "input_gradient": lambda model, conv: input_gradient(model, PICTURE, 0, SIZE),
    "block_changes": lambda model, conv: block_changes(model, PICTURE, SIZE),
}
pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own, on old forms of norms


@pytest.mark.parametrize("net", NETS)
def test_every_call_leaves_everything_as_it_was(net: str) -> None:
    model = NETS[net]()
    before, conv = fingerprint(model), ""
    for name, call in CALLS.items():
        with suppress(ResnetVizError):
            made = call(model, conv)
            conv = convolution(made) if isinstance(made, Trace) else conv
        assert (name, changes(before, fingerprint(model))) == (name, [])


@pytest.mark.parametrize(
    "net", ["caching", "counting", "drawing", "written data", "hooks", "spectral norm in train mode"]
)
@pytest.mark.parametrize("name", CALLS)
def test_so_does_an_error_in_the_middle(net: str, name: str) -> None:
    model = NETS[net]()

    def fail(module: nn.Module, args: object) -> None:
        raise LookupError("in the middle")

    middle = next(module for path, module in model.named_modules() if path.endswith("layer3"))
    middle.register_forward_pre_hook(fail)
    last = [path for path, module in model.named_modules() if isinstance(module, nn.Conv2d)][-1]
    before = fingerprint(model)
    with pytest.raises(ResnetVizError, match="in the middle"):
        CALLS[name](model, last)
    assert changes(before, fingerprint(model)) == []


@pytest.mark.parametrize("net", ["caching", "counting", "written data", "hooks", "spectral norm", "compiled"])
def test_a_net_gives_the_same_bits_afterwards(net: str) -> None:
    model, fresh = NETS[net](), NETS[net]()
    fresh.load_state_dict(model.state_dict())
    conv = convolution_of(model)
    for call in CALLS.values():
        call(model, conv)
    image = torch.randn(1, 3, *SIZE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad(), torch.compiler.set_stance("force_eager"):
        assert torch.equal(model(image), fresh(image))


def test_a_walk_leaves_everything_as_it_was() -> None:
    model = hooked()
    before = fingerprint(model)
    walk_model(model, BASIC)
    assert changes(before, fingerprint(model)) == []
