"""What is known of a pass that ended with an error: the call that failed, the shape it got and the one it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from resnet_viz.model.trace.recorder import CallSite, Output, tensors_in
from resnet_viz.records.trace import SourceRef, TensorMeta

Shape = tuple[int, ...]
Needed = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call of torch that raised an error; it holds no tensor and no frame."""

    error: Exception
    op: str
    path: str | None
    is_leaf: bool
    """Called by a leaf module itself, whose path is the op's id."""
    source: tuple[SourceRef, ...]
    sources: tuple[Output, ...]
    takes: TensorMeta
    got: Shape
    needs: Needed | None

    def caused(self, error: BaseException | None) -> bool:
        """Whether an error is that of this call, or was raised because of it."""
        while error is not None:
            if error is self.error:
                return True
            error = error.__cause__ or error.__context__
        return False


def failed_call(
    error: Exception,
    op: str,
    where: CallSite,
    sources: Sequence[Output],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> FailedCall:
    """Returns what is known of a call that raised an error."""
    tensors = tensors_in((*args, *kwargs.values()))
    got, needs = _shapes(op, args, kwargs, tensors)
    takes = TensorMeta(tuple(tensors[0].shape), str(tensors[0].dtype).removeprefix("torch."), 0)
    is_leaf = where.module is not None and not where.module._modules and bool(where.path)
    return FailedCall(error, op, where.path, is_leaf, where.source, tuple(sources), takes, got, needs)


def _shapes(
    op: str, args: Sequence[Any], kwargs: Mapping[str, Any], tensors: Sequence[Tensor]
) -> tuple[Shape, Needed | None]:
    """Returns the shape that a call got, and the one that it needs where that is known and another."""
    finder = _FINDERS.get(op)
    try:
        got, needs = finder(tensors, args, kwargs) if finder else (tuple(tensors[0].shape), None)
    except Exception:
        return tuple(tensors[0].shape), None  # Arguments of a kind that the finder does not know.
    return (got, None) if needs is None or _fits(got, needs) else (got, needs)


def _fits(got: Shape, needs: Needed) -> bool:
    """Whether a shape is not what a call failed for."""
    return len(got) == len(needs) and all(want in (None, size) for size, want in zip(got, needs, strict=True))


def _convolution(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    x, weight = tensors[:2]
    groups = kwargs.get("groups", args[6] if len(args) > 6 else 1)
    n_free = weight.dim() - 2
    return tuple(x.shape), (None, weight.shape[1] * groups, *[None] * n_free)


def _linear(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    x, weight = tensors[:2]
    return tuple(x.shape), (*[None] * (x.dim() - 1), weight.shape[1])


def _batch_norm(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    x, statistics = tensors[:2]
    return tuple(x.shape), (None, statistics.shape[0], *[None] * (x.dim() - 2))


def _elementwise(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    first, second = tensors[:2]
    return tuple(second.shape), tuple(first.shape)


def _product(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    first, second = tensors[:2]
    return tuple(second.shape), (*first.shape[:-2], first.shape[-1], None)


def _concatenation(tensors: Sequence[Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Shape, Needed]:
    axis = kwargs.get("dim", args[1] if len(args) > 1 else 0) % tensors[0].dim()
    needs = tuple(None if at == axis else size for at, size in enumerate(tensors[0].shape))
    got = next(tuple(tensor.shape) for tensor in tensors if not _fits(tuple(tensor.shape), needs))
    return got, needs


_Finder = Callable[[Sequence[Tensor], Sequence[Any], Mapping[str, Any]], tuple[Shape, Needed]]
_FINDERS: Mapping[str, _Finder] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolution),
    **dict.fromkeys(("add", "sub", "mul", "div", "maximum", "minimum"), _elementwise),
    **dict.fromkeys(("matmul", "mm", "bmm"), _product),
    **dict.fromkeys(("cat", "concat", "concatenate"), _concatenation),
    "linear": _linear,
    "batch_norm": _batch_norm,
}
