"""Files of weights that a reader sends: which net one is of, and the weights in it. Cached per session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import use_language
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition.found import Recognition
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.ui.cache.scene import Weights

if TYPE_CHECKING:
    from resnet_viz.model.weights.load import WeightsReport

_SMALL = (32, 32)


@dataclass(frozen=True)
class FileOutcome:
    """Outcome of reading a file of weights: the weights and the report on them, or the error."""

    weights: Weights | None = None
    report: WeightsReport | None = None
    error: ResnetVizError | None = None


@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def recognise_file(file_id: str, part: str, language: str, _file: Any) -> Recognition | None:
    """Returns which net an uploaded file, or a part of it, is of; None for a file that cannot be read."""
    from resnet_viz import recognise

    use_language(language)
    try:
        return recognise(_file.getvalue(), part or None)
    except ResnetVizError:
        return None


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def load_weights_file(spec: ResNetSpec, device: str, file_id: str, part: str, language: str, _file: Any) -> FileOutcome:
    """Loads an uploaded file of weights into a net. file_id: identifies the upload; language: of an error.

    Only a file that torchvision has published, by its hash, brings its preparation and the names of its classes: a net
    of 1000 outputs may have been trained on any others.
    """
    use_language(language)
    data = _file.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    published = next((found for found in scene.get_published(spec) if digest.startswith(found.hash_prefix)), None)
    weights = Weights(
        key=f"{digest[:24]}{part and f':{part}'}",
        title=_file.name,
        preparation=replace(
            published.preparation if published else Preparation(), size=spec.input_size, channels=spec.in_channels
        ),
        categories=published.categories if published else (),
        data=data,
        part=part,
    )
    try:
        report = scene.load_model(spec, device, weights)[1]
    except ResnetVizError as error:
        return FileOutcome(error=error)
    assert report is not None
    return FileOutcome(replace(weights, has_head=not report.kept), report)


def net_of(found: Recognition, shown: ResNetSpec) -> ResNetSpec | None:
    """Returns the net to show for a file: its own, with what the file cannot tell as in the net that is shown.

    None for a file that is of no known net. A net for small pictures gets small ones.
    """
    spec = found.spec
    if spec is None:
        return None
    alike = replace(shown, num_classes=spec.num_classes)
    if shapes_of(replace(alike, norm=spec.norm)) == shapes_of(spec):
        return alike
    return replace(spec, input_size=_SMALL if spec.stem == "3x3" else shown.input_size)
