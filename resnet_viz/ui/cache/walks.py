"""Code walks, and their payload for the browser, cached."""

from __future__ import annotations

from typing import cast

from resnet_viz.i18n import use_language
from resnet_viz.jobs.nets import PackWalks, RecordWalks
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.cache.nets import lane_of
from resnet_viz.ui.cache.stored import stored_walk
from resnet_viz.ui.server.asking import ask


def get_walks(spec: ResNetSpec) -> dict[str, CodeWalk]:
    """Returns the walks of a net by kind, `build` and `forward`."""
    job = RecordWalks(spec)
    return RECORDS.get(job, lambda: {walk.kind: walk for walk in ask(job, lane_of(spec))})


def get_walk_payload(spec: ResNetSpec, language: str) -> bytes:
    """Returns both walks of a net for the browser (`walk_payload`), as gzipped JSON."""
    job = PackWalks(spec)
    use_language(language)
    return RECORDS.get(
        (job, language), lambda: stored_walk(spec, language, lambda: cast(bytes, ask(job, lane_of(spec))))
    )
