"""What a reader is answered with may be somebody else's, or none: both are found, and neither ends the load."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from io import BytesIO
from itertools import combinations
from urllib.parse import parse_qs

import numpy as np
import pytest
from PIL import Image

from resnet_viz.records.trace import Field
from resnet_viz.ui.components.paths import DRAWING, TILES
from resnet_viz.ui.explore.graph import W_GRAPH
from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.views.maps.packed import FieldView, make_tiles, pack_tiles
from tests.load.judging import MOST_READERS, Own, own_of
from tests.load.pace import Pace
from tests.load.reader import Reader
from tests.load.report import Row, beside, middle_rows
from tests.load.tally import Tally
from tests.load.wire import Answer

MINE, THEIRS = own_of(3), own_of(4)
FIRST, NODE = "conv1", "layer1.0.conv1"


class AnySession:
    """A session, and its line, that answer with what is `own`'s, whoever asks; and of `node`, where one is given."""

    def __init__(self, own: Own, node: str = "", status: int = 200) -> None:
        self.own, self.node, self.status = own, node, status
        self.line = self
        self.query = ""
        self.headings = [own.spec.name]
        self.troubles: list[str] = []

    def open(self, query: str) -> float:
        self.query = self.own.spec.to_query()
        return 0.1

    def upload(self, key: str, name: str, data: bytes) -> float:
        return 0.1

    def choose(self, key: str, at: int) -> float:
        return 0.1

    def tell(self, key: str, event: str, value: Mapping[str, str]) -> float:
        self.query = f"{self.own.spec.to_query()}&node={self.node or value['id']}"
        return 0.1

    def data(self, key: str) -> dict[str, str]:
        return {W_TILES: {"address": "sight=a&scene=b&node="}, f"mark_{W_GRAPH}": {"address": "net=x"}}[key]

    def get(self, path: str, limit_s: float = 0.0) -> Answer:
        if self.status != 200:
            return Answer(self.status, b'{"error": "This session is over."}', 0.1)
        if path.startswith(f"/{TILES}?"):
            return Answer(200, self._tiles(self.node or parse_qs(path).get("node", [FIRST])[0]), 0.1)
        net = {"net": self.own.spec.to_query(), "title": f"{self.own.spec.name}. Input"}
        return Answer(200, json.dumps(net).encode(), 0.1)

    def _tiles(self, node: str) -> bytes:
        file = BytesIO()
        Image.new("RGB", (32, 32), self.own.colour).save(file, "PNG")
        view = FieldView((Field(0, 7, 2), Field(0, 7, 2)), (224, 224), file.getvalue())
        return pack_tiles(make_tiles(np.ones((2, 4, 4), np.float32), [0, 1], field_view=view, name=node))


def visit(session: AnySession) -> Tally:
    """A reader with MINE who opens its net, brings its picture and clicks a node."""
    reader = Reader("http://127.0.0.1:1", MINE, Pace(0, (0, 0), time.monotonic() + 60))
    reader.session = session  # type: ignore[assignment]

    def look() -> None:
        reader.open()
        reader.bring_picture()
        reader.choose_node(NODE)

    reader.run(look)
    return reader.tally


def test_what_is_right_is_not_complained_about() -> None:
    tally = visit(AnySession(MINE))
    assert (dict(tally.wrong), dict(tally.errors)) == ({}, {})
    assert {action: len(times) for action, times in tally.times.items()} == {
        "open": 1,
        "upload chosen": 1,
        "picture uploaded": 1,
        "node": 1,
        "/drawing": 1,
        "/tiles": 3,
    }


def test_another_node_is_found() -> None:
    assert set(visit(AnySession(MINE, node="layer4")).wrong) == {
        f"the tiles of {FIRST} are of layer4",
        f"the tiles of {NODE} are of layer4",
        f"the address after a click on {NODE} is {MINE.spec.to_query()}&node=layer4",
    }


def test_another_reader_s_answers_are_found() -> None:
    wrong = "; ".join(visit(AnySession(THEIRS)).wrong)
    for what in (
        f"the page of {MINE.spec.name} has the title",
        f"the drawing of {MINE.spec.to_query()} is of {THEIRS.spec.to_query()}",
        f"the tiles of a picture of {MINE.colour} are of one of {THEIRS.colour}",
        f"the address of {MINE.spec.to_query()} is {THEIRS.spec.to_query()}",
    ):
        assert what in wrong


def test_a_refusal_is_an_error_and_no_end() -> None:
    tally = visit(AnySession(MINE, status=400))
    assert {text.split(":")[0] for text in tally.errors} == {f"/{DRAWING}", f"/{TILES}"}
    assert len(tally.times["node"]) == 1
    assert "400 {" in tally.worst()


def test_a_widget_that_is_gone_ends_the_round() -> None:
    class Bare(AnySession):
        def choose(self, key: str, at: int) -> float:
            raise KeyError(key)

    assert list(visit(Bare(MINE)).errors) == [f"KeyError: '{W_SOURCE}'"]


def test_no_two_readers_have_anything_in_common() -> None:
    owns = [own_of(number) for number in range(MOST_READERS)]
    assert len({own.spec for own in owns}) == len(owns)
    for one, other in combinations(owns, 2):
        assert max(abs(a - b) for a, b in zip(one.colour, other.colour, strict=True)) >= 64
    with pytest.raises(ValueError, match="at most 64"):
        own_of(MOST_READERS)


def test_two_checkouts_stand_beside_each_other_by_row_and_column() -> None:
    ours = middle_rows([[Row("node", {"s": 1.0})], [Row("node", {"s": 3.0}, "one error")], [Row("new", {"s": 1.0})]])
    assert ours == [Row("node", {"s": 2.0}, "one error"), Row("new", {"s": 1.0})]
    assert beside(ours, [Row("node", {"s": 4.0, "more": 1.0})]) == [Row("node", {"s": 0.5})]
    assert beside(ours, [Row("node", {"s": 0.0})]) == [Row("node", {"s": None})]
