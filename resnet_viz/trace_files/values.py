"""Arguments of ops as JSON and back, so that each keeps its type: a tuple stays one, and 1.0 is not 1.

Plain JSON is None, a bool, an int, a finite float, a str; an array is a tuple. The rest is an object of one key: a list
`{"list": […]}`, a dictionary `{"dict": [[key, value], …]}`, infinity or no number `{"float": "inf"}`.
"""

from __future__ import annotations

import math
from numbers import Integral, Rational, Real
from typing import Any

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.trace_files.columns import is_sound
from resnet_viz.trace_files.schema import MOST_NESTING, MOST_NUMBER

_FLOATS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def write_value(value: object, depth: int = 0) -> Any:
    """Returns a value as what `json` writes. Raises TraceFileError for one of another type, or nested too deep."""
    if depth > MOST_NESTING:
        raise _refusal(value)
    if value is None or isinstance(value, bool) or (isinstance(value, str) and is_sound([value])):
        return value
    # Numpy's numbers, too, which are equal to Python's.
    if isinstance(value, Integral) and abs(int(value)) <= MOST_NUMBER:
        return int(value)
    if isinstance(value, Real) and not isinstance(value, Rational):
        return float(value) if math.isfinite(value) else {"float": str(float(value))}
    if isinstance(value, tuple):
        return [write_value(each, depth + 1) for each in value]
    if isinstance(value, list):
        return {"list": [write_value(each, depth + 1) for each in value]}
    if isinstance(value, dict):
        pairs = [[write_value(key, depth + 1), write_value(each, depth + 1)] for key, each in value.items()]
        return {"dict": pairs}
    raise _refusal(value)


def read_value(value: Any, depth: int = 0) -> Any:
    """Returns the value that `write_value` wrote. Raises ValueError or TypeError for anything else."""
    if depth > MOST_NESTING:
        raise ValueError
    if isinstance(value, list):
        return tuple(read_value(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return _read_object(value, depth)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise ValueError
    if isinstance(value, str) and not is_sound([value]):
        raise ValueError
    return value


def _read_object(value: dict[str, Any], depth: int) -> Any:
    ((form, inner),) = value.items()
    if form == "float":
        return _FLOATS[inner]
    if form == "list" and isinstance(inner, list):
        return [read_value(each, depth + 1) for each in inner]
    if form == "dict" and isinstance(inner, list):
        return {read_value(key, depth + 1): read_value(each, depth + 1) for key, each in inner}
    raise ValueError


def _refusal(value: object) -> TraceFileError:
    text = _(
        "An op has the argument {got} of type {type}, which no trace file holds: only numbers, texts, true and false, "
        "None, and lists, tuples and dictionaries of them. Leave it out of the op's attrs and write again."
    )
    return TraceFileError(text.format(got=shown(value), type=type(value).__name__))
