"""What a tool adds to its total for each op, as whole numbers of the op's own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Node, Trace


@dataclass(frozen=True, slots=True)
class Cost:
    """How often each of an op's figures is counted."""

    macs: int = 0
    """Multiply-adds."""
    bias: int = 0
    """Outputs, where the op has a bias."""
    ins: int = 0
    """Values of the first input."""
    outs: int = 0
    """Values of the output."""
    params: int = 0
    """Parameters, once for each picture of the batch."""
    channels: int = 0
    """Channels of the output."""

    def of(self, trace: Trace, op: Node) -> int:
        """Returns what an op adds to the total."""
        n_out = prod(op.out_shape)
        return (
            self.macs * (op.n_macs or 0)
            + (self.bias * n_out if op.attrs.get("bias") else 0)
            + self.ins * prod(trace.in_shape(op))
            + self.outs * n_out
            + self.params * op.n_params * (op.out_shape or (1,))[0]
            + self.channels * (op.out_shape or (1, 1))[1]
        )


Rule = Mapping[str, Cost]
"""By the Trace's names of ops; `other` is for all that are not named."""

NORM_IN_TRAINING = "batch_norm, training"
"""The name of a batch norm that takes its statistics from the batch; without it `batch_norm` holds."""


def count(trace: Trace, rule: Rule) -> Macs:
    """Returns a net's total by a rule: a lower bound where the Trace does not know all multiply-adds.

    It is the total of a tool that hears of every op, as each does of torchvision's nets.
    """
    return sum_macs((_cost(rule, op).of(trace, op), op.macs_at_least or op.n_macs is None) for op in trace.ops)


def _cost(rule: Rule, op: Node) -> Cost:
    name = op.op or ""
    if name == "batch_norm" and op.attrs.get("training") and NORM_IN_TRAINING in rule:
        name = NORM_IN_TRAINING
    return rule.get(name, rule["other"])
