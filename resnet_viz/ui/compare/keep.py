"""Download of the drawing of several nets."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.errors import DrawError
from resnet_viz.i18n import current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.comparisons import get_comparison, get_differences
from resnet_viz.ui.page.download import Download, show_download
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.export import Compared, comparison_subject, export_comparison, name_comparison
from resnet_viz.views.compare.marks import find_marks
from resnet_viz.views.export.drawing import check_size, drawing_size, measure_subject
from resnet_viz.views.export.options import ExportOptions, FileSize


def show_keep(view: CompareView, traces: Sequence[Trace]) -> None:
    """Shows a popover with the export options and the download button of the drawing; parts are those drawn."""
    language = current_language()
    plainly = CompareView(view.specs, view.level, parts=view.parts)
    try:
        svg = get_comparison(plainly, language).svg
    except DrawError:
        return  # Nothing is drawn; the page shows the error.
    details = details_of(traces, view.level, view.parts)
    compared = Compared(tuple(traces), details, find_marks(get_differences(view.specs, language)))

    def measure(options: ExportOptions) -> FileSize:
        subject = comparison_subject(compared, options)
        return cache.get_file_size((plainly, options), language, lambda: measure_subject(subject, options))

    show_download(
        Download(
            shade=view.shade,
            check=lambda options: check_size(drawing_size(svg), options),
            measure=measure,
            make=lambda options: export_comparison(compared, options),
            name=lambda options: name_comparison(compared, options),
        )
    )
