"""A PDF page taken apart into what it paints and where, so that another page can hold only what is seen on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, Transformation
from pypdf.generic import ContentStream, FloatObject

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points; y grows upwards."""
_Point = tuple[float, float]
_Step = tuple[Any, bytes]
"""Operands and operator, as pypdf reads them."""

_PATH = {b"m", b"l", b"c", b"v", b"y", b"h", b"re"}
_PAINT = {b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"n"}
_CLIP = {b"W", b"W*"}
_WORDS = {b"Tj", b"TJ"}
# Of these only the last one before something is painted matters.
_SETTINGS = {b"rg", b"RG", b"g", b"G", b"k", b"K", b"w", b"d", b"J", b"j", b"M", b"gs", b"i", b"ri", b"Tf"}
# Marks for readers around a piece of text; they come in pairs, which must not be parted.
_MARKS = {b"BDC", b"BMC", b"EMC"}
# Around the points of a path: half the widest line, with room to spare.
_LINE_ROOM = 6.0


@dataclass(frozen=True, slots=True)
class Part:
    """Some steps of a page. With a box, they paint inside it only; without, they are for all that follows."""

    steps: tuple[_Step, ...]
    box: Box | None = None


def split_page(page: PageObject) -> list[Part]:
    """The parts of a page as cairo writes it, in order. What is not understood is kept on every page."""
    contents = page.get_contents()
    return _Splitter().split(contents.operations if contents is not None else [])


def as_contents(parts: Sequence[Part], window: Box) -> ContentStream:
    """What of the parts is seen in a window, as the contents of a page."""
    steps: list[_Step] = []
    settings: dict[bytes, _Step] = {}
    for part in parts:
        if part.box is None and part.steps[0][1] in _SETTINGS:
            settings[part.steps[0][1]] = part.steps[0]
        elif part.box is None or _meets(part.box, window):
            steps += [*settings.values(), *part.steps]
            settings = {}
    contents = ContentStream(None, None)
    contents.operations = steps
    return contents


def _meets(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


class _Splitter:
    """Follows the coordinates through a page's steps and collects what belongs to one path or one line of text."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.steps: list[_Step] = []
        self.points: list[_Point] = []
        self.matrix, self.stack = Transformation(), list[Transformation]()
        self.line, self.size, self.n_letters = Transformation(), 0.0, 0
        self.is_text = self.is_clip = False

    def split(self, operations: Iterable[_Step]) -> list[Part]:
        """The parts of these steps, in order."""
        for operands, operator in operations:
            if operator in _SETTINGS:
                self._add_setting(operands, operator)
            elif self.is_text:
                self._read_text(operands, operator)
            elif operator not in _MARKS:
                self._read_drawing(operands, operator)
        self._finish_part()
        return self.parts

    def _add_setting(self, operands: Any, operator: bytes) -> None:
        """A part of its own; amid words, it stays among them, for those after it begin where those before it end."""
        if operator == b"Tf":
            self.size = float(operands[1])
        if self.is_text and self.steps:
            self.steps.append((operands, operator))
        else:
            self.parts.append(Part(((operands, operator),)))

    def _read_drawing(self, operands: Any, operator: bytes) -> None:
        if operator == b"BT":
            self.is_text, self.line, self.n_letters = True, Transformation(), 0
            return
        self.steps.append((operands, operator))
        if operator == b"q":
            self.stack.append(self.matrix)
        elif operator == b"Q" and self.stack:
            self.matrix = self.stack.pop()
        elif operator == b"cm":
            self.matrix = _within(operands, self.matrix)
        elif operator in _CLIP:
            self.is_clip = True
        elif operator in _PATH:
            self._add_points(_path_points(operator, [float(number) for number in operands]), self.matrix, _LINE_ROOM)
        if operator not in _PATH | _CLIP:
            self._finish_part()

    def _read_text(self, operands: Any, operator: bytes) -> None:
        if operator in _WORDS:
            self._add_words(operands, operator)
        elif operator == b"ET":
            self._finish_text()
            self.is_text = False
        elif operator in (b"Tm", b"Td"):
            self._finish_text()
            step = operands if operator == b"Tm" else (1, 0, 0, 1, *operands)
            self.line = _within(step, Transformation() if operator == b"Tm" else self.line)
            self.n_letters = 0

    def _add_words(self, operands: Any, operator: bytes) -> None:
        if not self.steps:
            self.steps = [([], b"BT"), ([FloatObject(number) for number in self.line.ctm], b"Tm")]
        self.steps.append((operands, operator))
        self.n_letters += _count_letters(operands[0])
        # No letter is wider than its font is high, and hardly any reaches lower than a third of that.
        width, height, depth = self.n_letters * self.size, 1.2 * self.size, -0.4 * self.size
        self._add_points([(0, depth), (width, depth), (0, height), (width, height)], self.line.transform(self.matrix))

    def _finish_text(self) -> None:
        if self.steps:
            settings = [step for step in self.steps if step[1] in _SETTINGS]
            self.steps.append(([], b"ET"))
            self._finish_part()
            # They hold on, also where these words are left out.
            self.parts += [Part((step,)) for step in settings]

    def _add_points(self, points: Iterable[_Point], matrix: Transformation, room: float = 0) -> None:
        for x, y in (matrix.apply_on(point) for point in points):
            self.points += [(x - room, y - room), (x + room, y + room)]

    def _finish_part(self) -> None:
        if self.steps:
            xs, ys = zip(*self.points, strict=True) if self.points else ((), ())
            box = (min(xs), min(ys), max(xs), max(ys)) if xs and not self.is_clip else None
            self.parts.append(Part(tuple(self.steps), box))
        self.steps, self.points, self.is_clip = [], [], False


def _within(six: Iterable[Any], outer: Transformation) -> Transformation:
    """The matrix of six numbers, as PDF writes it, inside another."""
    a, b, c, d, e, f = (float(number) for number in six)
    return Transformation((a, b, c, d, e, f)).transform(outer)


def _path_points(operator: bytes, numbers: Sequence[float]) -> list[_Point]:
    """The points that a path lies between: those it goes through and those it bends towards."""
    if operator == b"re":
        x, y, width, height = numbers
        return [(x, y), (x + width, y + height)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _count_letters(words: Any) -> int:
    """Letters of a string, or of an array of strings and of numbers that move them."""
    return sum(len(part) for part in (words if isinstance(words, list) else [words]) if isinstance(part, str | bytes))
