"""Traces a named net."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.model.named.build import plan_to_trace
from resnet_viz.model.named.listing import PACKAGES, library_version
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet


def trace_named(net: NamedNet) -> Trace:
    """Returns the Trace of a net of an installed library, in eval mode, for one input of its size, (1, C, H, W).

    `Trace.name` is the net's word, as in `timm:resnet26d`, and `Trace.versions` has the library's. No weights are
    allocated, except for a detector, which looks at values: it is run once on random ones, with random weights.
    Raises SpecError for a library that is not installed, an unknown name and an impossible input size, TraceError for a
    net that cannot take that size or be built.
    """
    model, shapes = plan_to_trace(net)
    trace = trace_model(model, shapes if len(shapes) > 1 else shapes[0])
    versions = {PACKAGES[net.library]: library_version(net.library), **trace.versions}
    return replace(trace, name=net.word, versions=versions)
