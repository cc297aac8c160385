"""Readers who keep a server busy, each in another way, until their time is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from types import MappingProxyType

from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.components.paths import DRAWING, WALK, route_path
from resnet_viz.ui.explore.ways.prediction import _METHODS, W_CLASS, W_METHOD, W_OCCLUDE
from tests.load.reader import Reader

JOB = "job"
"""What a busy reader notes of each thing that it wanted."""
_DEEP = "net=resnet152"
_N_AT_ONCE = 2


def _occlude(reader: Reader) -> None:
    """Covers the picture place by place, for one class after the other."""
    begin_occluding(reader)
    for number in _numbers(reader):
        reader.session.select(W_CLASS, number)
        _note(reader, reader.session.press(W_OCCLUDE))


def begin_occluding(reader: Reader) -> None:
    """Opens a deep net where a press of W_OCCLUDE begins a long job."""
    reader.open(PRESETS["resnet152"])
    reader.choose_look("prediction")
    reader.session.choose(W_METHOD, _METHODS.index("occlusion"))


def _play_filmstrips(reader: Reader) -> None:
    """Asks for the filmstrip of one deep net after the other."""
    reader.session.open(_DEEP)
    for number in _numbers(reader):
        _note(reader, reader.session.go_to(f"{_DEEP}&look=filmstrip&num_classes={1000 + number}"))


def _run_large_inputs(reader: Reader) -> None:
    """Has a deep net run on a picture of 1536×1536, for one node after the other."""
    reader.session.open(_DEEP)
    for number in _numbers(reader):
        node = f"layer{1 + number % 4}.{number % 3}.conv{1 + number % 3}"
        _note(reader, reader.session.go_to(f"{_DEEP}&input_size=1536x1536&node={node}"))


def _ask_drawings(reader: Reader) -> None:
    """Asks for drawings of a thousand boxes, each of another net."""
    _flood(reader, DRAWING, "block=bottleneck&layers=250,250,30,20&level=block")


def _ask_walks(reader: Reader) -> None:
    """Asks for walks of a thousand blocks, each of another net."""
    _flood(reader, WALK, "block=bottleneck&layers=1000")


BUSY: Mapping[str, Callable[[Reader], None]] = MappingProxyType(
    {
        "occlusion": _occlude,
        "filmstrip": _play_filmstrips,
        "big input": _run_large_inputs,
        "drawings": _ask_drawings,
        "walks": _ask_walks,
    }
)
"""By what it does."""


def _flood(reader: Reader, route: str, query: str) -> None:
    def ask(first: int) -> None:
        for number in _numbers(reader):
            path = f"{route_path(route)}?{query}&num_classes={first + number}"
            answer = reader.session.line.get(path, reader.pace.left_s + 1)
            reader.tally.took(JOB, answer.seconds)
            if answer.status != 200:
                reader.tally.failed(JOB, [f"{answer.status} {answer.body.decode(errors='replace')}"])

    with ThreadPoolExecutor(_N_AT_ONCE) as pool:
        for future in [pool.submit(ask, 10_000 * (1 + n)) for n in range(_N_AT_ONCE)]:
            future.result()


def _numbers(reader: Reader) -> Iterator[int]:
    """One number after the other; raises Over when the reader's time is over."""
    for number in count():
        reader.pace.check()
        yield number


def _note(reader: Reader, seconds: float) -> None:
    reader.tally.took(JOB, seconds)
    reader.tally.failed(JOB, reader.session.troubles)
