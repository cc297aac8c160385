"""Why a pass has no gradient, and from which op on its values are not finite: reasons for a refusal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import CodeType, FrameType, FunctionType
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.checkpoint import CheckpointFunction

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.passes import Pass
from resnet_viz.model.trace.recorder import CallSite, Output, Recorder

SET_GRADIENTS = torch._C._set_grad_enabled
_CALL = nn.Module._call_impl.__code__
_CHECKPOINT = CheckpointFunction.forward.__code__
_DETACHES = frozenset({Tensor.detach, Tensor.detach_, torch.detach, torch.detach_, Tensor.data.__get__})  # type: ignore[attr-defined]


class Obstacles:
    """What kept gradients from coming through a pass: each kind with the class of the module that did it first."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def note(self, function: Any, args: Sequence[Any], frame: FrameType | None) -> None:
        """Looks at a call of the net's, before it is made."""
        if torch.is_inference_mode_enabled():
            self._add("inference", frame)
        if function is SET_GRADIENTS and args and args[0] is False:
            self._add("checkpoint" if _is_within(frame, _CHECKPOINT) else "no_grad", frame)
        elif function in _DETACHES and args[0].requires_grad:
            self._add("detach", frame)

    def note_place(self, frame: FrameType | None) -> None:
        """Looks at where a value is made that gradients shall come to."""
        if torch.is_inference_mode_enabled():
            self._add("inference", frame)
        of_functions = codes_of_functions()
        while frame is not None:
            if frame.f_code is _CHECKPOINT:
                return self._add("checkpoint", frame)
            if frame.f_code in of_functions:
                self._add("function", frame)
            frame = frame.f_back

    def _add(self, kind: str, frame: FrameType | None) -> None:
        if kind not in self._found:
            self._found[kind] = _module_class(frame)

    def refusal(self, name: str) -> TraceError:
        """Returns the error for a gradient that does not come through, with the likeliest reason."""
        kinds = ("checkpoint", "inference", "no_grad", "detach", "function")
        kind = next((kind for kind in kinds if kind in self._found), "")
        return TraceError(_reasons()[kind].format(name=name, module=self._found.get(kind, name)))


class Watch(TorchFunctionMode):
    """Notes the obstacles of the calls made inside."""

    def __init__(self, obstacles: Obstacles) -> None:
        super().__init__()
        self._obstacles = obstacles

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self._obstacles.note(func, args, sys._getframe(1))
        return func(*args, **(kwargs or {}))


def codes_of_functions() -> frozenset[CodeType]:
    """Returns the code of each `autograd.Function`'s forward: torch calls it without a frame of its own.

    Not that of checkpoints, which are refused.
    """
    found: list[Any] = [torch.autograd.Function]
    for kind in found:  # It grows during iteration.
        found += kind.__subclasses__()
    forwards = (getattr(kind, "forward", None) for kind in found[1:])
    return frozenset(forward.__code__ for forward in forwards if isinstance(forward, FunctionType)) - {_CHECKPOINT}


@contextmanager
def gradients_allowed(name: str) -> Iterator[None]:
    """Also works inside a caller's inference mode; a RuntimeError of torch becomes a TraceError that quotes it."""
    try:
        with torch.inference_mode(False):
            yield
    except RuntimeError as error:
        raise torch_refusal(name, error) from error


def torch_refusal(name: str, error: RuntimeError) -> TraceError:
    """Returns the error for what torch refuses on the way back, quoting it where the reason is not known."""
    reason = str(error).split("\n", 1)[0]
    for sign, kind in (("use_reentrant=True", "checkpoint"), ("nference tensor", "inference")):
        if sign in str(error):
            return TraceError(_reasons()[kind].format(name=name, module=name))
    text = _("No gradient can be taken of {name} there. torch says: {reason}")
    return TraceError(text.format(name=name, reason=reason))


def check_scores(run: Pass, scores: Tensor) -> None:
    """Raises TraceError, naming the op where it begins, for scores (N, K) that are NaN or have no finite maximum."""
    if not torch.isfinite(scores.detach().amax(dim=1)).all():
        raise _not_finite(run)


def check_gradient(run: Pass, gradient: Tensor, value: Tensor) -> None:
    """Raises TraceError for a gradient that is NaN or infinite, naming the op where the values become so."""
    if torch.isfinite(gradient).all():
        return
    if not torch.isfinite(value.detach()).all():
        raise _not_finite(run)
    text = _("The gradient of {name} there is NaN or infinite, although the values themselves are not.")
    raise TraceError(text.format(name=run.trace.name))


def _reasons() -> Mapping[str, str]:
    """Returns sentences by kind of obstacle."""
    return {
        "checkpoint": _(
            "{name} checkpoints its activations with use_reentrant=True, and no gradient of a map comes through such a "
            "checkpoint. Use checkpoint(…, use_reentrant=False), or switch the checkpointing off."
        ),
        "inference": _(
            "{name} forbids gradients: it runs, or a part of it, under torch.inference_mode(). Run it without, to see "
            "what a class depends on."
        ),
        "no_grad": _(
            "{name} forbids gradients: {module} runs under torch.no_grad(). Run it without, to see what a class "
            "depends on."
        ),
        "detach": _(
            "No gradient comes through {name}: {module} detaches its values on the way. Leave the detach() out, to see "
            "what a class depends on."
        ),
        "function": _(
            "No gradient comes to that op of {name}: {module} runs it inside of an autograd.Function, which has a way "
            "back of its own. Choose the last op of the function, or one outside of it."
        ),
        "": _(
            "No gradient of {name} comes there: the result does not depend on it, or only by steps without a gradient."
        ),
    }


def _is_within(frame: FrameType | None, code: Any) -> bool:
    while frame is not None:
        if frame.f_code is code:
            return True
        if frame.f_code is _CALL:
            return False
        frame = frame.f_back
    return False


def _module_class(frame: FrameType | None) -> str:
    """Returns the class of the innermost module whose forward runs."""
    while frame is not None:
        if frame.f_code is _CALL:
            return type(frame.f_locals["self"]).__name__
        frame = frame.f_back
    return _("the net")


def _not_finite(run: Pass) -> TraceError:
    finder = _Finder(run.model)
    with torch.inference_mode(), suppress(_Found):
        finder.record_pass(run.model, run.input())
    if finder.nan is None and finder.infinite is None:
        return TraceError(_("{name} gives values that are NaN or infinite.").format(name=run.trace.name))
    if finder.nan is None:
        text = _("The values of {name} are infinite from {infinite} on, and softmax makes NaN of them: {advice}")
    elif finder.infinite is None:
        text = _("The values of {name} are NaN (not a number) from {nan} on: {advice}")
    else:
        text = _("The values of {name} are infinite from {infinite} on and NaN (not a number) from {nan} on: {advice}")
    advice = _("look at the weights there, and whether numbers of this dtype can be as large.")
    return TraceError(text.format(name=run.trace.name, nan=finder.nan, infinite=finder.infinite, advice=advice))


class _Finder(Recorder):
    """Finds the first op whose output is infinite, and the first where it is NaN."""

    keeps_source = False

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.infinite: str | None = None
        self.nan: str | None = None

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        values = [output for output in outputs if output.is_floating_point()]
        if any(bool(torch.isnan(value).any()) for value in values):
            self.nan = node_id
            raise _Found
        if self.infinite is None and any(bool(torch.isinf(value).any()) for value in values):
            self.infinite = node_id


class _Found(Exception):
    """The op is found: skip the rest of the net."""
