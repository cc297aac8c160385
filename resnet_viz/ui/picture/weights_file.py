"""The upload of a weights file: what was loaded from it, or every key that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from resnet_viz.errors import ResnetVizError, WeightsError
from resnet_viz.i18n import _, current_language, n_
from resnet_viz.recognition.found import Recognition
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.ui.cache.weight_files import Sent, load_weights_file, net_of, recognise_file
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.ui.picture.class_names import ask_names
from resnet_viz.ui.picture.file_card import W_TAKE_NET, choose_part, show_card, show_unknown
from resnet_viz.units import format_exact

W_WEIGHTS_FILE, W_WEIGHTS_FILES, W_SEVERAL = "w_weights_file", "w_weights_files", "w_several_files"
# The reader's own limit (`checkpoints.MAX_BYTES`), and that of `.streamlit/config.toml`. The uploader shows sizes above
# half a gigabyte in whole gigabytes: 600 as 1.
MOST_MEGABYTES = 1024


@dataclass(frozen=True)
class FileChoice:
    """What the page has chosen of a file, and how it changes: its net, and which net of several."""

    part: str
    on_part: Callable[[str], None]
    on_net: Callable[[ResNetSpec], None]


def load_file(spec: ResNetSpec, device: str, choice: FileChoice) -> Weights | None:
    """Shows the uploader, and a card on its file; returns its weights, None if there is none or it does not fit.

    The net of a file is chosen when it comes; afterwards the reader may choose another.
    """
    _ask_file(spec, choice)
    sent = _sent()
    if sent is None:
        st.caption(
            _("The net of the file is chosen, whatever names its weights have. A link to it asks for the file again.")
        )
        return None
    with st.spinner(_("Loading the weights …")):
        part, found = _recognised(sent, choice.part)
        if found is not None:
            choose_part(found, lambda chosen: _take_net(spec, choice, chosen))
        outcome = load_weights_file(spec, device, sent, part, current_language())
    if outcome.error is not None:
        _show_misfit(outcome.error, found, spec, choice)
        _list_faults(outcome.error)
    if outcome.report is not None:
        if found is not None and found.spec is not None:
            show_card(found, spec, choice.on_net)
        st.caption(_report_words(outcome.report))
        _list_keys({_("Left out"): outcome.report.left_out, _("Set aside"): outcome.report.set_aside})
    weights = outcome.weights
    # The file of a published set brings its names.
    return weights if weights is None or weights.categories else replace(weights, categories=ask_names(spec))


def _ask_file(spec: ResNetSpec, choice: FileChoice) -> None:
    """Shows the uploader; another file takes the place of the first, unless a checkpoint is in several."""
    several = st.session_state.get(W_SEVERAL, False)
    st.file_uploader(
        _("A state dict"),
        accept_multiple_files=several,
        max_upload_size=MOST_MEGABYTES,
        key=W_WEIGHTS_FILES if several else W_WEIGHTS_FILE,
        on_change=_take_net,
        args=(spec, choice, None),
        help=_(
            "A checkpoint as torch.save writes it, safetensors or NumPy's npz, by any name. Nothing in it is executed."
        ),
    )
    st.toggle(
        _("In several files"),
        key=W_SEVERAL,
        help=_("A checkpoint in several files, as with an index.json: drop all of them together."),
    )


def _sent() -> Sent | None:
    session = st.session_state
    files = session.get(W_WEIGHTS_FILES) if session.get(W_SEVERAL) else [session.get(W_WEIGHTS_FILE)]
    given = tuple(file for file in files or [] if file is not None)
    return Sent(given) if given else None


def _recognised(sent: Sent, part: str) -> tuple[str, Recognition | None]:
    """Returns what a part of a file is, or what the file is where it has no such part; and the part's name, or ""."""
    found = recognise_file(sent, part, current_language())
    if found is not None or not part:
        return part, found
    return "", recognise_file(sent, "", current_language())


def _take_net(shown: ResNetSpec, choice: FileChoice, part: str | None) -> None:
    """Chooses the net of a file that has just come, or of a part that has just been chosen."""
    sent = _sent()
    if sent is None:
        return
    if part is not None:
        choice.on_part(part)
    _part, found = _recognised(sent, choice.part if part is None else part)
    net = None if found is None else net_of(found, shown)
    if net is not None and net != shown:
        choice.on_net(net)


def _show_misfit(error: ResnetVizError, found: Recognition | None, shown: ResNetSpec, choice: FileChoice) -> None:
    """Shows why weights were not loaded: the file is of no net here, or of another, which is offered."""
    if found is not None and found.spec is None and isinstance(error, WeightsError) and error.missing:
        show_unknown(found)
        return
    show_error(error)
    net = None if found is None else net_of(found, shown)
    if net is not None and net != shown:
        st.button(
            _("Choose {net}, the file's").format(net=plain(net.name)),
            key=W_TAKE_NET,
            icon=":material/swap_horiz:",
            on_click=lambda: choice.on_net(net),
        )


def _report_words(report: WeightsReport) -> str:
    words = [
        n_("{n} tensor loaded:", "{n} tensors loaded:", report.n_tensors).format(n=format_exact(report.n_tensors)),
        _("{n} values, {format}.").format(n=format_exact(report.n_values), format=report.format),
    ]
    if report.prefix:
        words.append(_("Prefix {prefix} taken off.").format(prefix=plain(report.prefix[:60])))
    if report.filled:
        words.append(_("{n} batch counters filled in.").format(n=format_exact(len(report.filled))))
    if report.converted:
        words.append(_("Converted from {type}.").format(type=report.converted))
    if report.made_plain:
        words.append(_("Made plain: {kinds}.").format(kinds=", ".join(_kind_words(kind) for kind in report.made_plain)))
    if left_out := len(report.left_out):
        words.append(
            n_("{n} entry is no part of the net.", "{n} entries are no part of the net.", left_out).format(
                n=format_exact(left_out)
            )
        )
    if set_aside := len(report.set_aside):
        words.append(
            n_(
                "{n} class of somebody's code set aside.", "{n} classes of somebody's code set aside.", set_aside
            ).format(n=format_exact(set_aside))
        )
    return " ".join(words)


def _kind_words(kind: str) -> str:
    words = {
        "pruned": _("pruned weights"),
        "weight norm": _("weight norm"),
        "spectral norm": _("spectral norm"),
        "quantised": _("quantised weights"),
        "of another class": _("tensors of another class"),
    }
    return words.get(kind, kind)


def _list_faults(error: ResnetVizError) -> None:
    """Lists every key that does not fit."""
    if isinstance(error, WeightsError):
        kinds = {
            _("Missing"): error.missing,
            _("Unexpected"): error.unexpected,
            _("Of another shape"): error.misshapen,
            _("Of another kind"): error.invalid,
        }
        _list_keys(kinds)


def _list_keys(kinds: dict[str, tuple[str, ...]]) -> None:
    """Lists all names from a file, by kind, as plain text."""
    lines = [f"{kind}: {key}" for kind, keys in kinds.items() for key in keys]
    if lines:
        with st.expander(n_("{n} key", "All {n} keys", len(lines)).format(n=len(lines))):
            st.code("\n".join(lines), language=None, height=200)
