"""Reads a trace file: the text, unpacked within its limit, then the record, checked.

Nothing in a file is run, unpickled or used as a path.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from resnet_viz.errors import SpecError, TraceFileError
from resnet_viz.i18n import _
from resnet_viz.records.failure import Failure
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.trace_files import columns
from resnet_viz.trace_files.nodes import read_edges, read_nodes
from resnet_viz.trace_files.schema import MODES, MOST_AXES, MOST_BYTES, MOST_VALUES, ORIGINS, SCHEMA, TOTALS, VERSION
from resnet_viz.trace_files.tables import Tables, read_shapes, read_tables
from resnet_viz.trace_files.tree import check_flow, check_tree

_GZIP = b"\x1f\x8b"


def read_trace(data: bytes | Path | str) -> Trace:
    """Returns the Trace of a file, given by its path or its bytes: JSON text, or that gzip-compressed.

    Raises TraceFileError for anything that `write_trace` did not write: another kind of file, a damaged one, one of
    another version, one of more than 64 MiB of text, 100,000 nodes or 400,000 edges, and one that cannot be opened.
    """
    content = bytes(data) if isinstance(data, (bytes, bytearray, memoryview)) else _read_file(data)
    document = _parse(_unpack(content))
    try:
        return _read(document)
    except KeyError as error:
        raise columns.damaged(SCHEMA, _("nothing"), f"“{str(error.args[0])[:40]}”") from error


def _read_file(path: object) -> bytes:
    if not isinstance(path, (str, Path)):
        text = _("Got {got} for a trace file. Pass its path, or its bytes.")
        raise TraceFileError(text.format(got=type(path).__name__))
    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        text = _("The trace file {path} cannot be opened: {reason}. Check its name.")
        raise TraceFileError(text.format(path=shown(path), reason=getattr(error, "strerror", None) or error)) from error


def _unpack(data: bytes) -> bytes:
    """Returns the text. What is compressed is unpacked up to the limit, and no further."""
    if data[:2] == _GZIP:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            text = _("This trace file is cut or damaged: it cannot be decompressed. Fetch or write it again.")
            raise TraceFileError(text) from error
    if len(data) > MOST_BYTES:
        text = _(
            "This trace file has more than {most} MiB of text, the most that can be read. Trace a part of the net."
        )
        raise TraceFileError(text.format(most=MOST_BYTES // 2**20))
    return data


def _parse(data: bytes) -> dict[str, Any]:
    if data.count(b",") >= MOST_VALUES:
        text = _("This trace file has more than {most:,} values, the most that can be read. Trace a part of the net.")
        raise TraceFileError(text.format(most=MOST_VALUES))
    try:
        document = json.loads(data.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _foreign(data) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _foreign(data)
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        text = _(
            "This trace file is of version {got}; this release reads version {known}. Read it with the release that "
            "wrote it."
        )
        raise TraceFileError(text.format(got=shown(version), known=VERSION))
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _foreign(data: bytes) -> TraceFileError:
    start = data[:24].decode("ascii", "replace") if data else ""
    text = _(
        "This is no trace file: it begins with {got}, and must be one JSON object with the schema “{schema}”. Write "
        "one with Trace.save, or with “resnet-viz trace”."
    )
    begins = "".join(character for character in start if character.isprintable())
    return TraceFileError(text.format(got=shown(begins), schema=SCHEMA))


def _read(document: Mapping[str, Any]) -> Trace:
    tables = read_tables(document)
    nodes = read_nodes(document, tables)
    by_id = {node.id: node for node in nodes}
    check_tree(nodes, by_id)
    ids = [node.id for node in nodes]
    merges = columns.numbers("merges", document["merges"], 0, len(ids) - 1)
    totals = _read_totals(document["totals"])
    trace = Trace(
        spec=_read_net(document["net"]),
        **_read_head(document, tables),
        nodes=by_id,
        edges=read_edges(document, tables, ids),
        **totals,
        merges=tuple(ids[number] for number in merges),
        failed=_read_failure(document["failed"], ids),
        is_read=True,
    )
    _check_totals(trace)
    check_flow(trace)
    return trace


def _read_head(document: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    names = ("name", "device", "mode", "origin")
    columns.texts("name, device, mode, origin", [document[name] for name in names])
    columns.words("mode", [document["mode"]], MODES)
    columns.words("origin", [document["origin"]], ORIGINS)
    (image,) = columns.numbers("input", [document["input"]], 0, len(tables.tensors) - 1)
    return {
        **{name: document[name] for name in names},
        "input": tables.tensors[image],
        "versions": _read_versions(document["versions"]),
        "warnings": tuple(columns.texts("warnings", document["warnings"])),
    }


def _read_versions(versions: Any) -> dict[str, str]:
    if not isinstance(versions, dict):
        raise columns.damaged("versions", versions, _("an object"))
    columns.texts("versions", [*versions, *versions.values()])
    return versions


def _read_net(query: Any) -> ResNetSpec | None:
    if query is None:
        return None
    columns.texts("net", [query])
    try:
        return ResNetSpec.from_query(query)
    except SpecError as error:
        raise TraceFileError(_("The net of this trace file cannot be: {reason}").format(reason=error)) from error


def _read_totals(totals: Any) -> dict[str, Any]:
    if not isinstance(totals, dict):
        raise columns.damaged("totals", totals, _("an object"))
    found = {name: totals[name] for name in TOTALS}
    columns.numbers("totals", [found[name] for name in TOTALS if name != "macs_at_least"], may_lack=True)
    columns.flags("totals.macs_at_least", [found["macs_at_least"]])
    if None in (found[name] for name in TOTALS if name != "n_macs"):
        raise columns.damaged("totals", None, _("a whole number"))
    return found


def _check_totals(trace: Trace) -> None:
    root = trace.network
    own = (root.n_params, root.n_macs, root.macs_at_least, root.act_bytes, root.live_bytes)
    told = (trace.n_params, trace.n_macs, trace.macs_at_least, trace.act_bytes, trace.peak_bytes)
    if own != told:
        raise columns.damaged("totals", told, _("the figures of the network's node"))


def _read_failure(failed: Any, ids: list[str]) -> Failure | None:
    if failed is None:
        return None
    if not isinstance(failed, dict):
        raise columns.damaged("failed", failed, _("an object"))
    (number,) = columns.numbers("failed.node", [failed["node"]], 0, len(ids) - 1)
    (is_after,) = columns.flags("failed.is_after", [failed["is_after"]])
    (message,) = columns.texts("failed.message", [failed["message"]])
    got = None if failed["got"] is None else read_shapes("failed.got", [failed["got"]])[0]
    needs = None if failed["needs"] is None else columns.numbers("failed.needs", failed["needs"], may_lack=True)
    if needs is not None and len(needs) > MOST_AXES:
        raise columns.damaged("failed.needs", needs, _("a shape of at most {n} axes").format(n=MOST_AXES))
    return Failure(ids[number], is_after, message, got, None if needs is None else tuple(needs))
