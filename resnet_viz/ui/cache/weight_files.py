"""Files of weights that a reader sends: which net one is of, and the weights in it. Cached per session."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.i18n import use_language
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.organisms.index import organism_of
from resnet_viz.recognition.found import Recognition
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.ui.cache.scene import Weights

_SMALL = (32, 32)


@dataclass(frozen=True)
class FileOutcome:
    """Outcome of reading a file of weights: the weights and the report on them, or the error."""

    weights: Weights | None = None
    report: WeightsReport | None = None
    error: ResnetVizError | None = None


@dataclass(frozen=True)
class Sent:
    """The files that a reader has sent at once, which are one checkpoint."""

    files: tuple[Any, ...]

    @property
    def key(self) -> str:
        """Identifies these uploads."""
        return "+".join(file.file_id for file in self.files)

    @property
    def name(self) -> str:
        """The first one's name."""
        return str(self.files[0].name)

    def read(self) -> bytes | tuple[bytes, ...]:
        """Returns the bytes of the only file, or of each."""
        parts = tuple(file.getvalue() for file in self.files)
        return parts[0] if len(parts) == 1 else parts


_BY_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Sent: lambda sent: sent.key}


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=_BY_KEY)
def recognise_file(sent: Sent, part: str, language: str) -> Recognition | None:
    """Returns which net an upload, or a part of it, is of; None for one that cannot be read."""
    from resnet_viz import recognise

    use_language(language)
    try:
        return recognise(sent.read(), part or None)
    except ResnetVizError:
        return None


@st.cache_resource(max_entries=2, scope="session", show_spinner=False, hash_funcs=_BY_KEY)
def load_weights_file(spec: ResNetSpec, device: str, sent: Sent, part: str, language: str) -> FileOutcome:
    """Loads uploaded weights into a net. part: which net of several; language: of an error.

    Only a file that torchvision has published or that comes with the package, by its hash, brings the names of its
    classes: a net of 1000 outputs may have been trained on any others.
    """
    use_language(language)
    data = sent.read()
    digest = _digest(data)
    key = f"{digest[:24]}{part and f':{part}'}"
    weights = replace(_known(spec, digest), key=key, title=sent.name, data=data, part=part)
    try:
        report = scene.load_model(spec, device, weights)
    except ResnetVizError as error:
        return FileOutcome(error=error)
    assert report is not None
    return FileOutcome(replace(weights, has_head=not report.kept), report)


def _known(spec: ResNetSpec, digest: str) -> Weights:
    """Returns how pictures are prepared for a file, and its classes' names where it is a published one."""
    published = next((found for found in scene.get_published(spec) if digest.startswith(found.hash_prefix)), None)
    if published is not None:
        preparation = replace(published.preparation, size=spec.input_size, channels=spec.in_channels)
        return Weights(preparation=preparation, categories=published.categories)
    organism = organism_of(spec)
    if organism is not None and organism.sha256 == digest:
        return scene.organism_weights(organism, spec)
    return scene.random_weights(spec)


def _digest(data: bytes | tuple[bytes, ...]) -> str:
    """Returns the SHA-256 of a file, or of several one after another."""
    found = hashlib.sha256()
    for part in (data,) if isinstance(data, bytes) else data:
        found.update(part)
    return found.hexdigest()


def net_of(found: Recognition, shown: ResNetSpec) -> ResNetSpec | None:
    """Returns the net to show for a file: its own, with what the file cannot tell as in the net that is shown.

    None for a file that is of no known net. A net for small pictures gets small ones.
    """
    spec = found.spec
    if spec is None:
        return None
    with suppress(SpecError):  # A group norm does not go with any widths.
        alike = _like_shown(spec, shown)
        if shapes_of(replace(alike, norm=spec.norm)) == shapes_of(spec):
            return alike
    return replace(spec, input_size=_SMALL if spec.stem == "3x3" else shown.input_size)


def _like_shown(spec: ResNetSpec, shown: ResNetSpec) -> ResNetSpec:
    """Returns the shown net with a file's classes, and with its norms unless the shown ones take the same statistics.

    Raises SpecError.
    """
    norm = shown.norm if {shown.norm, spec.norm} <= {"batch", "frozen"} else spec.norm
    starts_at_zero = shown.zero_init_residual and norm != "none"
    return replace(shown, num_classes=spec.num_classes, norm=norm, zero_init_residual=starts_at_zero)
