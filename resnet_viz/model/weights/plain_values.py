"""Makes plain weights of pruned, normalised and parametrised ones, as a pass of the net they were saved from would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

import torch
from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.words import listed
from resnet_viz.reading.faults import shown_name
from resnet_viz.recognition.plain import Way


def plain_values(entries: Mapping[str, Tensor], ways: Mapping[str, Way]) -> dict[str, Tensor]:
    """Returns the entries with those that `ways` tells of replaced by plain ones, in the dtype that they had.

    Raises WeightsError where a weight comes about by a function that a file does not tell.
    """
    odd = [key for key, way in ways.items() if way.kind not in _MAKERS]
    if odd:
        text = _(
            "Weights are made by a parametrisation that the file does not tell: {listed}. Save them after "
            "torch.nn.utils.parametrize.remove_parametrizations. Nothing was loaded."
        )
        raise WeightsError(text.format(listed=listed(odd)), invalid=tuple(odd))
    used = {part for way in ways.values() for part in way.keys}
    made = {key: _made(key, way, [entries[part] for part in way.keys]) for key, way in ways.items()}
    return {**{key: value for key, value in entries.items() if key not in used}, **made}


def _made(key: str, way: Way, parts: list[Tensor]) -> Tensor:
    """Returns a plain tensor of its parts. Raises WeightsError where their shapes or types do not belong together."""
    with suppress(IndexError, RuntimeError, TypeError):
        if not any(part.is_complex() for part in parts):
            made = _MAKERS[way.kind](*parts)
            if made.shape == parts[0].shape:
                return made
    text = _("The parts of {key} do not belong together: {listed}. Nothing was loaded.")
    raise WeightsError(text.format(key=shown_name(key), listed=listed(list(way.keys))), invalid=(key,))


def _pruned(weight: Tensor, mask: Tensor) -> Tensor:
    return mask.to(weight.dtype) * weight


def _of_length(direction: Tensor, length: Tensor) -> Tensor:
    """Weight norm: each row of a direction has the length that stands beside it, or the whole has one."""
    axes = tuple(axis for axis in range(direction.dim()) if length.dim() == 0 or length.shape[axis] == 1)
    if length.dim() and (length.dim() != direction.dim() or len(axes) < length.dim() - 1):
        raise IndexError("no lengths of rows")
    wide, lengths = direction.float(), length.float()
    if axes == tuple(range(1, direction.dim())):
        made = torch._weight_norm(wide, lengths, 0)
    else:
        made = wide * (lengths / torch.linalg.vector_norm(wide, dim=axes or None, keepdim=bool(axes)))
    return made.to(direction.dtype)


def _of_norm_one(weight: Tensor, left: Tensor, right: Tensor | None = None, *_sigma: Tensor) -> Tensor:
    """Spectral norm: a weight over its largest singular value, as the vectors of the power iteration give it."""
    axis = weight.shape.index(left.numel()) if left.numel() in weight.shape else 0
    matrix = weight.float().movedim(axis, 0).flatten(1)
    other = torch.mv(matrix.t(), left.float()) if right is None else right.float()
    if right is None:
        other = other / torch.linalg.vector_norm(other)
    sigma = torch.vdot(left.float(), torch.mv(matrix, other))
    return (weight.float() / sigma).to(weight.dtype)


_MAKERS: Mapping[str, Callable[..., Tensor]] = {
    "pruned": _pruned,
    "weight norm": _of_length,
    "spectral norm": _of_norm_one,
    "renamed": lambda weight: weight,
}
