"""The tools that count: what each calls its total, and its rule.

Read in their sources, and held by measurement: the test of this room, and `make zoo` for those that it installs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from resnet_viz.views.counting.rules import NORM_IN_TRAINING, Cost, Rule


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool in one way of calling it."""

    id: str
    """In addresses."""
    name: str
    package: str
    """Whose version counts; empty: this package."""
    call: str
    unit: str
    """What it calls its total."""
    rule: Rule

    @property
    def title(self) -> str:
        """With its word, as in `fvcore, FLOPs`: one tool may give two totals."""
        return f"{self.name}, {self.unit}"


def _rule(macs: int, costs: Mapping[str, Cost], bias: int = 0) -> Rule:
    """A rule: all multiply-adds, biases of convolutions and linear layers, and what else is counted."""
    weighted = Cost(macs=macs, bias=bias)
    return MappingProxyType({"conv2d": weighted, "linear": weighted, "other": Cost(macs=macs), **costs})


_TORCHINFO = _rule(1, {name: Cost(params=1) for name in ("batch_norm", "group_norm")}, bias=1)
_FVCORE = _rule(
    1,
    {
        "batch_norm": Cost(ins=2),
        NORM_IN_TRAINING: Cost(ins=5),
        "group_norm": Cost(ins=5),
        "adaptive_avg_pool2d": Cost(ins=1),
    },
)
# Its hooks on modules and its patched functions both hear of a ReLU and of a pooling.
_PTFLOPS = _rule(
    1,
    {
        **{name: Cost(ins=2) for name in ("batch_norm", "group_norm", "relu", "max_pool2d", "avg_pool2d")},
        "adaptive_avg_pool2d": Cost(ins=2),
    },
    bias=1,
)
_THOP = _rule(
    1,
    {"batch_norm": Cost(ins=4), "avg_pool2d": Cost(outs=1), "adaptive_avg_pool2d": Cost(ins=1, outs=1)},
)
_CALFLOPS = _rule(
    2,
    {
        **{name: Cost(ins=1) for name in ("relu", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d")},
        "batch_norm": Cost(ins=2),
        "group_norm": Cost(ins=5),
        # Of a convolution it counts the bias, of a linear layer not.
        "conv2d": Cost(macs=2, bias=1),
    },
)
_TORCHPROFILE = _rule(
    1,
    {
        **{name: Cost(outs=1) for name in ("batch_norm", "group_norm", "avg_pool2d", "adaptive_avg_pool2d", "mul")},
        # Written out as products: two of a channel's numbers, one of its values.
        "frozen_batch_norm2d": Cost(outs=1, channels=2),
    },
)

TOOLS: tuple[Tool, ...] = (
    Tool("ours", "resnet_viz", "", "trace_spec(spec).n_macs", "MACs", _rule(1, {})),
    Tool("torch", "FlopCounterMode", "torch", "torch.utils.flop_counter.FlopCounterMode", "FLOPs", _rule(2, {})),
    Tool("torchinfo", "torchinfo", "torchinfo", "summary(net).total_mult_adds", "mult-adds", _TORCHINFO),
    Tool("fvcore", "fvcore", "fvcore", "FlopCountAnalysis(net, x).total()", "FLOPs", _FVCORE),
    Tool("ptflops", "ptflops", "ptflops", "get_model_complexity_info(net, size)", "MACs", _PTFLOPS),
    Tool(
        "ptflops-aten",
        "ptflops aten",
        "ptflops",
        'get_model_complexity_info(net, size, backend="aten")',
        "MACs",
        _rule(1, {}, bias=1),
    ),
    Tool("thop", "thop", "thop", "profile(net, (x,))[0]", "MACs", _THOP),
    Tool("calflops", "calflops", "calflops", "calculate_flops(net)[0]", "FLOPs", _CALFLOPS),
    Tool("calflops-macs", "calflops", "calflops", "calculate_flops(net)[1]", "MACs", _rule(1, {})),
    Tool("torchprofile", "torchprofile", "torchprofile", "profile_macs(net, x)", "MACs", _TORCHPROFILE),
)
TOOL_IDS = tuple(tool.id for tool in TOOLS)


def find_tool(name: str) -> Tool:
    """Returns a tool by its id, which is one of `TOOL_IDS`."""
    return next(tool for tool in TOOLS if tool.id == name)
