"""Writes what Python sends to the browser as TypeScript declarations: `ui/components/payloads.d.ts`.

    python -m tools.declare_payloads

Each payload is a `TypedDict` in Python, or a `NamedTuple` where JSON has a list; those that it holds are declared with
it. A test compares the file with what would be written.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "resnet_viz" / "ui" / "components" / "payloads.d.ts"
PAYLOADS = (
    "resnet_viz.views.graph.payload:DrawingPayload",
    "resnet_viz.ui.components.graph_view:GraphData",
    "resnet_viz.ui.components.graph_view:GraphMark",
    "resnet_viz.ui.components.graph_view:GraphMeasure",
    "resnet_viz.ui.components.page_root:PageData",
    "resnet_viz.ui.components.page_root:ScreenMessage",
    "resnet_viz.ui.components.page_bar:LinkData",
    "resnet_viz.ui.components.page_bar:StepsData",
    "resnet_viz.ui.components.sight:SightData",
    "resnet_viz.ui.components.crop_view:FramingHeader",
    "resnet_viz.ui.components.camera_view:CameraData",
    "resnet_viz.ui.components.draw_view:DrawData",
    "resnet_viz.ui.components.table_view.data:TableData",
    "resnet_viz.ui.components.cell_view:CellViewData",
    "resnet_viz.ui.components.channel_view:ChannelData",
    "resnet_viz.views.maps.packed:TilesHeader",
    "resnet_viz.views.walk.payload:WalkPayload",
    "resnet_viz.ui.components.walk_view.data:WalkViewData",
    "resnet_viz.ui.components.walk_view.data:WalkMarkData",
    "resnet_viz.ui.components.walk_view.data:WalkPlaceData",
    "resnet_viz.ui.components.walk_view.data:RestMessage",
)
"""Modules and the payloads they declare, in the order of the file."""

_HEAD = "// What Python sends to the browser. Written from Python's TypedDicts by tools/declare_payloads.py.\n"
_PLAIN: dict[Any, str] = {
    str: "string", int: "number", float: "number", bool: "boolean", bytes: "Uint8Array", type(None): "null",
    object: "unknown",
}  # fmt: skip
_WIDTH = 120
_LISTS, _RECORDS = (list, Sequence, frozenset), (dict, Mapping)


def declare() -> str:
    """Returns the text of the declaration file."""
    found: list[type] = []
    for place in PAYLOADS:
        module, name = place.split(":")
        _collect(getattr(import_module(module), name), found)
    return "\n".join([_HEAD, *(_row(payload) if _is_row(payload) else _interface(payload) for payload in found)])


def _collect(hint: Any, found: list[type], outer: tuple[type, ...] = ()) -> None:
    """Adds the TypedDicts and NamedTuples within a type, what they hold first; `outer` are those that hold it."""
    if (is_typeddict(hint) or _is_row(hint)) and hint not in (*found, *outer):
        for part in get_type_hints(hint).values():
            _collect(part, found, (*outer, hint))
        found.append(hint)
    for part in get_args(hint) if get_origin(hint) is not Literal else ():
        _collect(part, found, outer)


def _is_row(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def _row(payload: type) -> str:
    """A NamedTuple as a labelled tuple."""
    parts = [f"{name}: {_typescript(hint)}" for name, hint in get_type_hints(payload).items()]
    head = f"export type {payload.__name__} = ["
    line = f"{head}{', '.join(parts)}];"
    lines = [line] if len(line) <= _WIDTH else [head, *(f"  {part}," for part in parts), "];"]
    return "\n".join([f"/** {(payload.__doc__ or payload.__name__).splitlines()[0]} */", *lines, ""])


def _interface(payload: type) -> str:
    lines = [
        f"/** {(payload.__doc__ or payload.__name__).splitlines()[0]} */",
        f"export interface {payload.__name__} {{",
    ]
    for name, hint in get_type_hints(payload, include_extras=True).items():
        is_optional = get_origin(hint) is NotRequired
        kind = _typescript(get_args(hint)[0] if is_optional else hint)
        lines.append(f"  {name}{'?' if is_optional else ''}: {kind};")
    return "\n".join([*lines, "}", ""])


def _is_choice(hint: Any) -> bool:
    """Whether TypeScript writes a type as one of several."""
    return get_origin(hint) in (Union, types.UnionType) or (get_origin(hint) is Literal and len(get_args(hint)) > 1)


def _typescript(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_typeddict(hint) or _is_row(hint):
        return str(hint.__name__)
    if origin is Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value).lower() for value in args)
    if origin in (Union, types.UnionType):
        return " | ".join(_typescript(part) for part in args)
    if origin in _RECORDS:
        return f"Record<string, {_typescript(args[1])}>"
    if origin in _LISTS or (origin is tuple and args[1:] == (...,)):
        item = _typescript(args[0])
        return f"({item})[]" if _is_choice(args[0]) else f"{item}[]"
    if origin is tuple:
        return f"[{', '.join(map(_typescript, args))}]"
    raise TypeError(f"{hint} has no counterpart in TypeScript here.")


if __name__ == "__main__":
    FILE.write_text(declare(), encoding="utf-8")
