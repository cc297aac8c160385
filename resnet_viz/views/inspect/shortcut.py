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
    """Whole sentences, with the values of the reasons in them: it can stand without these."""
    residual: tuple[str, ...]
    bypass: tuple[str, ...]
    add: str | None


def explain_shortcut(trace: Trace, block: Block) -> Shortcut:
    """Returns a block's shortcut and the reasons for its kind."""
    reasons = () if block.shortcut == "none" else _reasons(trace, block)
    return Shortcut(
        kind=block.shortcut,
        reasons=reasons,
        conclusion=_conclude(trace, block, [reason.holds for reason in reasons]),
        residual=block.residual,
        bypass=block.bypass,
        add=block.add,
    )


def _reasons(trace: Trace, block: Block) -> tuple[Reason, ...]:
    stride, is_strided = _stride_text(block), block.stride != (1, 1)
    before, after = trace.in_shape(block), block.out_shape
    reasons = [Reason(_("Stride is not 1?"), f"{stride} {'≠' if is_strided else '='} 1", is_strided)]
    if len(before) > 1 and len(after) > 1:
        differs = before[1] != after[1]
        values = f"{format_exact(before[1])} {'≠' if differs else '='} {format_exact(after[1])}"
        reasons.append(Reason(_("Channels differ?"), values, differs))
    return tuple(reasons)


def _stride_text(block: Block) -> str:
    vertical, horizontal = block.stride
    return str(vertical) if vertical == horizontal else f"{vertical}×{horizontal}"


def _conclude(trace: Trace, block: Block, holds: list[bool]) -> str:
    """The values, what they mean for the shape of x, and what the block does about it, in whole sentences."""
    sentences = [_premise(trace, block, holds), _conclusion(trace, block.shortcut, any(holds))]
    if trace.spec and trace.spec.pre_activation and block.bypass:
        sentences.append(
            _("It takes x as the branch does, behind the block's first ReLU.")
            if trace.spec.norm == "none"
            else _("It takes x as the branch does, behind the block's first norm and ReLU.")
        )
    return " ".join(filter(None, sentences))


def _premise(trace: Trace, block: Block, holds: list[bool]) -> str:
    """The values with what follows from them; nothing of a block without a shortcut, or without channels."""
    if len(holds) < 2:
        return ""
    if block.shortcut in ("identity", "gated") and any(holds):
        words = _("Stride {stride} and {before} → {after} channels.")
    else:
        words = {
            (True, True): _("Stride {stride} and {before} → {after} channels, so the shape of x is not that of F(x)."),
            (True, False): _("Stride {stride}, so x is larger than F(x), though both have {after} channels."),
            (False, True): _(
                "Stride {stride}, but {before} → {after} channels, so the shape of x is not that of F(x)."
            ),
            (False, False): _("Stride {stride} and {after} channels before and after, so x has the shape of F(x)."),
        }[holds[0], holds[1]]
    before, after = (format_exact(shape[1]) for shape in (trace.in_shape(block), block.out_shape))
    return words.format(stride=_stride_text(block), before=before, after=after)


def _conclusion(trace: Trace, kind: str, is_needed: bool) -> str:
    option = trace.spec.shortcut if trace.spec else None
    if option == "A" and kind == "parameter-free":
        return _("On the shortcut pixels are left out and channels of zeros added, without weights (option A).")
    if option == "C" and kind == "projection" and not is_needed:
        return _("Yet x goes through layers with weights: here every block projects (option C).")
    return {
        ("identity", False): _("It is added as it is."),
        ("identity", True): _("The shapes still fit, and x is added as it is."),
        ("projection", True): _("Layers with weights on the shortcut bring x into the shape of F(x)."),
        ("projection", False): _("Yet x goes through layers with weights: this block projects all the same."),
        ("parameter-free", True): _("Operations without weights on the shortcut bring x into the shape of F(x)."),
        ("parameter-free", False): _("Yet x goes through operations without weights before the add."),
        ("gated", False): _("Yet x is multiplied by a function of itself before the add: a gate."),
        ("gated", True): _("Before the add x is multiplied by a function of itself: a gate."),
    }.get((kind, is_needed), _("No shortcut: nothing is added to what the block's layers give."))
