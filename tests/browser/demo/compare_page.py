"""A page of charts and of the same picture through some nets: what the browser tests of both panels look at.

The address names the nets: `?nets=resnet18,resnet152&part=charts`.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.pictures import get_sample
from resnet_viz.ui.compare.charts import show_charts
from resnet_viz.ui.compare.same_picture import make_scenes, show_same_picture
from resnet_viz.ui.picture.weights import choose_weights_here
from resnet_viz.views.charts.along import net_labels

st.set_page_config(page_title="Compare", layout="wide")
specs = [PRESETS[name] for name in st.query_params.get("nets", "resnet18,resnet152").split(",")]
traces = [cache.get_trace(spec) for spec in specs]
if st.query_params.get("part", "charts") == "charts":
    show_charts(traces)
else:
    picture = get_sample("astronaut", "")
    weights = choose_weights_here(specs, net_labels(traces), ["random"] * len(specs), lambda net, name: None)
    show_same_picture(make_scenes(specs, weights, "cpu", (picture, Preparation())), traces, lambda names: None)
