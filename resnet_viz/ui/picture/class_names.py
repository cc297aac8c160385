"""Names of a net's classes, which no file of weights holds: ImageNet's, typed in, or from a file."""

from __future__ import annotations

import json
from contextlib import suppress

import streamlit as st

from resnet_viz.i18n import _, n_
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.units import format_exact

W_IMAGENET, W_CLASS_NAMES, W_NAMES_FILE = "w_imagenet", "w_class_names", "w_names_file"
_MOST_NAMES = 100_000
_MOST_MEGABYTES = 10
# What transformers' config.json calls them.
_ID2LABEL = "id2label"


def ask_names(spec: ResNetSpec) -> tuple[str, ...]:
    """Asks for the names of a net's classes; returns () where none are given, or not one for each class."""
    with st.popover(_("Names of the classes"), icon=":material/label:"):
        published = scene.get_published(spec)
        if published and st.toggle(
            _("ImageNet's"), key=W_IMAGENET, help=_("The 1,000 classes of torchvision's weights, in their order.")
        ):
            return published[-1].categories
        text = st.text_area(
            _("One name a line, in the order of the net's outputs"), key=W_CLASS_NAMES, max_chars=_MOST_NAMES
        )
        sent = st.file_uploader(
            _("Or a file"),
            max_upload_size=_MOST_MEGABYTES,
            key=W_NAMES_FILE,
            help=_("Text with a name a line; or JSON: a list, or names by number, as in id2label of a config.json."),
        )
    names = read_names(text) if sent is None else read_names(sent.getvalue().decode("utf-8-sig", "replace"))
    if len(names) in (0, spec.num_classes):
        return names
    got = n_("{n} name", "{n} names", len(names)).format(n=format_exact(len(names)))
    st.caption(
        n_(
            "{got} for {n} class: no name is used. Give one line for each class.",
            "{got} for {n} classes: no name is used. Give one line for each class.",
            spec.num_classes,
        ).format(got=got, n=format_exact(spec.num_classes))
    )
    return ()


def read_names(text: str) -> tuple[str, ...]:
    """Returns the names of a text: of a JSON list, of names by number there, or one a line; "" for one without."""
    with suppress(ValueError, RecursionError):
        named = _names_in(json.loads(text))
        if named:
            return named
    return tuple(line.strip() for line in text.strip("\r\n").splitlines())


def _names_in(content: object) -> tuple[str, ...]:
    """Returns the names of a JSON value, () where it is of another form."""
    if isinstance(content, dict) and isinstance(content.get(_ID2LABEL), dict):
        content = content[_ID2LABEL]
    if isinstance(content, dict):
        if not all(key.isdecimal() and len(key) < 7 for key in content):
            return ()
        numbered = {int(key): value for key, value in content.items()}
        if max(numbered, default=0) >= _MOST_NAMES:
            return ()
        content = [numbered.get(number, "") for number in range(max(numbered, default=-1) + 1)]
    if not isinstance(content, list):
        return ()
    # ImageNet's class index has the WordNet number before the name.
    names = [value[-1] if isinstance(value, list) and value else value for value in content]
    return tuple(name.strip() for name in names) if all(isinstance(name, str) for name in names) else ()
