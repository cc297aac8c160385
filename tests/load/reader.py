"""A reader of the app: what it clicks, what its page then fetches by itself, and that the answers are its own.

Widgets are named by the app's own constants. A widget of another name, or one that is no longer there, ends the round.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode

from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from resnet_viz.ui.compare.strips import W_STRIPS
from resnet_viz.ui.components.paths import DRAWING, TILES, WALK, route_path
from resnet_viz.ui.explore.graph import W_GRAPH, W_LEVEL
from resnet_viz.ui.explore.maps import W_LOOK
from resnet_viz.ui.explore.state import W_PRESET
from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.learn.graph import W_GRAPH as W_LEARN_GRAPH
from resnet_viz.ui.picture.source import SOURCES, W_SOURCE, W_UPLOAD
from resnet_viz.ui.walk.state import W_WALK
from resnet_viz.views.address.view import LOOKS
from resnet_viz.views.parts.detail import LEVELS
from tests.load.judging import (
    Own,
    judge_address,
    judge_drawing,
    judge_heading,
    judge_tiles,
    read_tiles,
)
from tests.load.pace import Over, Pace
from tests.load.session import Session
from tests.load.tally import Tally
from tests.load.wire import Gone, Line

# As the sidebar's row of presets has them, small ones: what is measured is the page, not a forward pass.
_EASY = ("resnet18", "resnet34", "resnet50")
_NODES = ("conv1", "layer1.0.conv1", "layer2.0.conv2", "layer3.0.add", "layer4", "layer4.0.bn2")


class Reader:
    """One reader on its own tab. What it finds, it notes in its tally."""

    def __init__(self, url: str, own: Own, pace: Pace) -> None:
        self.own, self.pace, self.tally = own, pace, Tally()
        self.session = Session(Line(url))
        self._spec = own.spec
        self._has_own_picture = self._has_left = False
        self._turn = 0

    def run(self, what: Callable[[], object]) -> None:
        """Does something until the time is over, or something fails that nobody can go on after."""
        try:
            what()
        except Over:
            pass
        except Exception as error:
            if not (isinstance(error, Gone) and self._has_left):
                self.tally.failed(type(error).__name__, [str(error)])

    def leave(self) -> None:
        """Closes the tab, whatever is under way."""
        self._has_left = True
        self.session.close()

    def go_rounds(self) -> None:
        """Goes round until the time is over."""
        self.open()
        while True:
            self.go_round()
            self.come_back()

    def go_round(self, n_nodes: int = 2) -> None:
        """From the own net with a sample to everything else, and over the other pages."""
        self.look_closely(n_nodes)
        self.choose_preset(self.pace.chance.choice(_EASY))
        self.visit("compare", W_STRIPS)
        self.visit("learn", W_LEARN_GRAPH)
        self.visit_walk()

    def look_closely(self, n_nodes: int = 2) -> None:
        """The own picture in the own net, in several ways."""
        self.bring_picture()
        for node in self.pace.chance.sample(_NODES, n_nodes):
            self.choose_node(node)
        for level in (LEVELS[1], LEVELS[0]):
            self.choose_level(level)
        self.choose_look("prediction")
        self.choose_look("channels")

    # Single steps of it

    def open(self, spec: ResNetSpec | None = None) -> None:
        """Opens the page at the own net, or another."""
        self._spec = spec or self._spec
        self._note("open", self.session.open(self._spec.to_query()))
        self._settle()

    def come_back(self) -> None:
        """Follows a link from another page to the own net, with a sample again."""
        self.pace.look()
        self._spec, self._has_own_picture = self.own.spec, False
        self._note("back to the own net", self.session.go_to(self._spec.to_query(), ""))
        self._settle()

    def bring_picture(self) -> None:
        """Uploads the own picture."""
        self.pace.look()
        self._note("upload chosen", self.session.choose(W_SOURCE, SOURCES.index("upload")))
        self.pace.look()
        self._note("picture uploaded", self.session.upload(W_UPLOAD, "own.png", self.own.picture()))
        self._has_own_picture = True
        self._fetch_tiles()

    def choose_node(self, node: str) -> None:
        """Clicks a node in the drawing; its tiles are asked for at once, and not after the script."""
        self.pace.look()
        self._turn += 1
        value = {"id": node, "turn": self._turn}
        with ThreadPoolExecutor(1) as beside:
            tiles = beside.submit(self._fetch_tiles, node)
            self._note("node", self.session.tell(W_GRAPH, "selected", value))
            tiles.result()
        self.tally.judged(judge_address(self._spec, node, self.session.query))

    def choose_level(self, level: str) -> None:
        """Opens or folds the whole drawing."""
        self.pace.look()
        self._note("level", self.session.choose(W_LEVEL, LEVELS.index(level)))
        self._fetch_drawing(W_GRAPH, self._spec)

    def choose_look(self, look: str) -> None:
        """Looks at the maps in another way."""
        self.pace.look()
        self._note(look, self.session.choose(W_LOOK, LOOKS.index(look)))

    def choose_preset(self, name: str) -> None:
        """Takes another net, with the own picture."""
        self.pace.look()
        self._spec = PRESETS[name]
        self._note("preset", self.session.choose(W_PRESET, list(TORCHVISION).index(name)))
        self._settle()

    def visit(self, path: str, graph: str) -> None:
        """Goes to another page that begins with a drawing."""
        self.pace.look()
        self._note(path, self.session.go_to("", path))
        self._fetch_drawing(graph)

    def visit_walk(self) -> None:
        """Goes to the code walk, which fetches its record."""
        self.pace.look()
        self._note("walk", self.session.go_to("", "walk"))
        net = self.session.data(f"mark_{W_WALK}")["net"]
        self._fetch("/walk_record", WALK, f"{net}&lang=en")

    # What the page does by itself

    def _note(self, action: str, seconds: float) -> None:
        self.tally.took(action, seconds)
        self.tally.failed(action, self.session.troubles)

    def _settle(self) -> None:
        """After a net has come: its title, its drawing and its first tiles."""
        self.tally.judged(judge_heading(self._spec, self.session.headings))
        self._fetch_drawing(W_GRAPH, self._spec)
        self._fetch_tiles()

    def _fetch_drawing(self, graph: str, spec: ResNetSpec | None = None) -> None:
        address = self.session.data(f"mark_{graph}")["address"]
        drawing = self._fetch("/drawing", DRAWING, f"{address}&lang=en")
        if drawing and spec:
            self.tally.judged(judge_drawing(spec, drawing))

    def _fetch_tiles(self, node: str = "") -> None:
        """Fetches the tiles of a node that was just clicked; without one, those that Python says."""
        address = dict(parse_qsl(self.session.data(W_TILES)["address"], keep_blank_values=True))
        address["node"] = node or address["node"]
        packed = self._fetch("/tiles", TILES, urlencode(address))
        if packed and self._has_own_picture:
            self.tally.judged(judge_tiles(self.own, address["node"] or "conv1", read_tiles(packed)))

    def _fetch(self, action: str, route: str, query: str) -> bytes | None:
        answer = self.session.line.get(f"{route_path(route)}?{query}")
        self.tally.took(action, answer.seconds)
        if answer.status == 200:
            return answer.body
        self.tally.failed(action, [f"{answer.status} {answer.body.decode(errors='replace')}"])
        return None
