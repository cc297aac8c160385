"""What a net's scores mean, by what it calls on the way: logits, probabilities, or logarithms of probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isclose
from typing import Any
from weakref import ReferenceType, ref

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from resnet_viz.model.trace.recorder import GRADIENT_HOOKS, tensors_in
from resnet_viz.records.findings import LOG_PROBABILITY, LOGIT, PROBABILITY

# What functions of torch give, by name; in-place forms have a `_` more.
_ENDS = {
    **dict.fromkeys(("softmax", "softmin", "gumbel_softmax", "special_softmax"), PROBABILITY),
    **dict.fromkeys(("sigmoid", "special_expit", "hardsigmoid"), PROBABILITY),
    **dict.fromkeys(("log_softmax", "special_log_softmax", "logsigmoid", "log_sigmoid"), LOG_PROBABILITY),
}
# Functions whose values mean what those of their first argument mean.
_SAME = frozenset(
    {"flatten", "squeeze", "unsqueeze", "reshape", "view", "contiguous", "clone", "detach", "to", "float", "double"}
    | {"half", "bfloat16", "type", "clamp", "clip", "nan_to_num", "dropout", "masked_fill"}
    | {"__getitem", "select", "index_select", "narrow", "expand", "chunk", "split", "split_with_sizes", "unbind"}
    | {"permute", "t", "transpose", "swapaxes", "movedim", "max", "min", "amax", "amin", "median", "topk", "sort"}
    | {f"{kind}max_pool{n}d" for kind in ("", "adaptive_") for n in (1, 2, 3)}
)
# A mean of probabilities is one, of their logarithms it is none.
_OF_SHARES = frozenset({"mean", "round"} | {f"{kind}avg_pool{n}d" for kind in ("", "adaptive_") for n in (1, 2, 3)})
_OF_EITHER = frozenset({"maximum", "minimum", "fmax", "fmin", "where"})
_JOINS = frozenset({"cat", "concat", "concatenate", "stack"})
_SUMS = frozenset({"add", "__add", "__radd"})
_PRODUCTS = frozenset({"mul", "multiply", "__mul", "__rmul"})
_QUOTIENTS = frozenset({"div", "divide", "true_divide", "__truediv", "__div"})
# What a sigmoid is made of where it is written out: 1 / (1 + exp(-x)).
_POWER, _POWER_AND_ONE = "exp", "1 + exp"

_Meaning = tuple[str, float]
"""A kind, and how many probabilities are summed up in a value, as 2 in `p + q` and 1 in their mean."""


class KindListener(TorchFunctionMode):
    """Notes which tensors of a pass are probabilities, or logarithms of them."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, tuple[ReferenceType[Tensor], _Meaning]] = {}
        self._has_shares = False
        """Whether any function that makes shares was called."""

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in GRADIENT_HOOKS and not args[0].requires_grad:
            return GRADIENT_HOOKS[func]()
        result = func(*args, **(kwargs or {}))
        full = str(getattr(func, "__name__", ""))
        name = full.rstrip("_")
        meaning = None if kwargs and kwargs.get("alpha", 1) != 1 else self._result_of(name, args)
        if self._known and (full == "__setitem__" or (full.endswith("_") and not full.endswith("__"))):
            self._forget_memory_of(args[0])
        for made in (result,) if isinstance(result, Tensor) else tensors_in((result,)):
            if meaning is not None and made.is_floating_point():
                self._known[id(made)] = (ref(made), meaning)
            elif self._known:
                self._known.pop(id(made), None)  # a new tensor where an old one was
        return result

    def _forget_memory_of(self, written: Any) -> None:
        """Call for what is written into: views of it, and what it is a view of, are written into as well."""
        place = written.untyped_storage().data_ptr()
        for key, (made, _meaning) in [*self._known.items()]:
            tensor = made()
            if tensor is None or tensor.untyped_storage().data_ptr() == place:
                del self._known[key]

    def kind_of(self, scores: Tensor) -> str:
        """Returns the kind of the scores (N, K) that the pass has given."""
        kind, n = self._meaning(scores) or (LOGIT, 1)
        if kind == LOG_PROBABILITY or (kind == PROBABILITY and isclose(n, 1, rel_tol=1e-6)):
            return kind
        return PROBABILITY if self._has_shares and _are_shares(scores) else LOGIT

    def _result_of(self, name: str, args: Sequence[Any]) -> _Meaning | None:
        if name in _ENDS or name == "exp":
            self._has_shares = True
        if name in _ENDS:
            return _ENDS[name], 1
        if name == "exp" and args and self._meaning(args[0]) is None:
            return _POWER, 1
        if not self._known or not args:
            return None
        if name in _JOINS and isinstance(args[0], Sequence):
            return self._joined(args[0])
        if name in _SUMS and len(args) > 1:
            return self._sum(args[0], args[1])
        if name in _OF_EITHER and len(args) > 1:
            return self._joined(args[-2:])
        before = self._meaning(args[0])
        if before is None:
            return self._scaled(args[1], args[0], name) if name in _PRODUCTS and len(args) > 1 else None
        if len(args) > 1 and (name in _PRODUCTS or name in _QUOTIENTS):
            return self._scaled(args[0], args[1], name)
        return _of_one(name, *before, args[1:])

    def _joined(self, parts: Sequence[Any]) -> _Meaning | None:
        meanings = {self._meaning(part) for part in parts}
        return meanings.pop() if len(meanings) == 1 else None

    def _sum(self, first: Any, second: Any) -> _Meaning | None:
        one, other = self._meaning(first), self._meaning(second)
        if one is None or other is None:
            return _plus(one or other, second if one else first)
        return (PROBABILITY, one[1] + other[1]) if one[0] == other[0] == PROBABILITY else None

    def _scaled(self, value: Any, factor: Any, name: str) -> _Meaning | None:
        kind, n = self._meaning(value) or ("", 1)
        if kind != PROBABILITY or not isinstance(factor, int | float) or factor <= 0:
            return None
        return kind, n / factor if name in _QUOTIENTS else n * factor

    def _meaning(self, value: Any) -> _Meaning | None:
        known = self._known.get(id(value))
        return known[1] if known is not None and known[0]() is value else None


def _plus(meaning: _Meaning | None, number: Any) -> _Meaning | None:
    """A value and a number: `sum()` begins with 0."""
    if meaning is None or not isinstance(number, int | float):
        return None
    if number == 0:
        return meaning
    return (_POWER_AND_ONE, 1) if number == 1 and meaning[0] == _POWER else None


def _of_one(name: str, kind: str, n: float, others: Sequence[Any]) -> _Meaning | None:
    """What a function makes of one value: the complement, the logarithm, a part, another form."""
    if kind == _POWER_AND_ONE:
        is_inverse = name == "reciprocal" or (name in ("__rdiv", "__rtruediv") and others and others[0] == 1)
        return (PROBABILITY, 1) if is_inverse else None
    if name in ("log", "exp"):
        turned = {("log", PROBABILITY): LOG_PROBABILITY, ("exp", LOG_PROBABILITY): PROBABILITY}.get((name, kind))
        return (turned, 1) if turned and n == 1 else None
    if name in ("rsub", "__rsub"):
        return (kind, 1) if kind == PROBABILITY and n == 1 and others and others[0] == 1 else None
    return (kind, n) if name in _SAME or (name in _OF_SHARES and kind == PROBABILITY) else None


def _are_shares(scores: Tensor) -> bool:
    """Whether the values of each image are from 0 to 1 and their sum is 1, to the precision of their dtype."""
    values, near = scores.double(), 4 * torch.finfo(scores.dtype).eps * scores.shape[1] ** 0.5 + 1e-6
    sums = values.sum(dim=1)
    return scores.shape[1] > 1 and bool((values >= 0).all()) and bool(((sums - 1).abs() <= near).all())
