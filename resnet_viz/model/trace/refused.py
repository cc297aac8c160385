"""Says why a net could not take an input, from what torch or the net raised, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _


def trace_error(model: nn.Module, shape: Sequence[int], error: Exception) -> TraceError:
    """Returns the error, quoting torch, for a net that cannot take an input."""
    reason = first_line(error)
    message = _("The net cannot take an input of {shape}. torch says: {reason}").format(
        shape="×".join(map(str, shape)), reason=reason
    )
    first = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
    if first is not None and first.in_channels != shape[1]:
        message += " " + _("Its first convolution takes {n} channels.").format(n=first.in_channels)
    if _helps_eval_mode(model, reason):
        message += " " + _("The net is in train mode: model.eval() puts it into eval mode.")
    if isinstance(error, TypeError) and "positional argument" in reason:
        message += " " + _(
            "For a net of several inputs pass trace_model one shape for each, as in [(1, 3, 224, 224), (1, 10)], and "
            "everything else a module whose forward takes the picture and gives the net the others."
        )
    return TraceError(message)


def _helps_eval_mode(model: nn.Module, reason: str) -> bool:
    """Whether a net was refused for its train mode. A group norm speaks of training in eval mode as well."""
    training = [module for module in model.modules() if module.training]
    is_norm = any(isinstance(module, _BatchNorm) for module in training)
    return "training" in reason and (is_norm if "Expected more than 1 value" in reason else bool(training))


def first_line(error: Exception) -> str:
    """Returns what an error says, shortened; its class where it says nothing."""
    return str(error).strip().split("\n", 1)[0][:400] or type(error).__name__
