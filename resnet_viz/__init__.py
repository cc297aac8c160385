"""resnet_viz: build any ResNet, trace it, draw it, and inspect its activations.

Public names are imported lazily on first access: importing the package does not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_viz.checking.against import Check, check
    from resnet_viz.checking.differences import Deviation
    from resnet_viz.datasets.digits import Digits, load_digits
    from resnet_viz.errors import (
        DeviceError,
        DrawError,
        ImageError,
        ResnetVizError,
        SpecError,
        TraceError,
        TraceFileError,
        WeightsError,
    )
    from resnet_viz.model.named.build import build_named_model
    from resnet_viz.model.named.listing import list_named
    from resnet_viz.model.named.tracing import trace_named
    from resnet_viz.model.net.build import build_model
    from resnet_viz.model.run.block_maps import block_changes, capture_block
    from resnet_viz.model.run.capture import capture
    from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
    from resnet_viz.model.run.norms import gradient_norms, signal_norms
    from resnet_viz.model.run.occlusion import occlusion
    from resnet_viz.model.run.predict import predict
    from resnet_viz.model.trace.plan import trace_model, trace_spec
    from resnet_viz.model.train.loop import train
    from resnet_viz.model.walk.build import walk_build
    from resnet_viz.model.walk.forward import walk_both, walk_forward
    from resnet_viz.model.weights.load import load_weights
    from resnet_viz.naming.renaming import rename_state_dict, translate_name
    from resnet_viz.pictures.decoding import load_image
    from resnet_viz.recognition.files import recognise
    from resnet_viz.recognition.found import Candidate, Recognition
    from resnet_viz.records.failure import Failure
    from resnet_viz.records.preparation import Crop, Preparation
    from resnet_viz.records.steps import WalkStep
    from resnet_viz.records.trace import Block, Edge, Field, Node, Stage, Trace
    from resnet_viz.records.walk import CodeWalk
    from resnet_viz.records.walk_json import read_walk, write_walk
    from resnet_viz.showing import show
    from resnet_viz.spec.depths import explain_depth, specs_for_depth
    from resnet_viz.spec.named import NamedNet, read_net
    from resnet_viz.spec.resnet import PRESETS, ResNetSpec
    from resnet_viz.trace_files.read import read_trace
    from resnet_viz.trace_files.write import save_trace, write_trace
    from resnet_viz.training.plan import Recipe
    from resnet_viz.training.read import read_run
    from resnet_viz.training.run import Run
    from resnet_viz.training.write import save_run
    from resnet_viz.views.compare.differences import find_differences
    from resnet_viz.views.compare.rows import Comparison, compare_traces
    from resnet_viz.views.export.drawing import export_graph
    from resnet_viz.views.export.options import ExportOptions
    from resnet_viz.views.graph.draw import draw_graph
    from resnet_viz.views.graph.render import render_graph
    from resnet_viz.views.structure.read import structure_table
    from resnet_viz.views.structure.table import StructureTable
    from resnet_viz.views.teach.exercises import make_exercises

_HOMES = {
    "resnet_viz.errors": (
        "DeviceError",
        "DrawError",
        "ImageError",
        "ResnetVizError",
        "SpecError",
        "TraceError",
        "TraceFileError",
        "WeightsError",
    ),
    "resnet_viz.spec.resnet": ("PRESETS", "ResNetSpec"),
    "resnet_viz.spec.named": ("NamedNet", "read_net"),
    "resnet_viz.spec.depths": ("explain_depth", "specs_for_depth"),
    "resnet_viz.records.failure": ("Failure",),
    "resnet_viz.records.trace": ("Block", "Edge", "Field", "Node", "Stage", "Trace"),
    "resnet_viz.trace_files.read": ("read_trace",),
    "resnet_viz.trace_files.write": ("save_trace", "write_trace"),
    "resnet_viz.showing": ("show",),
    "resnet_viz.checking.against": ("Check", "check"),
    "resnet_viz.checking.differences": ("Deviation",),
    "resnet_viz.recognition.found": ("Candidate", "Recognition"),
    "resnet_viz.recognition.files": ("recognise",),
    "resnet_viz.naming.renaming": ("rename_state_dict", "translate_name"),
    "resnet_viz.model.net.build": ("build_model",),
    "resnet_viz.model.named.listing": ("list_named",),
    "resnet_viz.model.named.build": ("build_named_model",),
    "resnet_viz.model.named.tracing": ("trace_named",),
    "resnet_viz.model.trace.plan": ("trace_model", "trace_spec"),
    "resnet_viz.pictures.decoding": ("load_image",),
    "resnet_viz.model.run.capture": ("capture",),
    "resnet_viz.model.run.block_maps": ("block_changes", "capture_block"),
    "resnet_viz.model.run.gradients": ("effective_field", "grad_cam", "input_gradient"),
    "resnet_viz.model.run.norms": ("gradient_norms", "signal_norms"),
    "resnet_viz.model.run.occlusion": ("occlusion",),
    "resnet_viz.model.run.predict": ("predict",),
    "resnet_viz.model.walk.build": ("walk_build",),
    "resnet_viz.model.walk.forward": ("walk_both", "walk_forward"),
    "resnet_viz.model.weights.load": ("load_weights",),
    "resnet_viz.records.preparation": ("Crop", "Preparation"),
    "resnet_viz.datasets.digits": ("Digits", "load_digits"),
    "resnet_viz.model.train.loop": ("train",),
    "resnet_viz.training.plan": ("Recipe",),
    "resnet_viz.training.read": ("read_run",),
    "resnet_viz.training.run": ("Run",),
    "resnet_viz.training.write": ("save_run",),
    "resnet_viz.views.compare.rows": ("Comparison", "compare_traces"),
    "resnet_viz.views.compare.differences": ("find_differences",),
    "resnet_viz.views.teach.exercises": ("make_exercises",),
    "resnet_viz.views.export.drawing": ("export_graph",),
    "resnet_viz.views.export.options": ("ExportOptions",),
    "resnet_viz.views.graph.draw": ("draw_graph",),
    "resnet_viz.views.graph.render": ("render_graph",),
    "resnet_viz.records.walk_json": ("read_walk", "write_walk"),
    "resnet_viz.records.steps": ("WalkStep",),
    "resnet_viz.records.walk": ("CodeWalk",),
    "resnet_viz.views.structure.read": ("structure_table",),
    "resnet_viz.views.structure.table": ("StructureTable",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "PRESETS",
    "Block",
    "Candidate",
    "Check",
    "CodeWalk",
    "Comparison",
    "Crop",
    "Deviation",
    "DeviceError",
    "Digits",
    "DrawError",
    "Edge",
    "ExportOptions",
    "Failure",
    "Field",
    "ImageError",
    "NamedNet",
    "Node",
    "Preparation",
    "Recipe",
    "Recognition",
    "ResNetSpec",
    "ResnetVizError",
    "Run",
    "SpecError",
    "Stage",
    "StructureTable",
    "Trace",
    "TraceError",
    "TraceFileError",
    "WalkStep",
    "WeightsError",
    "block_changes",
    "build_model",
    "build_named_model",
    "capture",
    "capture_block",
    "check",
    "compare_traces",
    "draw_graph",
    "effective_field",
    "explain_depth",
    "export_graph",
    "find_differences",
    "grad_cam",
    "gradient_norms",
    "input_gradient",
    "list_named",
    "load_digits",
    "load_image",
    "load_weights",
    "make_exercises",
    "occlusion",
    "predict",
    "read_net",
    "read_run",
    "read_trace",
    "read_walk",
    "recognise",
    "rename_state_dict",
    "render_graph",
    "save_run",
    "save_trace",
    "show",
    "signal_norms",
    "specs_for_depth",
    "structure_table",
    "trace_model",
    "trace_named",
    "trace_spec",
    "train",
    "translate_name",
    "walk_both",
    "walk_build",
    "walk_forward",
    "write_trace",
    "write_walk",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
