"""A walk as Markdown and HTML: its tables read back cell by cell, and nothing of it can be markup."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from resnet_viz import PRESETS
from resnet_viz.errors import DrawError, TraceError
from resnet_viz.model.walk.forward import walk_both
from resnet_viz.records.steps import Condition, SourceFile, Value
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.walk.export import WALK_FORMATS, export_stages, export_steps
from resnet_viz.views.walk.payload import walk_payload
from resnet_viz.views.walk.words import answers_of, reason_words, shortcut_words
from tests.nets import trace_of, walks, walks_of

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "code", "br"),
}
SMALL = ResNetSpec("bottleneck", (2, 2, 1, 1), num_classes=7)


class Table(HTMLParser):
    """The rows of the one table of a page, each cell as its text with a line break for `<br>`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self._is_in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self._is_in_cell = tag in ("td", "th") or (self._is_in_cell and tag in ("code", "br"))
        if tag == "br":
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._is_in_cell = self._is_in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._is_in_cell:
            self.rows[-1][-1] += data


def markdown_rows(text: str) -> list[list[str]]:
    lines = [line for line in text.split("\n") if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [[_plain(cell) for cell in row] for row in (cells[0], *cells[2:])]


def _plain(cell: str) -> str:
    """The text of a cell: code as it is, elsewhere without the marks that keep Markdown from reading it."""
    found = ""
    for n, part in enumerate(re.split(r"(?<!\\)`", cell.replace("<br>", "\n"))):
        found += part.replace("\\|", "|") if n % 2 else re.sub(r"\\(.)", r"\1", part)
    return found


def test_the_stages_of_resnet50_as_a_table() -> None:
    rows = markdown_rows(export_stages(walks_of("resnet50")[0]))
    assert [row[0] for row in rows[1:]] == ["layer1", "layer2", "layer3", "layer4"]
    layer1, layer2 = rows[1], rows[2]
    assert layer2[1] == "block=Bottleneck\nplanes=128\nblocks=4\nstride=2\ndilate=False"
    assert "self.inplanes=256" in layer2[2]
    assert layer2[3] == "self.inplanes=512\nprevious_dilation=1"
    assert layer1[4] == "1 != 1 → False\n64 != 64 * 4 → True"
    assert layer2[4] == "2 != 1 → True\n256 != 128 * 4 → not looked at"
    assert layer1[5] == "layer1.0.downsample, because 64 != 64 * 4"
    assert layer2[5] == "layer2.0.downsample, because 2 != 1"


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "plain18", "cifar20"])
def test_both_formats_say_the_same(name: str) -> None:
    build, forward = walks_of(name)
    for markdown, html in (
        (export_stages(build), export_stages(build, "html")),
        (export_steps(build), export_steps(build, "html")),
        (export_steps(forward), export_steps(forward, "html")),
    ):
        table = Table(html)
        assert table.rows == markdown_rows(markdown)
        assert len(table.rows) >= 4
        assert table.tags <= TAGS


def test_the_steps_are_all_there_and_folded() -> None:
    walk = walks_of("resnet18")[1]
    rows = Table(export_steps(replace(walk, folds=()), "html")).rows[1:]
    assert [row[0] for row in rows] == [str(n + 1) for n in range(len(walk))]
    assert [(walk.steps[fold.start].owner, fold.count) for fold in walk.folds] == [("layer1.0", 2)]
    deep = walks_of("resnet152")[1]
    rows = Table(export_steps(deep, "html")).rows[1:]
    (fold,) = [fold for fold in deep.folds if fold.count == 35]
    (at,) = [n for n, row in enumerate(rows) if "× 35" in row[2]]
    assert rows[at][:3] == [f"{fold.start + 1}–{fold.end}", "", f"the next {fold.length} steps, × 35"]
    assert [row[0] for row in rows[at + 1 : at + 1 + fold.length]] == [
        str(fold.start + 1 + n) for n in range(fold.length)
    ]
    assert rows[at + 1 + fold.length][0] == str(fold.end + 1)
    assert len(rows) < 1.1 * len(Table(export_steps(walks_of("resnet50")[1], "html")).rows)


def test_a_nest_of_folds_comes_to_its_end() -> None:
    walk = walks_of("resnet152")[0]
    rows = Table(export_steps(walk, "html")).rows[1:]
    numbers = [int(row[0]) for row in rows if "–" not in row[0]]
    assert numbers == sorted(set(numbers))
    skipped = set(range(1, len(walk) + 1)) - set(numbers)
    inside = {n + 1 for fold in walk.folds for n in range(fold.start + fold.length, fold.end)}
    assert skipped <= inside


def test_an_add_says_its_shapes_and_ops() -> None:
    rows = Table(export_steps(walks_of("resnet18")[1], "html")).rows
    (row,) = [row for row in rows if row[5] == "layer2.0.add"]
    assert row[2].endswith("out += identity")
    assert row[4] == "out = 128×28×28 of layer2.0.add"


def test_what_looks_like_markup_is_none() -> None:
    walk = walks_of("resnet18")[0]
    nasty = "<script>alert(1)</script> | `x` ``y`` *z* [a](b) \\"
    step = replace(
        walk.steps[4],
        before=None,
        changed={nasty: Value(nasty, "text")},
        condition=Condition(nasty, nasty, True),
        node_ids=(nasty,),
    )
    file = replace(walk.files[0], version=nasty)
    text = "\n" * (step.line - 1) + nasty
    small = replace(walk, steps=(step,), folds=(), files=(replace(file, text=text),))
    html = export_steps(small, "html")
    assert "<script" not in html
    row = Table(html).rows[1]
    assert row[2:6] == [
        f"· · {nasty}".replace("· · ", "· " * step.depth),
        f"{nasty} → True",
        f"{nasty} = {nasty}",
        nasty,
    ]
    markdown = export_steps(small)
    (line,) = [line for line in markdown.split("\n") if line.startswith("| 5 ")]
    assert len(re.split(r"(?<!\\)\|", line)) == 8  # Six cells, with what is before and after them.
    assert "``` <script>" in line  # Inside code: the mark is longer than any in it.
    assert r"\<script\>" in markdown  # The version, outside.


def test_reasons_in_words() -> None:
    c = replace(SMALL, shortcut="C")
    stages = walk_both(c)[0].stages()
    assert shortcut_words(stages[0]) == (
        "layer1.0.downsample, because 'C' == 'C'",
        "layer1.1.downsample, because 'C' == 'C'",
    )
    assert shortcut_words(walks_of("plain18")[0].stages()[1]) == ("no block is asked for one",)
    stages = walks_of("resnet18")[0].stages()
    assert [reason_words(decision) for decision in stages[0].decisions] == ["none: x is added as it is"]
    assert shortcut_words(walks_of("cifar20")[0].stages()[1])[1:] == ("2 blocks: none: x is added as it is",)


def test_answers_of_a_condition_without_parts() -> None:
    inner = Condition("x", "3", None)
    assert [(answer.code, answer.words) for answer in answers_of(inner)] == [("3", "not known")]
    outer = Condition("not x", "not 3", False, True, (Condition("x", "3", True),))
    assert [(answer.code, answer.words) for answer in answers_of(outer)] == [("not 3", "False")]


def test_the_source_is_named() -> None:
    build, _forward = walks_of("resnet18")
    (source,) = build.files
    assert isinstance(source, SourceFile)
    for export in (export_stages, export_steps):
        html = export(build, "html")
        assert f"torchvision/models/resnet.py (torchvision {source.version}, sha256 {source.sha256[:12]})" in html


def test_what_cannot_be_exported_is_told() -> None:
    build, forward = walks_of("resnet18")
    with pytest.raises(TraceError, match="build"):
        export_stages(forward)
    for export in (export_stages, export_steps):
        with pytest.raises(DrawError, match=", ".join(WALK_FORMATS)):
            export(build, "docx")


def test_all_of_resnet152_is_small() -> None:
    both, trace = walks(PRESETS["resnet152"]), trace_of("resnet152")
    text = json.dumps(walk_payload(both["build"], both["forward"], trace), separators=(",", ":"))
    assert len(text.encode()) < 1_000_000
