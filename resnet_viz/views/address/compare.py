"""URL query of a comparison: `nets=resnet18~resnet152&level=block`; a custom net is a nested query string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.organisms.index import trained_name
from resnet_viz.spec.named import is_word
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.spec.shown import ShownNet, net_word, read_shown
from resnet_viz.views.address.view import LEVEL, NODE, PART_KEYS, RANDOM, SHADE, WEIGHTS, View, read_view, write_parts

NETS, SAME = "nets", "same"
LEAST, MOST = 2, 4
_BETWEEN = "~"
DEFAULT_NETS = (PRESETS["resnet18"], PRESETS["resnet152"])


@dataclass(frozen=True)
class CompareView:
    """Two to four nets and how they are drawn; level, open parts, chosen node and shade apply to all of them."""

    specs: tuple[ShownNet, ...] = DEFAULT_NETS
    level: str = View(DEFAULT_NETS[0]).level
    node: str | None = None
    parts: tuple[tuple[str, str], ...] = ()
    shade: str = View(DEFAULT_NETS[0]).shade
    weights: tuple[str, ...] = ()
    """One per net, in order, as `View.weights` without `file`; random for nets past the end."""
    same: bool = False
    """Whether the same picture is run through all nets."""

    def weights_of(self, net: int) -> str:
        """Returns the weights of the net at an index."""
        return self.weights[net] if net < len(self.weights) else RANDOM

    def with_net(self, net: int, spec: ShownNet) -> CompareView:
        """Replaces one net; its weights become those that it comes with, else random, which any net may have."""
        specs = (*self.specs[:net], spec, *self.specs[net + 1 :])
        before, after = self._all_weights()[:net], self._all_weights()[net + 1 :]
        return replace(self, specs=specs, weights=(*before, trained_name(spec, RANDOM), *after))

    def without_net(self, net: int) -> CompareView:
        """Removes one net and the selection, since ids start with the letter of their net."""
        weights = self._all_weights()
        left = replace(self, specs=(*self.specs[:net], *self.specs[net + 1 :]), node=None)
        return replace(left, weights=(*weights[:net], *weights[net + 1 :]))

    def _all_weights(self) -> tuple[str, ...]:
        return tuple(map(self.weights_of, range(len(self.specs))))


def read_compare(params: Mapping[str, str]) -> tuple[CompareView, list[str]]:
    """Returns the view of query parameters, and a sentence for each invalid value, which is replaced."""
    notes: list[str] = []
    known = read_nets(params.get(NETS, ""), MOST, notes)
    # A single net is compared with a default net that differs from it.
    filled = known if len(known) >= LEAST else (*known, *(s for s in DEFAULT_NETS if s not in known))[:LEAST]
    rest = {key: params[key] for key in (LEVEL, NODE, SHADE, *PART_KEYS.values()) if key in params}
    view, more = read_view(rest)
    weights = tuple(_read_weights(text, more) for text in params.get(WEIGHTS, "").split(_BETWEEN)[:MOST] if text)
    shown = CompareView(filled, view.level, view.node, view.parts, view.shade, weights, params.get(SAME) == "1")
    return shown, [*notes, *more]


def write_compare(view: CompareView) -> dict[str, str]:
    """Returns the view as query parameters; defaults are omitted."""
    usual = CompareView()
    choices = {LEVEL: (view.level, usual.level), SHADE: (view.shade, usual.shade), NODE: (view.node or "", "")}
    return {
        **({NETS: write_nets(view.specs)} if view.specs != DEFAULT_NETS else {}),
        **{key: value for key, (value, default) in choices.items() if value != default},
        **write_parts(view.parts),
        **({WEIGHTS: _BETWEEN.join(view.weights)} if set(view.weights) - {RANDOM} else {}),
        **({SAME: "1"} if view.same else {}),
    }


def compare_drawing_address(view: CompareView) -> str:
    """Returns the drawing's canonical query string: independent of the selection, always with the nets' names."""
    drawn = write_compare(CompareView(view.specs, view.level, parts=view.parts))
    return urlencode({NETS: write_nets(view.specs), **drawn}, safe=",~")


def read_nets(text: str, most: int, notes: list[str]) -> tuple[ShownNet, ...]:
    """Returns the nets of one query value, at most `most`; unknown ones are left out and reported in `notes`."""
    texts = [text for text in text.split(_BETWEEN) if text]
    if len(texts) > most:
        notes.append(_("The link compares {n} nets; the first {most} are shown.").format(n=len(texts), most=most))
    specs = [_read_net(text, notes) for text in texts[:most]]
    return tuple(spec for spec in specs if spec is not None)


def read_specs(text: str, most: int, notes: list[str]) -> tuple[ResNetSpec, ...]:
    """As `read_nets`, of settings alone: nets of a library or a file are left out, and reported in `notes`."""
    specs: list[ResNetSpec] = []
    for net in read_nets(text, most, notes):
        if isinstance(net, ResNetSpec):
            specs.append(net)
        else:
            notes.append(only_specs(net))
    return tuple(specs)


def only_specs(net: ShownNet) -> str:
    """Returns a sentence: this page has no such net."""
    return _("{net} is shown by Explore and Compare alone; here nets are made of settings.").format(net=net_word(net))


def write_nets(specs: Sequence[ShownNet]) -> str:
    """Returns the nets as one query value; the separator occurs in no net's own query."""
    return _BETWEEN.join(map(write_net, specs))


def write_net(spec: ShownNet) -> str:
    """Returns a net as part of a query value: a preset as its name, another net as its query."""
    pairs = spec.to_pairs()
    return pairs["net"] if list(pairs) == ["net"] else spec.to_query()


def _read_weights(text: str, notes: list[str]) -> str:
    """Returns the weights of one net, not checked against torchvision."""
    view, more = read_view({WEIGHTS: text})
    notes += more
    return view.weights


def _read_net(text: str, notes: list[str]) -> ShownNet | None:
    try:
        if "=" in text:
            return read_shown(text)
        return read_shown({"net": text}) if is_word(text) else ResNetSpec.preset(text)
    except SpecError as error:
        notes.append(_("{reason} It is left out.").format(reason=str(error)))
        return None
