"""The paper's printed values of its five networks beside the computed ones, and why they differ.

The printed values are those of He et al. 2015, *Deep Residual Learning for Image Recognition*, Table 1, verbatim.
Its FLOPs are multiply-adds. Everything else is computed on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.units import format_exact
from resnet_viz.views.structure import quotes
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import FLOPS, HEAD, STEM, StructureCell
from resnet_viz.views.structure.words import fc_words, pool_words, with_stride

SOURCE = "He et al. 2015, Table 1"
PRINTED_FLOPS: Mapping[int, float] = MappingProxyType(
    {depth: float(quote.text) for depth, quote in quotes.PRINTED_FLOPS.items()}
)
"""Table 1, in 10⁹ multiply-adds, by depth."""
_BILLION = 10**9
_SIZES = {STEM: "112×112", "conv2_x": "56×56", "conv3_x": "28×28", "conv4_x": "14×14", "conv5_x": "7×7", HEAD: "1×1"}
_BASIC = {
    "conv2_x": "[3×3, 64 | 3×3, 64]",
    "conv3_x": "[3×3, 128 | 3×3, 128]",
    "conv4_x": "[3×3, 256 | 3×3, 256]",
    "conv5_x": "[3×3, 512 | 3×3, 512]",
}
_BOTTLENECK = {
    "conv2_x": "[1×1, 64 | 3×3, 64 | 1×1, 256]",
    "conv3_x": "[1×1, 128 | 3×3, 128 | 1×1, 512]",
    "conv4_x": "[1×1, 256 | 3×3, 256 | 1×1, 1024]",
    "conv5_x": "[1×1, 512 | 3×3, 512 | 1×1, 2048]",
}
_BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
# Settings that may differ from the paper's in a comparable network, by the printed value that they change.
_CHANGES = {
    "output size": ("input_size", "replace_stride_with_dilation"),
    "layers": ("num_classes",),
    "FLOPs": ("input_size", "replace_stride_with_dilation", "num_classes", "in_channels", "stride_in", "shortcut"),
}
_FREE = (*_CHANGES["FLOPs"], "norm", "zero_init_residual")


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A printed value, the computed one, and a sentence that relates them."""

    row: str
    """Row of the structure table, for example `conv4_x`."""
    what: str
    """output size | layers | FLOPs"""
    net: str
    """The computed network: this one, or one that differs as the sentence says."""
    printed: str
    computed: str
    n_macs: int | None
    """The computed multiply-adds, unrounded; None except for FLOPs."""
    difference: int | None
    """Computed minus printed multiply-adds; None except for FLOPs."""
    why: str

    @property
    def difference_text(self) -> str:
        """For example `+0.058×10⁹`; empty except for FLOPs."""
        return "" if self.difference is None else f"{self.difference / _BILLION:+.3f}×10⁹".replace("-", "−")


def paper_depth(spec: ResNetSpec | None) -> int | None:
    """Returns the depth of the paper's network with these layers, ignoring input, classes, norm, stride and shortcut.

    None for any other network.
    """
    if spec is None:
        return None
    comparable = replace(spec, **{name: getattr(ResNetSpec, name) for name in _FREE})
    return next((depth for depth in PRINTED_FLOPS if PRESETS[f"resnet{depth}"] == comparable), None)


def printed_values(trace: Trace, trace_of: Callable[[ResNetSpec], Trace]) -> tuple[PrintedValue, ...]:
    """Returns sizes and layers of each row, then FLOPs of the paper's network and of the steps to this one.

    `trace_of` returns the Trace of a spec: the paper's network, and those between. Empty for networks not in the
    table.
    """
    depth = paper_depth(trace.spec)
    if depth is None or trace.spec is None:
        return ()
    return (*_words(trace, trace.spec, depth), *_flops(trace, trace.spec, depth, trace_of))


def printed_layers(depth: int, row: str) -> tuple[str, ...]:
    """Returns the printed lines of a cell; brackets on one line, as in `[3×3, 64 | 3×3, 64] × 2`."""
    if row == STEM:
        return (with_stride("7×7, 64", "2"),)
    if row == HEAD:
        return (", ".join([pool_words("adaptive_avg_pool2d", ""), fc_words(1000), _("softmax")]),)
    stages = list(_BASIC)
    brackets = (_BASIC if depth < 50 else _BOTTLENECK)[row]
    pool = (with_stride(pool_words("max_pool2d", "3×3"), "2"),) if row == stages[0] else ()
    return (*pool, f"{brackets} × {_BLOCKS[depth][stages.index(row)]}")


def _words(trace: Trace, spec: ResNetSpec, depth: int) -> Iterator[PrintedValue]:
    for cell in structure_table((trace,)).cells:
        if cell.row in _SIZES:
            yield _word(spec, cell, "output size", (_SIZES[cell.row], cell.output_size))
            yield _word(spec, cell, "layers", ("; ".join(printed_layers(depth, cell.row)), "; ".join(cell.all_lines)))


def _word(spec: ResNetSpec, cell: StructureCell, what: str, values: tuple[str, str]) -> PrintedValue:
    why = _("As printed.") if values[0] == values[1] else _other_settings(spec, what)
    return PrintedValue(cell.row, what, cell.column, *values, None, None, why)


def _other_settings(spec: ResNetSpec, what: str) -> str:
    """The settings that differ from the paper's and change such a value."""
    pairs = [(name, getattr(spec, name), getattr(_of_paper(spec), name)) for name in _CHANGES[what]]
    differences = [f"{name} {_setting_text(value)}" for name, value, printed in pairs if value != printed]
    return _("This net has other settings than the paper's: {settings}.").format(settings="; ".join(differences))


def _setting_text(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    is_flags = any(isinstance(part, bool) for part in value)
    return ", ".join(_("yes") if flag else _("no") for flag in value) if is_flags else "×".join(map(str, value))


def _of_paper(spec: ResNetSpec) -> ResNetSpec:
    """The paper's variant: a bottleneck's stride in its first 1×1, projections where the shape changes."""
    usual = replace(spec, **{name: getattr(ResNetSpec, name) for name in _FREE})
    return replace(usual, stride_in="1x1") if spec.block == "bottleneck" else usual


# FLOPs


def _flops(
    trace: Trace, spec: ResNetSpec, depth: int, trace_of: Callable[[ResNetSpec], Trace]
) -> Iterator[PrintedValue]:
    paper = trace_of(_of_paper(spec))
    shown = [paper]
    yield _flop_value(paper, depth, _rounding(paper.macs.known, depth))
    if spec.block == "basic":
        free = trace_of(replace(_of_paper(spec), shortcut="A"))
        yield _flop_value(free, depth, _without_projections(paper, free, depth))
        shown.append(free)
    else:
        moved = trace_of(replace(_of_paper(spec), stride_in="3x3"))
        yield _flop_value(moved, depth, _moved_stride(paper, moved))
        shown.append(moved)
    if all(trace.macs.known != other.macs.known for other in shown):
        yield _flop_value(trace, depth, _other_settings(spec, "FLOPs"))


def _flop_value(trace: Trace, depth: int, why: str) -> PrintedValue:
    printed = PRINTED_FLOPS[depth]
    return PrintedValue(
        row=FLOPS,
        what="FLOPs",
        net=trace.name,
        printed=f"{printed}×10⁹",
        computed=f"{trace.macs.known / _BILLION:.3f}×10⁹",
        n_macs=trace.macs.known,
        difference=trace.macs.known - round(printed * _BILLION),
        why=why,
    )


def _rounding(n_macs: int, depth: int) -> str:
    """How the paper's one-decimal figure follows from the multiply-adds; the paper is not consistent."""
    words = _("The net as the paper has it, with multiply-adds counted as FLOPs: {n}.").format(n=format_exact(n_macs))
    tenths = round(PRINTED_FLOPS[depth] * 10)
    is_rounded, is_cut = round(n_macs * 10 / _BILLION) == tenths, n_macs * 10 // _BILLION == tenths
    if is_rounded:
        end = _("Rounded to one decimal, this is what is printed.")
    elif is_cut:
        end = _("Printed is what is left when all but the first decimal is cut off.")
    else:
        end = _("Neither rounding nor cutting gives what is printed.")
    return f"{words} {end}"


def _without_projections(paper: Trace, free: Trace, depth: int) -> str:
    sums = _subtraction(paper.macs.known, free.macs.known)
    tenths, printed = round(free.macs.known * 10 / _BILLION), round(PRINTED_FLOPS[depth] * 10)
    words = _("Option A pads with zeros where B projects, so the projections' multiply-adds fall away: {sums}.").format(
        sums=sums
    )
    fits = (
        _("Rounded to one decimal, this is what is printed.")
        if tenths == printed
        else _("Rounded to one decimal, this is {n}×10⁹, which is not what is printed.").format(n=tenths / 10)
    )
    return f"{words} {fits}"


def _moved_stride(paper: Trace, moved: Trace) -> str:
    """The convolutions that cost more are those before the moved stride."""
    more = [op for op in moved.ops if op.macs.known != paper.nodes[op.id].macs.known]
    after, before = sum(op.macs.known for op in more), sum(paper.nodes[op.id].macs.known for op in more)
    return _(
        "torchvision has the stride in the 3×3 (v1.5) and not in the first 1×1, so that {ops} work on the map before "
        "it is made smaller: {sums} more."
    ).format(ops=", ".join(op.id for op in more), sums=_subtraction(after, before))


def _subtraction(whole: int, part: int) -> str:
    return f"{format_exact(whole)} − {format_exact(part)} = {format_exact(whole - part)}"
