"""The DOT of ResNet-18 and -50 at each level, as it was when somebody last looked at it. `make golden` writes it anew.

The laws in test_graph.py and test_graph_mixed.py say what must hold; these files show every change to whoever reviews.
"""

from pathlib import Path

import pytest

from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.parts.detail import LEVELS
from tests.views.graph.dot import traced

GOLDEN = Path(__file__).parent / "golden"
DRAWINGS = [(net, level, form) for net in ("resnet18", "resnet50") for level in LEVELS for form in ("strip", "tall")]
"""Rows are laid out, and so different with each font."""


def path_of(net: str, level: str, form: str) -> Path:
    return GOLDEN / f"{net}-{level}-{form}.dot"


def dot_of(net: str, level: str, form: str) -> str:
    return str(draw_graph(traced(net), level, form=form).source)


@pytest.mark.parametrize(("net", "level", "form"), DRAWINGS)
def test_the_drawing_is_the_one_that_was_looked_at(net: str, level: str, form: str) -> None:
    assert dot_of(net, level, form) == path_of(net, level, form).read_text(encoding="utf-8")


def test_there_are_no_other_files() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {path_of(*drawing).name for drawing in DRAWINGS}


def write() -> None:
    """Put the drawings as they are now in the place of the golden ones."""
    GOLDEN.mkdir(exist_ok=True)
    for net, level, form in DRAWINGS:
        path_of(net, level, form).write_text(dot_of(net, level, form), encoding="utf-8")


if __name__ == "__main__":
    write()
