"""Whose count is it: the tools' totals of ResNet-18 and ResNet-50, as measured, beside their rules in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.counting.rules import NORM_IN_TRAINING, Cost, Rule
from resnet_viz.views.counting.tools import TOOLS, Tool

_FILE = Path(__file__).with_name("totals.json")
"""Written by `python -m tests.zoo.measured --write`; `make zoo` says where it is not true any more."""


@dataclass(frozen=True, slots=True)
class Total:
    """What a tool gave for torchvision's nets at 224×224, one picture."""

    tool: Tool
    version: str
    resnet18: int
    resnet50: int

    @property
    def name(self) -> str:
        """With its version, as in `fvcore 0.1.5`."""
        return f"{self.tool.name} {self.version}".strip()


@cache  # of a file that is part of the package
def totals() -> tuple[Total, ...]:
    """Returns what was measured, in the order of `TOOLS`."""
    stored = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(Total(tool, **stored[tool.id]) for tool in TOOLS)


def measured_table() -> dict[str, list[str]]:
    """Returns the columns by their headings, in the current language."""
    found = totals()
    rules = [total.tool.rule for total in found]
    return {
        _("Tool"): [total.name for total in found],
        _("Its word"): [total.tool.unit for total in found],
        _("Multiply-add"): [str(rule["other"].macs) for rule in rules],
        _("Bias"): [_bias_text(rule) for rule in rules],
        _("Batch norm"): [_norm_text(rule) for rule in rules],
        "ReLU": [_text(rule, "relu") for rule in rules],
        _("Max pooling"): [_text(rule, "max_pool2d") for rule in rules],
        _("Global mean"): [_text(rule, "adaptive_avg_pool2d") for rule in rules],
        _("Addition"): [_text(rule, "add") for rule in rules],
        "ResNet-18": [format_exact(total.resnet18) for total in found],
        "ResNet-50": [format_exact(total.resnet50) for total in found],
    }


def calls() -> Mapping[str, str]:
    """Returns how each total was asked for, by the tool's name, version and word."""
    return {f"{total.name}, {total.tool.unit}": total.tool.call for total in totals()}


def _bias_text(rule: Rule) -> str:
    conv, linear = rule["conv2d"].bias, rule["linear"].bias
    return str(conv) if conv == linear else _("{n} in convolutions only").format(n=conv)


def _norm_text(rule: Rule) -> str:
    text = _text(rule, "batch_norm")
    if NORM_IN_TRAINING not in rule:
        return text
    return _("{usual}, {n} in training").format(usual=text, n=rule[NORM_IN_TRAINING].ins)


def _text(rule: Rule, op: str) -> str:
    """What is counted beside multiply-adds, of which such an op has none."""
    cost = rule.get(op, Cost())
    parts = (
        (cost.ins, _("{n} a value in")),
        (cost.outs, _("{n} a value out")),
        (cost.params, _("{n} a parameter")),
    )
    return ", ".join(text.format(n=n) for n, text in parts if n) or "0"
