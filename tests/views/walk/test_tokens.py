"""The colours of the lines of code."""

from __future__ import annotations

import ast

import pytest

from resnet_viz import PRESETS
from resnet_viz.views.walk.tokens import colour_lines
from tests.nets import walks


def test_colours_are_where_the_syntax_tree_has_its_parts() -> None:
    build = walks(PRESETS["resnet18"])["build"]
    text = build.files[0].text
    lines, colours = text.split("\n"), colour_lines(text)
    assert len(colours) == len(lines)
    for function in [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]:
        line = function.lineno - 1
        defined = [lines[line][first:last] for first, last, kind in colours[line] if kind == "defined"]
        assert defined == [function.name]
    strings = [lines[n][a:b] for n, spans in enumerate(colours) for a, b, kind in spans if kind == "string"]
    assert '"BasicBlock only supports groups=1 and base_width=64"' in strings
    assert colours[lines.index("        downsample = None")] == [(21, 25, "keyword")]


@pytest.mark.parametrize("text", ["", "def f(:\n  '''", "x = (1,\n", "\t1\n  2"])
def test_what_cannot_be_read_is_left_without_colours(text: str) -> None:
    assert len(colour_lines(text)) == len(text.split("\n"))


def test_lines_are_counted_as_python_counts_them() -> None:
    """A form feed and a line separator of Unicode end no line of source."""
    text = "x = 'a\u2028b'\n\x0c\ny = 1\n"
    assert colour_lines(text) == [[(4, 9, "string")], [], [(4, 5, "number")], []]
