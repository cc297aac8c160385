"""Cached contents of the page Learn: structure tables, printed values, exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.i18n import use_language
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache.nets import get_trace
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import StructureTable

if TYPE_CHECKING:
    from resnet_viz.views.structure.paper import PrintedValue
    from resnet_viz.views.teach.exercises.exercise import Exercise


@st.cache_resource(max_entries=16, show_spinner=False)
def get_structure(specs: tuple[ResNetSpec, ...], rows: tuple[str, ...], language: str) -> StructureTable:
    """Returns the structure table of some nets; `rows` are the rows of totals to add."""
    use_language(language)
    return structure_table([get_trace(spec) for spec in specs], rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_printed(spec: ResNetSpec, language: str) -> tuple[PrintedValue, ...]:
    """Returns the values that the paper prints of a net, each beside the computed one."""
    from resnet_viz.views.structure.paper import printed_values

    use_language(language)
    return printed_values(get_trace(spec), get_trace)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_exercises(specs: tuple[ResNetSpec, ...], seed: int, language: str) -> tuple[Exercise, ...]:
    """Returns the exercises of a sheet about some nets. Raises TraceError if none can be made."""
    from resnet_viz.views.teach.exercises import make_exercises

    use_language(language)
    return make_exercises([get_trace(spec) for spec in specs], seed)
