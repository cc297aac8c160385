"""Passes that come to a node: with gradients from there on, or with gradients up to there.

torchvision overwrites its maps (`+=`, in-place ReLU). So what the net gets of the node is a copy, and the value itself,
a leaf of the autograd graph, stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.run.obstacles import SET_GRADIENTS, Obstacles, codes_of_functions
from resnet_viz.model.trace.recorder import CallSite, Output, PlanMismatch, PlannedCall, Recorder
from resnet_viz.records.trace import Node


class _AtNode(Recorder):
    """Runs the net and calls `reach` with a node's output."""

    keeps_source = False

    def __init__(self, model: nn.Module, node: Node, planned_calls: Mapping[int, PlannedCall] | None) -> None:
        super().__init__(model, planned_calls)
        self.value: Tensor | None = None
        self.obstacles = Obstacles()
        self._node_id = node.id
        self._net_name = type(original_of(model)).__name__
        self._awaited: tuple[Tensor, int, FrameType] | None = None
        self._is_new = False
        """Whether the last op's output is a tensor that nobody else has."""
        # `keep` is called once for each function of a leaf module; the module returns the last output.
        functions = node.attrs.get("functions")
        self._n_left = len(functions) if isinstance(functions, tuple) else 1

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        if node_id == self._node_id:
            self._n_left -= 1
            if not self._n_left:
                function_frame = _own_function(sys._getframe(1), self.stop_at)
                if function_frame is None:
                    self.reach(outputs[0])
                else:
                    self.obstacles.note_place(sys._getframe(1))
                    self._awaited = outputs[0], outputs[0]._version, function_frame

    def reach_awaited(self, frame: FrameType | None) -> None:
        """Call before each op: what an `autograd.Function` makes has gradients only when the function has ended.

        Raises TraceError where the function has overwritten it.
        """
        if self._awaited is not None and not _is_below(frame, self._awaited[2]):
            (value, version, _frame), self._awaited, self._is_new = self._awaited, None, False
            if value._version != version:
                raise self.obstacles.refusal(self._net_name)
            self.reach(value)

    def check_plan(self) -> None:
        """Raises PlanMismatch where the pass has not come to a planned node."""
        if self.value is None and self.planned_calls is not None:
            raise PlanMismatch

    def reach(self, value: Tensor) -> None:
        """Called once, before the output can be overwritten."""


class FromNode(_AtNode):
    """Records gradients only after the node, with respect to its output."""

    def __init__(self, model: nn.Module, node: Node, planned_calls: Mapping[int, PlannedCall] | None) -> None:
        super().__init__(model, node, planned_calls)
        self._replacement: tuple[Tensor, Tensor] | None = None

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        frame = sys._getframe(1)
        self.reach_awaited(frame)
        if self.value is not None:
            if func is SET_GRADIENTS and _is_leaving(frame):
                # What surrounds the node and forbids gradients is left: it would go back to before the node.
                return func(True)
            self.obstacles.note(func, args, frame)
        result = super().__torch_function__(func, types, args, kwargs)
        return self._replaced(result) if self._replacement is not None else result

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """As the base; notes whether the result is a tensor that the net has not had before."""
        result = super().execute(function, args, kwargs)
        self._is_new = not any(result is value for value in (*args, kwargs.get("out")))
        return result

    def _replaced(self, result: Any) -> Any:
        assert self._replacement is not None
        value, copy = self._replacement
        self._replacement = None
        return copy if result is value else result

    def reach(self, value: Tensor) -> None:
        """Makes the output a leaf; the net goes on with a copy."""
        self.obstacles.note_place(sys._getframe(1))
        # Until the end of the pass: `record_pass` restores the previous mode.
        torch.set_grad_enabled(True)
        self.value = value.clone().requires_grad_()
        if self._is_new and value._is_view():
            # torch forbids to write into a view that was made without gradients. Nobody has this one yet.
            self._replacement = value, self.value.clone()
            return
        # In place, since the net may refer to the tensor by any name: it becomes a copy of the leaf, and later
        # in-place writes are recorded by autograd like any other op.
        value.copy_(self.value)


class ToNode(_AtNode):
    """Records gradients from the input to the node, and stops there."""

    needs_gradients = True

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.reach_awaited(sys._getframe(1))
        self.obstacles.note(func, args, sys._getframe(1))
        return super().__torch_function__(func, types, args, kwargs)

    def reach(self, value: Tensor) -> None:
        """Ends the pass."""
        self.value = value
        raise Reached


class Reached(Exception):
    """The node's output has been computed: skip the rest of the net."""


def _own_function(frame: FrameType | None, stop_at: FrameType | None) -> FrameType | None:
    """Returns the outermost frame of an `autograd.Function` whose forward runs: it has a way back of its own."""
    found, of_functions = None, codes_of_functions()
    while frame is not None and frame is not stop_at:
        if frame.f_code in of_functions:
            found = frame
        frame = frame.f_back
    return found


def _is_below(frame: FrameType | None, above: FrameType) -> bool:
    while frame is not None and frame is not above:
        frame = frame.f_back
    return frame is above


def _is_leaving(frame: FrameType | None) -> bool:
    """Whether a context like `torch.no_grad()` is left, in a frame of torch's or the one above it."""
    names = [frame.f_code.co_name, frame.f_back.f_code.co_name] if frame and frame.f_back else []
    return "__exit__" in names
