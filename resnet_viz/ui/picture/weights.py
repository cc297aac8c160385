"""Which weights the net has: random ones, torchvision's, downloaded on request, or those of a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.errors import ResnetVizError, WeightsError
from resnet_viz.i18n import _, current_language, n_
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.ui.page import state
from resnet_viz.units import format_bytes, format_exact
from resnet_viz.views.address.view import FILE, RANDOM, View

if TYPE_CHECKING:
    from resnet_viz.model.weights.load import WeightsReport
    from resnet_viz.model.weights.published import PublishedWeights

# As much as is read at all (`checkpoints.MAX_BYTES`), and as in `.streamlit/config.toml`. The browser writes what is
# more than half of a gigabyte in whole ones: of 600 it would say 1.
MOST_MEGABYTES = 1024


def choose_weights(view: View, device: str) -> Weights:
    """The weights to use. Where the chosen ones are not there, that is told, and random ones are used meanwhile."""
    spec = view.spec
    published = {found.name: found for found in scene.get_published(spec)}
    names = [RANDOM, *published, FILE]
    if view.weights not in names:
        st.warning(
            _("{name} has no weights named {got}; random ones are used.").format(name=spec.name, got=view.weights),
            icon=":material/link_off:",
        )
    chosen = view.weights if view.weights in names else RANDOM
    st.session_state[state.W_WEIGHTS] = chosen
    titles = {RANDOM: _("Random, seed 0"), FILE: _("From a file …")}
    titles |= {name: f"{name} · {found.top1:.1f} %" for name, found in published.items()}
    st.selectbox(
        _("Weights"),
        names,
        format_func=lambda name: titles[name],
        key=state.W_WEIGHTS,
        on_change=lambda: state.change(weights=st.session_state[state.W_WEIGHTS]),
        help=_("torchvision's trained weights with their top-1 accuracy on ImageNet, or a file of your own."),
    )
    usual = Weights(preparation=Preparation(spec.input_size))
    if chosen == RANDOM:
        return usual
    return (_from_file(spec, device) if chosen == FILE else _downloaded(published[chosen], spec)) or usual


def _downloaded(published: PublishedWeights, spec: ResNetSpec) -> Weights | None:
    from resnet_viz.model.weights.published import cached_weights, set_aside_damaged

    preparation = replace(published.preparation, size=spec.input_size)
    facts = _("Top-1 {acc1} %, top-5 {acc5} %. [How they were trained]({recipe})").format(
        acc1=published.top1, acc5=published.top5, recipe=published.recipe
    )
    st.caption(facts)
    if cached_weights(published):
        return Weights(published.title, published.name, preparation, published.categories)
    size = format_bytes(published.size)
    if set_aside_damaged(published):
        text = _("The copy of {name} on this machine is damaged and is not used. Download it again.")
        st.warning(text.format(name=published.name), icon=":material/broken_image:")
    else:
        text = _("{name} is not on this machine yet. It is kept for the next time.")
        st.info(text.format(name=published.name), icon=":material/cloud_download:")
    if st.button(_("Download {size}").format(size=size), icon=":material/download:", key=state.W_DOWNLOAD):
        _download(published)
    return None


def _download(published: PublishedWeights) -> None:
    from resnet_viz.model.weights.download import download_weights

    bar = st.progress(0.0)

    def tell(done: int, total: int) -> None:
        words = _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))
        bar.progress(min(1.0, done / max(total, 1)), words)

    try:
        download_weights(published, tell)
    except WeightsError as error:
        bar.empty()
        st.error(state.plain(str(error)), icon=":material/cloud_off:")
    else:
        st.rerun()


def _from_file(spec: ResNetSpec, device: str) -> Weights | None:
    sent = st.file_uploader(
        _("A state dict"),
        max_upload_size=MOST_MEGABYTES,
        key=state.W_WEIGHTS_FILE,
        help=_("A checkpoint as torch.save writes it, or safetensors, by any name. Nothing in it is executed."),
    )
    if sent is None:
        return None
    with st.spinner(_("Loading the weights …")):
        outcome = scene.read_file(spec, device, sent.file_id, current_language(), sent)
    if outcome.error is not None:
        st.error(state.plain(str(outcome.error)), icon=":material/error:")
        _list_faults(outcome.error)
    if outcome.report is not None:
        st.caption(_report_words(outcome.report))
        _list_keys({_("Left out"): outcome.report.left_out, _("Set aside"): outcome.report.set_aside})
    return outcome.weights


def _report_words(report: WeightsReport) -> str:
    words = [
        n_("{n} tensor loaded:", "{n} tensors loaded:", report.n_tensors).format(n=format_exact(report.n_tensors)),
        _("{n} values, {format}.").format(n=format_exact(report.n_values), format=report.format),
    ]
    if report.prefix:
        words.append(_("Prefix {prefix} taken off.").format(prefix=state.plain(report.prefix[:60])))
    if report.filled:
        words.append(_("{n} batch counters filled in.").format(n=format_exact(len(report.filled))))
    if report.converted:
        words.append(_("Converted from {type}.").format(type=report.converted))
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


def _list_faults(error: ResnetVizError) -> None:
    """Every key that does not fit."""
    if isinstance(error, WeightsError):
        kinds = {
            _("Missing"): error.missing,
            _("Unexpected"): error.unexpected,
            _("Of another shape"): error.misshapen,
            _("Of another kind"): error.invalid,
        }
        _list_keys(kinds)


def _list_keys(kinds: dict[str, tuple[str, ...]]) -> None:
    """Names from a file, all of them, as plain text."""
    lines = [f"{kind}: {key}" for kind, keys in kinds.items() for key in keys]
    if lines:
        with st.expander(n_("{n} key", "All {n} keys", len(lines)).format(n=len(lines))):
            st.code("\n".join(lines), language=None, height=200)
