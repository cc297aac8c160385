"""A wire of Graphviz from one row to another that is not led there: cut in two, with a stub at either end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.views.laid.extents import Point, points_of, write_numbers

_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Curve:
    """A wire's points, three for each piece after the first one, and the tip of its arrow, if it has one."""

    points: tuple[Point, ...]
    tip: Point | None = None

    def moved(self, across: float, up: float) -> Curve:
        """Returns it shifted to the right and up."""
        tip = None if self.tip is None else (self.tip[0] + across, self.tip[1] + up)
        return Curve(tuple((x + across, y + up) for x, y in self.points), tip)

    def __str__(self) -> str:
        """As Graphviz writes it."""
        written = " ".join(write_numbers(point) for point in self.points)
        return written if self.tip is None else f"e,{write_numbers(self.tip)} {written}"


def read_curve(text: str) -> Curve:
    """Returns a wire as Graphviz writes it."""
    tips = [part.split(",")[1:] for part in text.split() if part[0] == "e"]
    tip = next(((float(x), float(y)) for x, y in tips), None)
    return Curve(tuple(points_of(text)), tip)


def cut_curve(curve: Curve, out: float, back: float, stub: float) -> tuple[Curve, Curve]:
    """Returns a wire up to the x `out`, and from the x `back`, each with a level stub of so many points."""
    begin, _rest = _split(curve.points, out)
    _before, end = _split(curve.points, back)
    away, home = begin[-1], end[0]
    begin = (*begin, *_level(away, (away[0] + stub, away[1])))
    end = ((home[0] - stub, home[1]), *_level((home[0] - stub, home[1]), home), *end[1:])
    return Curve(begin), Curve(end, curve.tip)


def _split(points: tuple[Point, ...], x: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Cuts a curve where it comes to an x, else at its last point."""
    for at in range(0, len(points) - 1, 3):
        piece = points[at : at + 4]
        if piece[0][0] <= x <= piece[3][0]:
            first, second = _halve(piece, x)
            return (*points[:at], *first), (*second, *points[at + 4 :])
    return points, points[-1:]


def _halve(piece: Sequence[Point], x: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Cuts a piece, which goes to the right, at an x: by the halving of its parameter."""
    low, high = 0.0, 1.0
    first, second = _parts(piece, 0.5)
    for _time in range(_HALVINGS):
        middle = (low + high) / 2
        first, second = _parts(piece, middle)
        low, high = (middle, high) if first[-1][0] < x else (low, middle)
    return first, second


def _parts(piece: Sequence[Point], share: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """De Casteljau's construction."""
    a, b, c, d = piece
    ab, bc, cd = _between(a, b, share), _between(b, c, share), _between(c, d, share)
    abc, bcd = _between(ab, bc, share), _between(bc, cd, share)
    middle = _between(abc, bcd, share)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _level(start: Point, end: Point) -> tuple[Point, Point, Point]:
    return _between(start, end, 1 / 3), _between(start, end, 2 / 3), end
