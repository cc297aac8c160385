"""Two to four nets in rows, their table and their words, against torchinfo, arithmetic and the figures themselves."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
import torchinfo
from torch import nn

from resnet_viz.errors import TraceError
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Node, Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels
from resnet_viz.views.compare.ratios import share_text
from resnet_viz.views.compare.rows import MEASURES, Comparison, compare_traces
from resnet_viz.views.compare.sentences import describe_comparison
from resnet_viz.views.compare.table import (
    column_titles,
    compare_columns,
    compare_csv,
    compare_latex,
    compare_markdown,
    make_compare_rows,
    ratio_text,
)
from tests.nets import trace_of, traces_of

R18, R34, R50, R152 = (PRESETS[f"resnet{depth}"] for depth in (18, 34, 50, 152))
V1 = replace(R50, stride_in="1x1")
NAMED = {
    "18-152": (R18, R152),
    "v1": (V1, R50),
    "plain": (PRESETS["plain34"], R34),
    "cifar": (PRESETS["cifar20"], PRESETS["cifar110"]),
    "wide": (R50, PRESETS["wide_resnet50_2"]),
    "next": (R50, PRESETS["resnext50_32x4d"]),
    "classes": (R18, replace(R18, num_classes=10)),
    "A-none": (replace(R34, shortcut="A"), PRESETS["plain34"]),
    "twice": (R18, R18),
    "unlike": (PRESETS["cifar20"], R18),
    "three": (R18, R50, R152),
    "four": (R50, V1, PRESETS["cifar20"], ResNetSpec("basic", (1,) * 6)),
}


def compare(*specs: ResNetSpec) -> Comparison:
    return compare_traces(traces_of(specs))


# Rows


def test_stages_stand_in_rows_by_their_place() -> None:
    comparison = compare(R18, R152, PRESETS["cifar20"])
    assert [row.name for row in comparison.rows] == ["stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head"]
    assert [row.kind for row in comparison.rows] == ["stem", *["stage"] * 4, "head"]
    blocks = [[cell and cell.blocks for cell in row.cells] for row in comparison.stages]
    assert blocks == [
        [((2, "BasicBlock"),), ((n, "Bottleneck"),), ((3, "BasicBlock"),) if n != 3 or row == 0 else None]
        for row, n in enumerate((3, 8, 36, 3))
    ]
    assert [cell and cell.out_shape for cell in comparison.stages[2].cells] == [
        (1, 256, 14, 14),
        (1, 1024, 14, 14),
        (1, 64, 8, 8),
    ]


@pytest.mark.parametrize("specs", NAMED.values(), ids=NAMED)
def test_rows_add_up_to_torchinfos_totals(specs: tuple[ResNetSpec, ...]) -> None:
    comparison = compare(*specs)
    for net, spec in enumerate(specs):
        n_params = torchinfo.summary(build_plan(spec), verbose=0).total_params
        assert comparison.totals.value("n_params", net) == n_params
        for measure in MEASURES[:3]:
            parts = [row.value(measure, net) or 0 for row in comparison.rows]
            assert sum(parts) == comparison.totals.value(measure, net)


def test_figures_of_a_stage_are_those_of_the_arithmetic() -> None:
    row = compare(R18, R152).stages[3]
    basic = 256 * 512 * 9 + 3 * 512 * 512 * 9 + 256 * 512 + 5 * 2 * 512
    inner = 2 * (2048 * 512 + 512 * 512 * 9 + 512 * 2048 + 2 * (512 + 512 + 2048))
    first = 1024 * 512 + 512 * 512 * 9 + 512 * 2048 + 1024 * 2048 + 2 * (512 + 512 + 2048 + 2048)
    assert [row.value("n_params", net) for net in (0, 1)] == [basic, first + inner]
    assert row.difference("n_params", 1) == first + inner - basic
    assert row.ratio("n_params", 1) == (first + inner) / basic
    assert row.value("n_macs", 0) == 7 * 7 * (256 * 512 * 9 + 3 * 512 * 512 * 9 + 256 * 512)
    # Each convolution and batch norm once, ReLU and add in place: ten maps of 512×7×7 in float32.
    assert row.value("act_bytes", 0) == 10 * 512 * 7 * 7 * 4
    assert [row.value("field_pixels", net) for net in (0, 1)] == [435, 1451]


def test_shares_are_the_published_ones() -> None:
    comparison = compare(R18, R152)
    layer4 = comparison.stages[3]
    shares = [round(100 * comparison.share(layer4, m, net)) for net in (0, 1) for m in ("n_params", "n_macs")]
    assert shares == [72, 23, 25, 7]
    fields = [compare(V1, R50).totals.value("field_pixels", net) for net in (0, 1)]
    assert fields == [483, 427]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_another_number_of_nets_is_refused(n: int) -> None:
    with pytest.raises(TraceError, match=f"got {n}. Choose 2 to 4"):
        compare_traces([trace_of(R18)] * n)


def test_equal_names_are_told_apart() -> None:
    small = replace(R18, input_size=(64, 64))
    assert compare(R18, small).names == ("ResNet-18, 3×224×224", "ResNet-18, 3×64×64")
    assert compare(R18, R18, R34).names == ("ResNet-18 (1)", "ResNet-18 (2)", "ResNet-34")


def test_a_net_without_stages_is_all_rest() -> None:
    alone = trace_model(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), (1, 3, 8, 8))
    comparison = compare_traces([alone, trace_of(R18)])
    rest = next(row for row in comparison.rows if row.kind == "rest")
    assert [rest.value("n_params", net) for net in (0, 1)] == [3 * 4 * 9 + 4, None]
    assert rest.ratio("n_params", 1) is None
    assert describe_comparison(comparison)
    assert "| rest | Sequential |  |  | 112 | 3.89 kMACs | 1.12 KiB | – |" in compare_markdown(comparison)


def test_a_net_that_counts_nothing_is_compared_by_figures() -> None:
    empty = trace_model(nn.Sequential(nn.ReLU()), (1, 3, 8, 8))
    text = describe_comparison(compare_traces([empty, trace_of(R18)]))
    assert f"ResNet-18 has {trace_of(R18).n_params:,} more parameters" in text


# Table


def test_the_table_has_a_row_for_each_part_and_totals_last() -> None:
    rows = make_compare_rows(compare(R18, R152, PRESETS["cifar20"]))
    assert [(row.part, row.net) for row in rows[-3:]] == [
        ("total", name) for name in ("ResNet-18", "ResNet-152", "ResNet-20 (CIFAR)")
    ]
    assert len(rows) == 7 * 3 - 1
    assert {row.field_pixels.value for row in rows if row.part == "head"} == {None}
    deep = next(row for row in rows if row.net == "ResNet-152" and row.part == "conv4_x · layer3")
    assert (deep.blocks, deep.n_blocks, deep.out_shape) == ("36 × bottleneck", 36, "1024×14²")
    columns = compare_columns(rows)
    assert set(columns) == set(column_titles())
    assert {len(column) for column in columns.values()} == {len(rows)}
    assert columns["n_params"][-2] == 60_192_808
    assert columns["n_params_difference"][-2] == 60_192_808 - 11_689_512
    assert columns["n_params_ratio"][-2] == 60_192_808 / 11_689_512
    assert columns["n_params_ratio"][0] is None


def test_csv_reads_back() -> None:
    rows = make_compare_rows(compare(R18, R152))
    read = list(csv.DictReader(StringIO(compare_csv(rows))))
    assert [line["n_macs"] for line in read] == [str(row.n_macs.value) for row in rows]
    assert [float(line["act_bytes_ratio"] or 0) for line in read] == [row.act_bytes.ratio or 0 for row in rows]


def test_markdown_and_latex_have_every_row() -> None:
    comparison = compare(R18, R152)
    rows = make_compare_rows(comparison)
    markdown = compare_markdown(comparison).splitlines()
    assert len(markdown) == 2 + len(rows)
    assert {line.count("|") for line in markdown} == {9}
    assert "60.2 M (+48.5 M, ×5.15)" in markdown[-1]
    latex = compare_latex(comparison).splitlines()
    body = [line for line in latex if line.endswith(r"\\")]
    assert len(body) == 1 + len(rows)
    assert {len(re.findall(r"(?<!\\)&", line)) for line in body} == {7}
    assert (latex[0], latex[-1]) == (r"\begin{tabular}{llllrrrr}", r"\end{tabular}")
    assert r"36 $\times$ bottleneck" in "".join(body)
    assert not re.search(r"(?<!\\)[_#%~×²−]", "".join(body))


def test_names_are_escaped() -> None:
    trace = replace(trace_of(R18), name="a_b & c|d % {x} \\ $y$ #1 ~^ <i>\n*e*")
    comparison = compare_traces([trace, trace_of(R34)])
    total = next(line for line in compare_markdown(comparison).splitlines() if "total | a" in line)
    assert r"a_b \& c\|d % {x} \\ \$y\$ #1 \~^ \<i\> \*e\*" in total
    latex = compare_latex(comparison)
    escaped = r"a\_b \& c\textbar{}d \% \{x\} \textbackslash{} \$y\$ \#1 \textasciitilde{}\textasciicircum{} "
    assert f"total & {escaped}" + r"\textless{}i\textgreater{} *e* &" in latex


@pytest.mark.parametrize(
    ("ratio", "text"), [(5.1493, "5.15"), (0.01234, "0.0123"), (1024.4, "1,024"), (1, "1.00"), (0, "0"), (44.6, "44.6")]
)
def test_ratios_have_three_figures(ratio: float, text: str) -> None:
    assert ratio_text(ratio) == text


# Words


def parts_by_name(traces: Sequence[Trace]) -> list[dict[str, Node]]:
    """Each net's parts by the names that the words have for them: a stage's is that of its place in the first net
    that has so many, be it `conv3_x` or, where the net has not the paper's four stages, `layer2`.
    """
    places = range(max(len(trace.stages) for trace in traces))
    names = [next(t.stages[place].paper_name for t in traces if place < len(t.stages)) for place in places]
    ends = [{n.kind: n for n in t.nodes.values() if n.kind in ("stem", "head")} for t in traces]
    return [{**dict(zip(names, t.stages, strict=False)), **end} for t, end in zip(traces, ends, strict=True)]


def claims(text: str, pattern: str) -> list[tuple[str, ...]]:
    return [match.groups() for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("specs", NAMED.values(), ids=NAMED)
def test_every_number_in_the_words_is_the_traces(specs: tuple[ResNetSpec, ...]) -> None:
    """All figures are read out of the text and made anew from the traces; no percentage is left over."""
    comparison = compare(*specs)
    traces = dict(zip(comparison.names, map(trace_of, specs), strict=True))
    parts = dict(zip(comparison.names, parts_by_name(list(traces.values())), strict=True))
    text = describe_comparison(comparison)
    params = sorted(trace.n_params for trace in traces.values())
    macs = sorted(trace.macs.known for trace in traces.values())
    growths = {f"{max(v) / min(v):.1f}" for v in (params, macs)} | {f"{max(v) / min(v):.0f}" for v in (params, macs)}
    for (times,) in claims(text, r"([\d.]+) times"):
        assert times in growths
    more = claims(text, r"([\d.]+) % more (parameters|multiply-adds)")
    for percent, kind in more:
        small, large = params if kind == "parameters" else macs
        half_a_digit = 0.5 * 10 ** -len(percent.partition(".")[2])
        assert abs(float(percent) - 100 * (large / small - 1)) <= half_a_digit
    gaps = claims(text, r"(\d+) % of the difference in (parameters|multiply-adds) is in ([^;.]+)\.")
    for percent, kind, places in gaps:
        named = set(re.findall(r"conv\d_x|layer\d|stem|head", places))
        figure = "n_params" if kind == "parameters" else "n_macs"
        held = [sum(getattr(own[name], figure) for name in named & own.keys()) for own in parts.values()]
        nodes = [[n for n in t.nodes.values() if n.parent == "network"] for t in traces.values()]
        whole = [sum(getattr(n, figure) for n in net) for net in nodes]
        assert int(percent) == round(100 * (held[1] - held[0]) / (whole[1] - whole[0]))
    keeping = r"([^;.]+?) keeps? (\d+) % of (?:its|their) parameters and (\d+|less than 1) % of .+? in (\w+)"
    kept = claims(text.replace("the head", "head"), keeping)
    for names, own_params, own_macs, part in kept:
        for name in re.split(", | and ", names.strip()):
            known = name if name in traces else name.split(" (")[0]
            trace, node = traces[known], parts[known][part]
            assert int(own_params) == round(100 * node.n_params / trace.n_params)
            assert own_macs == "less than 1" or int(own_macs) == round(100 * node.macs.known / trace.macs.known)
            largest = max(child.n_params for child in trace.nodes.values() if child.parent == "network")
            assert node.n_params == largest
    assert kept or "receptive fields" in text
    assert text.count("%") == len(more) + len(gaps) + 2 * len(kept)
    figures = {word for t in traces.values() for word in (format_count(t.n_params), format_macs(t.macs.known))}
    figures |= {format_bytes(t.act_bytes) for t in traces.values()}
    figures |= {f"{n:,}" for t in traces.values() for n in (t.n_params, t.n_macs)}
    for own, other in claims(text, r"\(([\d.,]+ ?\w*) against ([\d.,]+ ?\w*)\)"):
        assert {own, other} <= figures


def test_the_words_for_18_and_152() -> None:
    text = describe_comparison(compare(R18, R152))
    assert text.startswith(
        "ResNet-152 has 5.1 times the parameters of ResNet-18 (60.2 M against 11.7 M), and it needs 6.3 times the "
        "multiply-adds (11.5 GMACs against 1.81 GMACs); "
    )
    # (40,613,888 − 2,099,712) of (60,192,808 − 11,689,512)
    assert "79 % of the difference in parameters is in conv4_x (2 × basic against 36 × bottleneck)." in text
    assert "have the same size (56×56, 28×28, 14×14 and 7×7)" in text
    assert "ResNet-18 keeps 72 % of its parameters and 23 % of its multiply-adds in conv5_x" in text
    assert describe_comparison(compare(R152, R18)).startswith("ResNet-152 has 5.1 times the parameters of ResNet-18")


def test_the_words_for_v1_and_its_variant() -> None:
    text = describe_comparison(compare(V1, R50))
    assert "ResNet-50 v1 and ResNet-50 have the same number of parameters (25.6 M)" in text
    assert "but ResNet-50 needs 6 % more multiply-adds (4.09 GMACs against 3.86 GMACs)" in text
    assert "all of the difference in multiply-adds is in conv3_x, conv4_x and conv5_x." in text
    assert f"differ: {format_pixels(483, 483)} and {format_pixels(427, 427)}." in text


def test_words_suit_what_is_equal_unlike_or_many() -> None:
    assert "both need the same number of multiply-adds (1.81 GMACs)" in describe_comparison(compare(R18, R18))
    assert "ResNet-18 (1) and ResNet-18 (2) keep 72 % of their" in describe_comparison(compare(R18, R18))
    unlike = describe_comparison(compare(*NAMED["unlike"]))
    assert unlike.startswith("The inputs differ: 3×32×32 and 3×224×224. ResNet-18 has 43 times")
    assert "same size" not in unlike
    assert "all of the difference in parameters is in the head" in describe_comparison(compare(*NAMED["classes"]))
    assert "but ResNeXt-50 32x4d needs 3 % more multiply-adds" in describe_comparison(compare(*NAMED["next"]))
    alike = describe_comparison(compare(R18, R18, R18))
    assert alike.startswith(
        "All have the same number of parameters (11.7 M); all need the same number of multiply-adds"
    )
    dilated = describe_comparison(compare(R50, replace(R50, replace_stride_with_dilation=(False, True, True))))
    assert "same size" not in dilated
    many = describe_comparison(compare(*NAMED["three"]))
    assert many.startswith("Most parameters: ResNet-152 (60.2 M), 5.1 times as many as ResNet-18 (11.7 M); most ")


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.001, "less than 1 %"), (0.718, "72 %"), (0.999, "more than 99 %"), (1, "100 %")]
)
def test_a_share_is_neither_nothing_nor_all_unless_it_is(share: float, text: str) -> None:
    assert share_text(share) == text
