"""Why a block has its kind of shortcut: torchvision's condition with the block's values.

`ResNet._make_layer` projects where `stride != 1 or inplanes != planes * expansion` (option B of He et al. 2015); under
the same condition option A pads with zeros. Option C projects everywhere, and a plain net has no shortcuts.
"""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Trace
from resnet_viz.units import format_exact


@dataclass(frozen=True, slots=True)
class Reason:
    """One half of the condition: the question, the block's values, and the answer."""

    question: str
    values: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A block's shortcut: its kind, the two reasons, the conclusion, and the ops of both branches."""

    kind: str
    reasons: tuple[Reason, ...]
    conclusion: str
    residual: tuple[str, ...]
    bypass: tuple[str, ...]
    add: str | None


def explain_shortcut(trace: Trace, block: Block) -> Shortcut:
    """Returns a block's shortcut and the reasons for its kind."""
    reasons = () if block.shortcut == "none" else _reasons(trace, block)
    return Shortcut(
        kind=block.shortcut,
        reasons=reasons,
        conclusion=_conclude(trace, block, any(reason.holds for reason in reasons)),
        residual=block.residual,
        bypass=block.bypass,
        add=block.add,
    )


def _reasons(trace: Trace, block: Block) -> tuple[Reason, ...]:
    vertical, horizontal = block.stride
    stride = str(vertical) if vertical == horizontal else f"{vertical}×{horizontal}"
    is_strided = block.stride != (1, 1)
    before, after = trace.in_shape(block), block.out_shape
    reasons = [Reason(_("Stride is not 1?"), f"{stride} {'≠' if is_strided else '='} 1", is_strided)]
    if len(before) > 1 and len(after) > 1:
        differs = before[1] != after[1]
        values = f"{format_exact(before[1])} {'≠' if differs else '='} {format_exact(after[1])}"
        reasons.append(Reason(_("Channels differ?"), values, differs))
    return tuple(reasons)


def _conclude(trace: Trace, block: Block, is_needed: bool) -> str:
    sentences = [_conclusion(trace, block.shortcut, is_needed)]
    if trace.spec and trace.spec.pre_activation and block.bypass:
        sentences.append(
            _("It takes x as the branch does, behind the block's first ReLU.")
            if trace.spec.norm == "none"
            else _("It takes x as the branch does, behind the block's first norm and ReLU.")
        )
    return " ".join(sentences)


def _conclusion(trace: Trace, kind: str, is_needed: bool) -> str:
    option = trace.spec.shortcut if trace.spec else None
    if option == "A" and kind == "parameter-free":
        return _(
            "So the shape of x is not that of F(x): pixels are left out and channels of zeros added, without weights "
            "(option A)."
        )
    if option == "C" and kind == "projection" and not is_needed:
        return _("Neither, yet x goes through layers with weights: here every block projects (option C).")
    return {
        ("identity", False): _("Neither, so x has the shape of F(x) and is added as it is."),
        ("identity", True): _("The shapes still fit: x is added as it is."),
        ("projection", True): _("So the shape of x is not that of F(x): layers with weights bring it there."),
        ("projection", False): _("Neither, yet this block projects all the same: x goes through layers with weights."),
        ("parameter-free", True): _("So the shape of x is not that of F(x): it is brought there without weights."),
        ("parameter-free", False): _("Neither, yet x goes through operations without weights before the add."),
        ("gated", False): _("Neither, yet x is multiplied by a function of itself before the add: a gate."),
        ("gated", True): _("A gate: x is multiplied by a function of itself before the add."),
    }.get((kind, is_needed), _("No shortcut: nothing is added to what the block's layers give."))
