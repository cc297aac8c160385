"""Pages through Streamlit's AppTest, without browser and JavaScript: how tests open them, run them and read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import torch
from PIL import Image
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from resnet_viz import build_model
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.pages import Nets, page_at
from resnet_viz.ui.picture.source import W_SOURCE, W_UPLOAD
from resnet_viz.ui.picture.weights_file import W_WEIGHTS_FILE
from resnet_viz.ui.routes import find_tiles
from tests.nets import THIN
from tests.places import ROOT

UI = "resnet_viz/ui"
FAULT = "Something went wrong"
SMALL = "block=basic&layers=1,1,1,1&widths=32,64,96,128"
SPEC = ResNetSpec("basic", (1, 1, 1, 1), widths=THIN)
"""A small net, as an address and as a spec."""

# A server looks once through all installed packages for components; AppTest would do so again for every page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# --- opening and running ------------------------------------------------------------------------------------------


def open_file(file: str, address: str = "", chosen: Mapping[str, object] = MappingProxyType({})) -> AppTest:
    """A file of the checkout as a page, at an address; some widgets may have been used already."""
    page = AppTest.from_file(str(ROOT / file), default_timeout=120)
    for key, value in parse_qsl(address):
        page.query_params[key] = value
    for key, answer in chosen.items():
        page.session_state[key] = answer
    return run(page)


def open_page(address: str = "", chosen: Mapping[str, object] = MappingProxyType({})) -> AppTest:
    """The app, which begins with Explore."""
    return open_file(f"{UI}/main.py", address, chosen)


def open_still(address: str = "", chosen: Mapping[str, object] = MappingProxyType({})) -> AppTest:
    """Explore without a picture: no net is built and run where its maps are not the subject."""
    return open_page(address, {W_SOURCE: "upload", **chosen})


def open_compare(address: str = "") -> AppTest:
    """The page Compare."""
    return open_file(f"{UI}/compare/page.py", address)


def open_learn(address: str = "") -> AppTest:
    """The page Learn."""
    return open_file(f"{UI}/learn/page.py", address)


def open_walk(address: str = "") -> AppTest:
    """The code walk."""
    return open_file(f"{UI}/walk/page.py", address)


def open_train(address: str = "") -> AppTest:
    """The page Training."""
    return open_file(f"{UI}/train/page.py", address)


def run(what: Any) -> AppTest:
    """Run a page, or that of a widget, without a fault of ours: a user is refused in a sentence or not at all."""
    return without_fault(what.run())


def without_fault(page: AppTest) -> AppTest:
    """The page, if what ran was no fault of ours."""
    assert not page.exception
    assert not [text for text in errors(page) if text.startswith(FAULT)]
    return page


# --- what AppTest has no widget for: the messages that a browser would send ------------------------------------------


def pick(page: AppTest, part: Any, **selection: object) -> AppTest:
    """Select rows of a table or points of a chart."""
    return _send(page, WidgetState(id=part.proto.id, string_value=json.dumps({"selection": selection})))


def put(page: AppTest, key: str, name: str, value: object) -> AppTest:
    """A component's browser part sets its value of this name."""
    return _send(page, WidgetState(id=_component_id(page, key), json_value=json.dumps({name: value})))


def tell(page: AppTest, key: str, event: str, value: object) -> AppTest:
    """A component's browser part tells of an event."""
    told = json.dumps([{"event": event, "value": value}])
    return _send(page, WidgetState(id=_make_trigger_id(_component_id(page, key), "events"), json_trigger_value=told))


def _component_id(page: AppTest, key: str) -> str:
    (found,) = [part.proto.id for part in page.get("bidi_component") if part.key == key]
    return str(found)


def _send(page: AppTest, state: WidgetState) -> AppTest:
    """Rerun a page, as `run`, with the value of one more widget."""
    states = page._tree.get_widget_states()
    states.widgets.append(state)
    page._run(states)
    return without_fault(page)


# --- reading ------------------------------------------------------------------------------------------------------


def query(page: AppTest) -> dict[str, Any]:
    """The address as the page has written it."""
    return {key: value[0] if isinstance(value, list) else value for key, value in page.query_params.items()}


def errors(page: AppTest) -> list[str]:
    """The red notices."""
    return [error.value for error in page.error]


def warnings(page: AppTest) -> list[str]:
    """The yellow notices."""
    return [warning.value for warning in page.warning]


def badges(page: AppTest) -> str:
    """All that the page says in Markdown, its badges among it."""
    return " ".join(text.value for text in page.markdown)


def pictures(page: AppTest) -> list[str]:
    """What the pictures on the page are, by their text alternatives."""
    return [picture.proto.imgs[0].alt for picture in page.get("image")]


def component(page: AppTest, key: str) -> dict[str, Any]:
    """What was sent to the browser's part of a component."""
    (found,) = [part for part in page.get("bidi_component") if part.key == key]
    sent: dict[str, Any] = json.loads(found.proto.json)
    return sent


def tiles(page: AppTest, **changes: str) -> dict[str, Any]:
    """What the browser gets when it asks for the tiles that the page names, or for others: the header."""
    asked = dict(parse_qsl(component(page, W_TILES)["address"], keep_blank_values=True))
    packed = find_tiles({**asked, **changes})
    header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    return header


def maps(page: AppTest) -> str | None:
    """Whose maps are shown."""
    is_there = any(part.key == W_TILES for part in page.get("bidi_component"))
    return tiles(page)["name"] if is_there else None


# --- files to upload ----------------------------------------------------------------------------------------------


def png(size: tuple[int, int]) -> bytes:
    """A picture of this width and height as a PNG file."""
    data = BytesIO()
    Image.linear_gradient("L").resize(size).save(data, "PNG")
    return data.getvalue()


@cache
def checkpoint(spec: ResNetSpec, seed: int = 1, extra: str = "") -> bytes:
    """A file of weights for a net, and a tensor of another name where one is given; made once."""
    buffer = BytesIO()
    torch.save(build_model(spec, seed=seed).state_dict() | ({extra: torch.zeros(1)} if extra else {}), buffer)
    return buffer.getvalue()


def send_weights(page: AppTest, data: bytes, name: str = "own.pth") -> None:
    """Upload a file of weights."""
    run(page.file_uploader(key=W_WEIGHTS_FILE).set_value((name, data, "application/octet-stream")))


def send_picture(page: AppTest) -> Image.Image:
    """Upload a picture that is wider than high; as the net gets it."""
    run(page.segmented_control(key=W_SOURCE).set_value("upload"))
    data = png((300, 200))
    run(page.file_uploader(key=W_UPLOAD).set_value(("ramp.png", data, "image/png")))
    return Image.open(BytesIO(data)).convert("RGB")


def nets_shown(path: str, params: Mapping[str, str]) -> tuple[Nets, int]:
    """The nets that the page at a path shows for an address, and which of them something is chosen in."""
    page = page_at(path)
    return page.nets_of(page.state.parse(params)[0])
