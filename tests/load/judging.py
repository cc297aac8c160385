"""What a reader has of its own, and whether an answer is its own: each judge says what is wrong, if anything is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qsl

from PIL import Image

from resnet_viz.spec.query import QUERY_KEYS
from resnet_viz.spec.resnet import ResNetSpec

MOST_READERS = 64
Colour = tuple[int, int, int]
# Resampling may round a value up or down; colours of two readers are 64 apart.
_NEAR = 3
_SIDE = 64


@dataclass(frozen=True)
class Own:
    """A reader's net, and its picture, which has one colour. No two readers have either in common."""

    spec: ResNetSpec
    colour: Colour

    def picture(self) -> bytes:
        """The picture as a PNG file."""
        file = BytesIO()
        Image.new("RGB", (_SIDE, _SIDE), self.colour).save(file, "PNG")
        return file.getvalue()


def own_of(number: int) -> Own:
    """What the reader of that number has, below MOST_READERS: its digits to the base 4 are blocks, and are a colour."""
    if not 0 <= number < MOST_READERS:
        raise ValueError(f"reader {number}: there are at most {MOST_READERS}")
    a, b, c = number // 16, number // 4 % 4, number % 4
    red, green, blue = (32 + 64 * digit for digit in (a, b, c))
    return Own(ResNetSpec(block="basic", layers=(1 + a, 1 + b, 1 + c, 1)), (red, green, blue))


@dataclass(frozen=True)
class Tiles:
    """Of an answer of tiles: the node that they are of, and the colour of the picture that the net saw."""

    node: str
    colour: Colour | None


def read_tiles(packed: bytes) -> Tiles:
    """Reads what `views/maps/packed.py` packs."""
    start = 4 + int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4:start])
    levels, colours, thumbnail = header["lengths"]
    start += levels + colours
    return Tiles(header["name"], _mean_colour(packed[start : start + thumbnail]) if thumbnail else None)


def judge_heading(spec: ResNetSpec, headings: Sequence[str]) -> Iterator[str]:
    """The page's title names the net."""
    if headings[:1] != [spec.name]:
        yield f"the page of {spec.name} has the title {headings[:1]}"


def judge_address(spec: ResNetSpec, node: str, query: str) -> Iterator[str]:
    """The address has the net, and the node that was chosen last."""
    pairs = dict(parse_qsl(query))
    got = {key: value for key, value in pairs.items() if key in QUERY_KEYS}
    if got != spec.to_pairs():
        yield f"the address of {spec.to_query()} is {query}"
    if pairs.get("node", "") != node:
        yield f"the address after a click on {node} is {query}"


def judge_drawing(spec: ResNetSpec, drawing: bytes) -> Iterator[str]:
    """The drawing is of the net."""
    got = json.loads(drawing)
    if got["net"] != spec.to_query() or not got["title"].startswith(f"{spec.name}."):
        yield f"the drawing of {spec.to_query()} is of {got['net']}, {got['title'][:40]}"


def judge_tiles(own: Own, node: str, tiles: Tiles) -> Iterator[str]:
    """The tiles are of the node, and the net saw the reader's own picture."""
    if tiles.node != node:
        yield f"the tiles of {node} are of {tiles.node}"
    if tiles.colour is None or max(abs(a - b) for a, b in zip(tiles.colour, own.colour, strict=True)) > _NEAR:
        yield f"the tiles of a picture of {own.colour} are of one of {tiles.colour}"


def _mean_colour(png: bytes) -> Colour:
    with Image.open(BytesIO(png)) as picture:
        found = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(found, tuple)
    red, green, blue = (int(value) for value in found)
    return red, green, blue
