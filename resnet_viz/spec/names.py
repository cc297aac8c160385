"""Names of nets: the literature's name, followed by what differs from it."""

from __future__ import annotations

from resnet_viz.i18n import _, n_
from resnet_viz.spec.checks import usual_widths
from resnet_viz.spec.settings import Settings


def name_spec(spec: Settings) -> str:
    """Returns a name as in ResNet-50 v1, SE-ResNeXt-50 32x4d, Plain-34, ResNet-110 (CIFAR), Plain-56 (digits)."""
    words = [f"{_prefix(spec)}{_family(spec)}", *_marks(spec)]
    if spec.is_cifar:
        words.append("(CIFAR)")
    if spec.is_for_digits:
        words.append("(digits)")
    return " ".join(words)


def _prefix(spec: Settings) -> str:
    return "SE-" if spec.squeeze_excitation else ""


def _family(spec: Settings) -> str:
    """Returns the family and depth, with the suffix -D for ResNet-D's two changes."""
    deep = "-D" if _is_d(spec) else ""
    if spec.shortcut == "none" and spec.groups == 1 and spec.width_per_group == 64:
        return f"Plain-{spec.depth}{deep}"
    if spec.groups > 1:
        return f"ResNeXt-{spec.depth}{deep} {spec.groups}x{spec.width_per_group}d"
    factor, rest = divmod(spec.width_per_group, 64)
    if rest:
        return f"ResNet-{spec.depth}{deep} 1x{spec.width_per_group}d"
    return f"ResNet-{spec.depth}{deep}" if factor == 1 else f"Wide ResNet-{spec.depth}-{factor}{deep}"


def _marks(spec: Settings) -> list[str]:
    marks = []
    is_small = spec.is_cifar or spec.is_for_digits
    if spec.stride_in == "1x1":
        marks.append("v1")
    if spec.pre_activation:
        marks.append("v2")
    # The default shortcut is A for a net of this form, B for any other.
    if spec.shortcut != ("A" if is_small else "B") and not _family(spec).startswith("Plain"):
        marks.append("plain" if spec.shortcut == "none" else spec.shortcut)
    if spec.stem != "7x7" and not is_small and not _is_d(spec):
        marks.append(f"{spec.stem} stem")
    if spec.average_shortcut and not _is_d(spec):
        marks.append("pooled shortcut")
    if spec.widths != usual_widths(len(spec.layers)) and not is_small:
        marks.append(f"[{', '.join(map(str, spec.widths))}]")
    return marks


def _is_d(spec: Settings) -> bool:
    return spec.stem == "deep" and spec.average_shortcut


def list_label(spec: Settings) -> str:
    """Returns a label from the blocks, as in `2-2-2-2 basic`; a CIFAR net with the same list has another label."""
    block = _("CIFAR") if spec.is_cifar else {"basic": _("basic"), "bottleneck": _("bottleneck")}[spec.block]
    return f"{'-'.join(map(str, spec.layers))} {block}"


def list_depth_label(spec: Settings) -> str:
    """Returns a label with the depth, as in `2-3-18-2 basic · 52 layers`."""
    depth = n_("{n} layer", "{n} layers", spec.depth).format(n=spec.depth)
    return f"{list_label(spec)} · {depth}"
