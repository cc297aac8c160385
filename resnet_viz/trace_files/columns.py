"""Checks values of a trace file, a whole list at a time; the first that may not stand there is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.trace_files.schema import MOST_NUMBER, MOST_TEXT

_NONE = type(None)


def damaged(where: str, got: object, allowed: str) -> TraceFileError:
    """Returns the error for a value that may not stand where it does, as in `nodes.parent`."""
    text = _("This trace file is damaged: {where} has {got} where {allowed} must stand. Write it anew from its net.")
    return TraceFileError(text.format(where=where, got=shown(got), allowed=allowed))


def numbers(where: str, column: Any, low: int = 0, high: int = MOST_NUMBER, may_lack: bool = False) -> list[Any]:
    """Returns a list of whole numbers from `low` to `high`; with `may_lack` None, too."""
    found = rows(where, column)
    known = [number for number in found if number is not None] if may_lack else found
    if not set(map(type, known)) <= {int} or (known and (min(known) < low or max(known) > high)):
        _refuse(where, known, lambda value: type(value) is int and low <= value <= high, number_text(low, high))
    return found


def number_text(low: int, high: int) -> str:
    """Says which numbers may stand somewhere."""
    if high >= MOST_NUMBER:
        return _("a whole number of {low} or more").format(low=low) if low > -MOST_NUMBER else _("a whole number")
    return _("a whole number from {low} to {high}").format(low=low, high=high)


def texts(where: str, column: Any, may_lack: bool = False) -> list[Any]:
    """Returns a list of texts that can be shown and encoded; with `may_lack` None, too."""
    found = rows(where, column)
    known = [text for text in found if text is not None] if may_lack else found
    if not set(map(type, known)) <= {str} or not is_sound(known):
        allowed = _("a text of at most {most:,} characters of Unicode").format(most=MOST_TEXT)
        _refuse(where, known, lambda text: isinstance(text, str) and is_sound([text]), allowed)
    return found


def is_sound(known: Iterable[str]) -> bool:
    """Whether texts can be encoded, are at most 10,000 characters long, and have no character that no SVG can show."""
    joined = "".join(known)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    # XML, and so an SVG, knows none of these, escaped or not.
    is_clean = joined.isprintable() or not any(_is_control(character) for character in joined)
    return is_clean and (len(joined) <= MOST_TEXT or max(map(len, known)) <= MOST_TEXT)


def flags(where: str, column: Any) -> list[bool]:
    """Returns a list of true and false."""
    found = rows(where, column)
    if not set(map(type, found)) <= {bool}:
        _refuse(where, found, lambda value: isinstance(value, bool), _("true or false"))
    return found


def words(where: str, column: Any, allowed: Sequence[str]) -> list[str]:
    """Returns a list of words that are all in `allowed`."""
    found = texts(where, column)
    if not set(found) <= set(allowed):
        _refuse(where, found, lambda word: word in allowed, ", ".join(allowed))
    return found


def lists(where: str, column: Any, length: int | None = None) -> list[list[Any]]:
    """Returns a list of lists, each of `length` entries if that is given."""
    found = rows(where, column)
    is_right = set(map(type, found)) <= {list} and (length is None or set(map(len, found)) <= {length})
    if not is_right:
        allowed = _("a list") if length is None else _("a list of {n} entries").format(n=length)
        _refuse(where, found, lambda row: isinstance(row, list) and length in (None, len(row)), allowed)
    return found


def places(where: str, column: Any, table: Sequence[Any]) -> list[list[int]]:
    """Returns a list of lists of numbers of the table's entries."""
    found = lists(where, column)
    numbers(where, list(chain.from_iterable(found)), 0, len(table) - 1)
    return found


def rows(where: str, column: Any) -> list[Any]:
    """Returns a list of anything."""
    if not isinstance(column, list):
        raise damaged(where, column, _("a list"))
    return column


def _is_control(character: str) -> bool:
    return (character < " " and character not in "\t\n\r") or character in "\x7f\ufffe\uffff"


def _refuse(where: str, found: Iterable[Any], is_right: Callable[[Any], bool], allowed: str) -> None:
    raise damaged(where, next(value for value in found if not is_right(value)), allowed)
