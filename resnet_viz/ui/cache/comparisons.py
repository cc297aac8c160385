"""Comparisons of nets: their drawing, what differs, and their parts side by side, each made once."""

from __future__ import annotations

from typing import cast

from resnet_viz.i18n import use_language
from resnet_viz.jobs.nets import DrawCompared
from resnet_viz.spec.shown import FileNet, ShownNet
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.cache.nets import get_facts, get_trace, is_large
from resnet_viz.ui.cache.stored import Drawing
from resnet_viz.ui.server.asking import ask
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.compare.differences import differences_of
from resnet_viz.views.compare.layers import Difference
from resnet_viz.views.compare.rows import Comparison, compare_traces
from resnet_viz.views.graph.draw import ROW_WIDTH
from resnet_viz.views.graph.payload import pack_json
from resnet_viz.workers.lanes import LARGE


def get_comparison(view: CompareView, language: str, wide: int = ROW_WIDTH) -> Drawing:
    """Returns several nets in one drawing, in rows of `wide` points; for the view see below. Raises DrawError."""
    from resnet_viz.views.compare.payload import compare_rows_payload

    kept = lay_out_comparison(view, language)
    key = ("compared rows", view, language, wide)
    return RECORDS.get(key, lambda: Drawing(pack_json(compare_rows_payload(kept.read(), wide))))


def lay_out_comparison(view: CompareView, language: str) -> Drawing:
    """Returns the strips that rows are made of; of the view only nets, level and parts are used. Raises DrawError."""
    from resnet_viz.views.compare.payload import compare_payload, open_nets

    def make() -> Drawing:
        if is_large(*view.specs) and not any(isinstance(net, FileNet) for net in view.specs):
            return Drawing(cast(bytes, ask(DrawCompared(view), LARGE)))
        found = get_differences(view.specs, language)
        nets = open_nets(view, get_trace, lambda spec: get_facts(spec, language), found)
        return Drawing(pack_json(compare_payload(view, nets)))

    use_language(language)
    return RECORDS.get(("comparison", view, language), make)


def get_differences(specs: tuple[ShownNet, ...], language: str) -> tuple[tuple[Difference, ...], ...]:
    """Returns what each net but the first has otherwise than the first."""
    use_language(language)
    return RECORDS.get(("differences", specs, language), lambda: differences_of([get_trace(spec) for spec in specs]))


def get_compared(specs: tuple[ShownNet, ...], language: str) -> Comparison:
    """Returns the nets' parts aligned by their places."""
    use_language(language)
    return RECORDS.get(("compared", specs, language), lambda: compare_traces([get_trace(spec) for spec in specs]))
