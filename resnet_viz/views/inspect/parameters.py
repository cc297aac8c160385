"""A node's parameters: each by its state dict key, and sums by role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, ParamMeta, Trace
from resnet_viz.views.parts.subject import Subject, params_of


@dataclass(frozen=True, slots=True)
class ParamRow:
    """One parameter or buffer: state dict key, role, shape and number of elements."""

    key: str
    role: str
    """weight | bias | scale | shift | mean | variance | counter | other"""
    layer: str
    """conv | linear | norm | other"""
    shape: tuple[int, ...]
    size: int
    is_buffer: bool
    is_trainable: bool
    is_counted: bool
    """Whether `n_params` includes it: no buffer, and not counted elsewhere."""


@dataclass(frozen=True, slots=True)
class ParamSum:
    """The sum over the rows of one role in one kind of layer."""

    role: str
    layer: str
    n_tensors: int
    size: int
    is_buffer: bool


def param_rows(trace: Trace, subject: Subject) -> tuple[ParamRow, ...]:
    """Returns every parameter and buffer, in execution order; the counted ones add up to the node's parameters."""
    is_op = subject.first.kind == "op"
    return tuple(_row(node, param, is_op) for node, param in params_of(trace, subject))


def param_sums(rows: Sequence[ParamRow]) -> tuple[ParamSum, ...]:
    """Returns the rows summed by layer and role: counted parameters first, then buffers."""
    groups: dict[tuple[bool, str, str], list[ParamRow]] = {}
    for row in rows:
        if row.is_counted or row.is_buffer:
            groups.setdefault((row.is_buffer, row.layer, row.role), []).append(row)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    return tuple(
        ParamSum(role, layer, len(group), sum(row.size for row in group), is_buffer)
        for (is_buffer, layer, role), group in ordered
    )


def role_text(layer: str, role: str) -> str:
    """Returns the localised name of a parameter's role."""
    known = {
        ("conv", "weight"): _("convolution weights"),
        ("conv", "bias"): _("convolution bias"),
        ("linear", "weight"): _("linear weights"),
        ("linear", "bias"): _("linear bias"),
        ("norm", "scale"): _("norm scale γ"),
        ("norm", "shift"): _("norm shift β"),
        ("norm", "mean"): _("running mean"),
        ("norm", "variance"): _("running variance"),
        ("norm", "counter"): _("batches seen"),
    }
    return known.get((layer, role)) or (_("buffer") if role == "buffer" else _("other parameters"))


def _row(node: Node, param: ParamMeta, is_op: bool) -> ParamRow:
    layer = _layer(node)
    # An op's `n_params` includes tensors shared with other ops; a sum counts them once.
    is_counted = not param.is_buffer and (is_op or param.same_as is None)
    return ParamRow(
        key=param.name,
        role=_role(layer, param),
        layer=layer,
        shape=param.shape,
        size=param.size,
        is_buffer=param.is_buffer,
        is_trainable=param.is_trainable,
        is_counted=is_counted,
    )


def _layer(node: Node) -> str:
    op = node.op or ""
    return next((layer for layer in ("conv", "linear", "norm") if layer in op), "other")


def _role(layer: str, param: ParamMeta) -> str:
    last = param.name.rpartition(".")[2]
    if layer == "norm":
        role = {
            "weight": "scale",
            "bias": "shift",
            "running_mean": "mean",
            "running_var": "variance",
            "num_batches_tracked": "counter",
        }.get(last)
    else:
        role = last if layer != "other" and last in ("weight", "bias") else None
    return role or ("buffer" if param.is_buffer else "other")
