"""Readers who go round, one alone and then many at once: what each click takes, and that each gets its own."""

from __future__ import annotations

from pathlib import Path

from tests.load.crowd import go_together, warm
from tests.load.pace import Size
from tests.load.report import Row, ratio
from tests.load.served import serve
from tests.load.tally import Tally
from tests.load.watching import Watch

TITLE = "Readers who go round, seconds for each click (median) unless the row says otherwise"


def measure(checkout: Path, size: Size) -> list[Row]:
    """One reader alone, then `size.readers` of them, on one server."""
    with serve(checkout) as server:
        first = warm(server)
        alone = go_together(server, 1, size)
        many = go_together(server, size.readers, size)
    names = ("alone", f"{size.readers} at once")
    actions = [
        Row(
            action, {**_beside(names, alone[0].median(action), many[0].median(action)), "1 of 20": many[0].late(action)}
        )
        for action in many[0].times
    ]
    return [Row("open, the first of a fresh server", {names[0]: first}), *actions, *_sums(names, alone, many)]


def _beside(names: tuple[str, str], alone: float | None, many: float | None) -> dict[str, float | None]:
    return {names[0]: alone, names[1]: many, "ratio": ratio(many, alone)}


def _sums(names: tuple[str, str], alone: tuple[Tally, Watch], many: tuple[Tally, Watch]) -> list[Row]:
    noted, watched = (alone[0], many[0]), (alone[1], many[1])
    rows: dict[str, list[float | None]] = {
        "answers, number": [sum(map(len, tally.times.values())) for tally in noted],
        "errors, number": [tally.errors.total() for tally in noted],
        "somebody else's, number": [tally.wrong.total() for tally in noted],
        "health, slowest answer": [max(watch.health, default=None) for watch in watched],
        "health, no answer, number": [watch.n_unhealthy for watch in watched],
        "memory of the page process, MiB": [watch.most.page for watch in watched],
        "memory of all processes, MiB": [watch.most.whole for watch in watched],
        "cores used, number": [watch.cores for watch in watched],
    }
    worst = Tally(noted).worst()
    return [
        Row(label, _beside(names, values[0], values[1]), worst if label.startswith("errors") else "")
        for label, values in rows.items()
    ]
