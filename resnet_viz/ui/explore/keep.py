"""Download of the drawing of one net."""

from __future__ import annotations

from resnet_viz.errors import DrawError
from resnet_viz.i18n import current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.page.download import Download, show_download
from resnet_viz.views.address.view import View
from resnet_viz.views.export.drawing import (
    check_size,
    drawing_size,
    export_graph,
    file_name,
    measure_subject,
    net_subject,
)
from resnet_viz.views.export.options import ExportOptions, FileSize
from resnet_viz.views.parts.detail import Detail


def show_keep(view: View, trace: Trace, detail: Detail) -> None:
    """Shows a popover with the export options and the download button of this view's drawing."""
    try:
        svg = cache.get_drawing(view.spec, detail, view.form, current_language()).svg
    except DrawError:
        return  # Nothing is drawn; the page shows the error.

    def measure(options: ExportOptions) -> FileSize:
        subject = net_subject(trace, detail, view.form, options)
        key = (view.spec, detail, view.form, options)
        return cache.get_file_size(key, current_language(), lambda: measure_subject(subject, options))

    show_download(
        Download(
            shade=view.shade,
            check=lambda options: check_size(drawing_size(svg), options),
            measure=measure,
            make=lambda options: export_graph(trace, detail, view.form, options),
            name=lambda options: file_name(trace, detail, options),
        )
    )
