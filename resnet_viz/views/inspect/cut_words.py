"""The two sides of a cut as text: a row for each figure, and the rule that joins stride and field."""

from __future__ import annotations

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_bytes, format_exact, format_pixels
from resnet_viz.views.inspect.cut import Cut, Pair, Side
from resnet_viz.views.parts.words import field_text

_NONE = "–"


def cut_rows(cut: Cut) -> list[tuple[str, str, str]]:
    """Returns for each figure its title, its value up to the cut, and its value from there on."""
    before, behind = cut.before, cut.behind
    return [
        (_("Parameters"), format_exact(before.n_params), format_exact(behind.n_params)),
        (_("MACs"), before.macs.amount, behind.macs.amount),
        (_("Activations"), format_bytes(before.act_bytes), format_bytes(behind.act_bytes)),
        (_("Total stride"), _pair_text(before.stride), _pair_text(behind.stride)),
        (_("Receptive field"), field_text(cut.field), _positions_text(behind)),
    ]


def cut_rule(trace: Trace, cut: Cut) -> str:
    """Returns what stride and field from here are of, with the rule by which they chain with those up to here."""
    if cut.end is None:
        return _("Stride and receptive field are told up to the end of the last stage, which is not behind this.")
    words = _("Stride and receptive field from here are those up to the end of {stage}, in positions of this map.")
    sentences = [words.format(stage=cut.end)]
    end = trace.nodes[cut.end].field
    if not cut.is_only_way:
        sentences.append(_("What is behind takes other outputs, too: a way goes past this one."))
    elif end and cut.before.stride and cut.before.field and cut.behind.field:
        chain = _("Fields chain: {here} + ({behind} − 1) × {stride} = {end} px.")
        here, behind, stride = cut.before.field[0], cut.behind.field[0], cut.before.stride[0]
        sizes = {"here": here, "behind": behind, "stride": stride, "end": end[0].size}
        sentences.append(chain.format(**{name: format_exact(size) for name, size in sizes.items()}))
    return " ".join(sentences)


def _pair_text(pair: Pair | None) -> str:
    return _NONE if pair is None else str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"


def _positions_text(side: Side) -> str:
    if side.field is None:
        return _NONE
    height, width = side.field
    if height != width:
        return _("{size} positions").format(size=format_pixels(height, width).removesuffix(" px"))
    return n_("{n} position", "{n} positions", height).format(n=format_exact(height))
