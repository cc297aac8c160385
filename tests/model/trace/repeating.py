"""Nets with equal blocks, and whether a plan is that of a pass in which every module runs."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

from resnet_viz.model.trace import plan as planning
from resnet_viz.model.trace.plan import Plan, plan_model, plan_whole

SIZE = (1, 3, 64, 64)
LAYERS = (3, 4, 5, 3)


def small(block: Any = BasicBlock, layers: tuple[int, ...] = LAYERS, **options: Any) -> Any:
    """Returns a net whose every stage has equal blocks, on the meta device."""
    with torch.device("meta"):
        return ResNet(block, [*layers], **options).eval()


def assert_same(found: Plan, whole: Plan) -> None:
    assert found.trace == whole.trace
    assert [*found.trace.nodes] == [*whole.trace.nodes]
    assert list(found.calls.items()) == list(whole.calls.items())
    assert [*map(id, found.written)] == [*map(id, whole.written)]


def assert_repeated(net: nn.Module, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Asserts that a net is not run as a whole, and that nothing of its plan is another for it. Returns the plan."""
    whole = plan_whole(net, shape)
    with monkeypatch.context() as patch:
        patch.setattr(planning, "_record", refuse)
        found = plan_model(net, shape)
    assert_same(found, whole)
    return found


def assert_whole(net: nn.Module, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Asserts that every module of a net runs. Returns the plan."""
    with monkeypatch.context() as patch:
        record = Mock(side_effect=planning._record)
        patch.setattr(planning, "_record", record)
        found = plan_model(net, shape)
    record.assert_called_once()
    assert_same(found, plan_whole(net, shape))
    return found


def refuse(*args: object) -> None:
    pytest.fail("ran as a whole")
