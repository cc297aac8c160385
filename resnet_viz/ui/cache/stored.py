"""Records that outlive the process: found in the package or in the user's cache folder, or made and kept there.

Each function takes what makes the record, and calls it where the record is not found. Of a Trace file nothing is kept:
it is the reader's own.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from resnet_viz.errors import TraceFileError
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import FileNet, ShownNet
from resnet_viz.store.folder import Kind, Store
from resnet_viz.store.shipped import find_shipped
from resnet_viz.store.versions import make_key, sources_digest
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.server.flags import CACHE, OFF
from resnet_viz.views.graph.checked import read_drawing, read_packed, read_strip
from resnet_viz.views.parts.detail import Detail

_LIBRARIES = ("timm", "transformers")
"""That have a part in a named net, beside torchvision."""
_WALK_KEYS = {"net", "name", "walks", "colours", "stages"}


_keeper = ThreadPoolExecutor(1, "keeper")
_keeping: deque[Future[None]] = deque()


@dataclass(frozen=True)
class Drawing:
    """A drawing as the payload for the browser: a DrawingPayload as gzipped JSON. Of rows a StripPayload is kept."""

    payload: bytes

    @property
    def svg(self) -> str:
        """The drawing as SVG."""
        return str(self.read()["svg"])

    def read(self) -> Any:
        """Returns the payload, unpacked."""
        return json.loads(gzip.decompress(self.payload))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one record is to be found."""

    kind: Kind
    subject: Mapping[str, str]
    key: str

    def find(self) -> Iterator[bytes]:
        """Yields what may be the record, the package's before the folder's."""
        shipped = find_shipped(self.kind, self.subject)
        if shipped is not None:
            yield shipped
        store = _own_store()
        kept = store.find(self.kind, self.key) if store else None
        if kept is not None:
            yield kept

    def keep(self, data: bytes) -> None:
        store = _own_store()
        # The sources may have changed while the record was made: who knows then which ones made it.
        if store and sources_digest() is not None:
            store.keep(self.kind, self.key, data)


def stored_trace(net: Net, make: Callable[[], Trace]) -> Trace:
    """Returns the Trace of a net; raises what `make` raises."""
    place = _place("trace", net, {})
    for data in place.find() if place else ():
        with suppress(TraceFileError):
            return replace(read_trace(data), is_read=False)  # of the very sources that are here
    trace = make()
    if place and not trace.warnings:  # Warnings are in the language of whoever came first.
        _later(lambda: _keep_trace(place, trace))
    return trace


def _keep_trace(place: _Place, trace: Trace) -> None:
    with suppress(TraceFileError):  # Not every Trace can be a file.
        place.keep(write_trace(trace, is_compressed=True))


def _later(keep: Callable[[], None]) -> None:
    """Keeps a record after whoever waits for it has it."""
    _keeping.append(_keeper.submit(keep))
    while _keeping and _keeping[0].done():
        _keeping.popleft()


def wait_kept() -> None:
    """Waits until all that was made is kept."""
    while _keeping:
        _keeping.popleft().result()


def stored_drawing(net: ShownNet, detail: Detail, form: str, language: str, make: Callable[[], Drawing]) -> Drawing:
    """Returns the drawing of a net; raises what `make` raises."""
    place = _place("drawing", net, drawing_subject(detail, form, language))
    for data in place.find() if place else ():
        if (read_strip if form == "rows" else read_drawing)(data) is not None:
            return Drawing(data)
    drawing = make()
    if place:
        _later(lambda: place.keep(drawing.payload))
    return drawing


def drawing_subject(detail: Detail, form: str, language: str) -> dict[str, str]:
    """Returns in words which drawing of a net it is."""
    parts = json.dumps(detail.parts) if detail.parts else ""
    return {"level": detail.level, "parts": parts, "form": form, "language": language}


def stored_walk(spec: ResNetSpec, language: str, make: Callable[[], bytes]) -> bytes:
    """Returns the walks of a net as `walk_payload` in gzipped JSON; raises what `make` raises."""
    place = _place("walk", spec, {"language": language})
    for data in place.find() if place else ():
        found = read_packed(data)
        if isinstance(found, dict) and found.keys() == _WALK_KEYS:
            return data
    payload = make()
    if place:
        _later(lambda: place.keep(payload))
    return payload


def _place(kind: Kind, net: ShownNet, subject: Mapping[str, str]) -> _Place | None:
    """Returns None for what is not kept."""
    if isinstance(net, FileNet) or _is_off(os.environ.get(CACHE)):
        return None
    whole = {"net": net.to_query(), **subject}
    key = make_key(kind, whole, _LIBRARIES if isinstance(net, NamedNet) else ())
    return None if key is None else _Place(kind, whole, key)


def _usual_folder() -> Path:
    return platformdirs.user_cache_path("resnet_viz", appauthor=False)


def _is_off(setting: str | None) -> bool:
    return setting is not None and setting.strip().lower() in OFF


def _own_store() -> Store | None:
    return _store_at(os.environ.get(CACHE))


@cache
def _store_at(setting: str | None) -> Store | None:
    """Returns the store in the folder of the setting, by default the user's cache folder; None where it is off.

    A folder that cannot be used is the store's to tell.
    """
    if _is_off(setting):
        return None
    try:
        folder = Path(setting).expanduser().absolute() if setting else _usual_folder()
    except RuntimeError:  # there is no home
        folder = Path("~")
    return Store(folder)
