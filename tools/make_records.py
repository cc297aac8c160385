"""Makes the records of the presets that the package brings: `assets/records`, for the versions that are installed.

    python -m tools.make_records

A test compares them with new ones, as long as those versions are installed (`tests/store/test_shipped.py`).
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphviz import Digraph

from resnet_viz.i18n import SOURCE_LANGUAGE, languages, use_language
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.store.shipped import MANIFEST, SHIPPED, make_manifest, name_record, pack_records
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.cache.nets import get_trace, lay_out_drawing
from resnet_viz.ui.cache.stored import drawing_subject
from resnet_viz.ui.server.asking import use_workers
from resnet_viz.ui.server.flags import CACHE
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.style import FONT
from resnet_viz.workers.pool import LocalWorkers

ROOT = Path(__file__).resolve().parent.parent


def make_records(spec: ResNetSpec) -> dict[str, bytes]:
    """Returns the records of a net by their names, each a line of JSON: its Trace, its folded drawings."""
    os.environ[CACHE] = "off"
    records = {name_record("trace", {}): write_trace(get_trace(spec))}
    for language in languages():
        drawing = lay_out_drawing(spec, Detail(), FORMS[0], language)
        name = name_record("drawing", drawing_subject(Detail(), FORMS[0], language))
        records[name] = gzip.decompress(drawing.payload)
    use_language(SOURCE_LANGUAGE)
    return records


def measure_font() -> str:
    """Returns how wide Graphviz finds some words in the drawings' font, which each machine has another of."""
    probe = Digraph(node_attr={"fontname": FONT})
    probe.node("probe", "conv3_x · layer2 · 4 blocks · 512×28² 残差块")
    found = re.search(r'width="(\d+pt)"', render_graph(probe).decode())
    return found[1] if found else ""


def read_manifest(folder: Path = SHIPPED) -> Mapping[str, Any]:
    """Returns what is said of the records that are there."""
    found: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return found


def write_records(folder: Path = SHIPPED) -> None:
    """Writes the files anew. One whose records are the same stays as it is, and so does its content in a repository."""
    files = {preset: pack_records(make_records(spec)) for preset, spec in PRESETS.items()}
    own_version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    manifest = {**make_manifest(files, own_version), "font": measure_font()}
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.xz"):
        old.unlink()
    for preset, packed in files.items():
        (folder / f"{preset}.xz").write_bytes(packed)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Writes them, with workers for what needs torch."""
    workers = LocalWorkers(0, lambda owner: False)
    use_workers(workers)
    try:
        write_records()
    finally:
        workers.close()


if __name__ == "__main__":
    main()
