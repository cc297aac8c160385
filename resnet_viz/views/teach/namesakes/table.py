"""The tables of one name's nets, in words: the nets, and what goes into them."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.teach.namesakes.rows import Load, Namesake, Preparation, namesakes

DEPTHS = (50, 18)
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def nets_table(depth: int) -> dict[str, list[str]]:
    """Returns what the nets are: columns by their headings, in the current language."""
    rows = namesakes(depth)
    return {
        **_first_columns(rows),
        _("Stride"): [_stride_text(row) for row in rows],
        _("Parameters"): [format_exact(row.n_params) for row in rows],
        _("MACs"): [format_exact(row.n_macs) for row in rows],
        _("Last γ"): [_gamma_text(row) for row in rows],
        _("ε, momentum"): [f"{row.eps:g}, {row.momentum:g}" for row in rows],
        _("Biases"): [str(row.n_conv_biases) for row in rows],
    }


def inputs_table(depth: int) -> dict[str, list[str]]:
    """Returns what the nets take: weights of torchvision, pictures; and where they are written."""
    rows = namesakes(depth)
    return {
        **_first_columns(rows),
        _("Strict load"): [_load_text(row.load) for row in rows],
        _("Picture"): [_picture_text(row.preparation) for row in rows],
        _("Source"): [row.source for row in rows],
    }


def _first_columns(rows: Sequence[Namesake]) -> dict[str, list[str]]:
    return {_("Library"): [f"{row.package} {row.version}" for row in rows], _("Call"): [row.call for row in rows]}


def _stride_text(row: Namesake) -> str:
    text = row.strided.replace("x", "×")
    if row.in_block == "last":
        text = _("{kernel} of a stage's last block").format(kernel=text)
    if row.n_strided > 3:
        text = _("{kernel}, in the first stage too").format(kernel=text)
    return _("{kernel}, none in the stem").format(kernel=text) if row.stem_stride == 1 else text


def _gamma_text(row: Namesake) -> str:
    return _("0 in {n} blocks").format(n=row.n_zero_gammas) if row.n_zero_gammas else "1"


def _load_text(load: Load) -> str:
    if load.loads:
        return _("loads, {n} left out").format(n=load.unexpected) if load.unexpected else _("loads")
    text = _("{missing} missing, {unexpected} unexpected").format(missing=load.missing, unexpected=load.unexpected)
    return _("{others}, {n} of another shape").format(others=text, n=load.shapes) if load.shapes else text


def _picture_text(said: Preparation) -> str:
    parts = []
    if said.resize is not None and said.resize == said.crop:
        parts.append(_("all of it, to {crop}×{crop}").format(crop=said.crop))
    elif said.resize is not None:
        parts.append(_("{resize}, then {crop}").format(resize=said.resize, crop=said.crop))
    if said.interpolation is not None:
        parts.append(said.interpolation)
    if said.order != "RGB":
        parts.append(_("{order} from 0 to {most}").format(order=said.order, most=said.range))
    if said.mean is not None and said.std is not None:
        parts.append(_values_text(said.mean, said.std))
    return "; ".join(parts) or _("not in the package")


def _values_text(mean: tuple[float, ...], std: tuple[float, ...]) -> str:
    if (mean, std) == _IMAGENET:
        return _("ImageNet's mean and deviation")
    texts = [", ".join(f"{value:g}" for value in dict.fromkeys(values)) for values in (mean, std)]
    return _("mean {mean}, deviation {std}").format(mean=texts[0], std=texts[1])
