"""The command line: what it writes and prints, and how it refuses."""

import csv
import json
import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from resnet_viz import cli
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.export.drawing import export_graph
from resnet_viz.views.listing.summary import WIDTH, SummaryLine, summarise, summary_text
from tests.nets import HOSTILE, hostile_trace, trace_of
from tests.views.graph.dot import traced

ROOT = Path(cli.__file__).parents[1]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence on the error stream; the exit status is 2 and nothing is printed."""
    try:
        status = cli.main(arguments)
    except SystemExit as end:  # argparse's own refusals
        status = int(str(end.code))
    out, error = capsys.readouterr()
    assert (status, out) == (2, "")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


# In a process of its own


def test_a_wrong_name_is_told_in_a_sentence() -> None:
    line = [sys.executable, "-m", "resnet_viz", "draw", "resnet153"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "Did you mean resnet152?" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_help_loads_neither_torch_nor_streamlit() -> None:
    for arguments in (["--help"], ["draw", "--help"]):
        code = (
            "import sys\nfrom resnet_viz.cli import main\n"
            f"try:\n    main({arguments})\nexcept SystemExit as end:\n    assert end.code == 0\n"
            "found = {'torch', 'torchvision', 'streamlit'} & set(sys.modules)\nassert not found, found"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60, stdout=subprocess.DEVNULL)


def test_a_name_of_another_library_is_answered_before_torch_is_loaded() -> None:
    code = (
        "import sys\nfrom resnet_viz.cli import main\n"
        "assert [main(['summary', name]) for name in ('resnet26', 'timm:resnet27', 'foo:bar')] == [2, 2, 2]\n"
        "found = {'torch', 'torchvision', 'timm', 'streamlit'} & set(sys.modules)\nassert not found, found"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, check=True, cwd=ROOT, timeout=60, capture_output=True, encoding="utf-8")
    first, second, _third = done.stderr.splitlines()
    answer = (
        '“resnet26”. Did you mean "block=bottleneck&layers=2,2,2,2"? Near names in installed libraries: timm:resnet26,'
    )
    assert answer in first
    assert "timm:resnet26" in second


@pytest.mark.skipif(os.name != "posix", reason="head is there on POSIX systems")
def test_a_reader_who_has_had_enough_hears_no_complaint(tmp_path: Path) -> None:
    trace_of("resnet152").save(tmp_path / "r152.trace.json")  # which is read without torch
    line = f'"{sys.executable}" -m resnet_viz summary "{tmp_path}/r152.trace.json" --level op | head -n 1'
    done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, timeout=120, check=True)
    assert b"ResNet-152" in done.stdout
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_a_reader_who_has_gone_before_the_first_line_ends_it_quietly(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as nobody_reads:
        monkeypatch.setattr(sys, "stdout", nobody_reads)
        assert cli.main(["summary", "resnet18"]) == 141  # as a shell tells of SIGPIPE
        monkeypatch.undo()
    assert capfd.readouterr() == ("", "")


def test_whoever_interrupts_it_hears_no_complaint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_chosen: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_summarise", interrupt)
    assert cli.main(["summary", "resnet18"]) == 130
    assert capsys.readouterr() == ("", "")


# Drawing


def test_draw_writes_an_svg(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "resnet152", "--level", "folded", "-o", "r152.svg"]) == 0
    assert capsys.readouterr() == ("r152.svg\n", "")
    data = (here / "r152.svg").read_bytes()
    assert "n:layer3.1..35" in {part.get("id") for part in ElementTree.fromstring(data).iter()}
    assert [file.name for file in here.iterdir()] == ["r152.svg"]


def test_a_file_is_what_its_name_ends_with(here: Path) -> None:
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-", "dot": b"//", "json": b"{"}
    for ending, start in starts.items():
        assert cli.main(["draw", "resnet18", "-o", f"Net.{ending.upper()}"]) == 0
        assert (here / f"Net.{ending.upper()}").read_bytes().startswith(start)
    assert cli.main(["draw", "resnet18", "--format", "json", "-o", "net.txt"]) == 0
    assert json.loads((here / "net.txt").read_bytes())["net"]["name"] == "ResNet-18"


def test_options_reach_the_drawing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--level", "block", "--form", "tall", "--theme", "dark", "--transparent", "--scale", "0.5"]
    assert cli.main(["draw", "resnet18", *options, "--format", "png"]) == 0
    assert capsys.readouterr().out == "resnet18-block-dark-0.5x.png\n"
    with Image.open(here / "resnet18-block-dark-0.5x.png") as picture:
        assert picture.height > 3 * picture.width
        assert picture.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0
    assert cli.main(["draw", "resnet18", "--page", "letter", "--format", "pdf"]) == 0
    assert (here / "resnet18-folded-letter.pdf").exists()


def test_a_net_of_one_s_own_is_drawn(here: Path) -> None:
    query = "block=basic&layers=2,3,5,2&input_size=320x320"
    assert cli.main(["draw", query, "-o", "own.json"]) == 0
    net = json.loads((here / "own.json").read_bytes())["net"]
    assert (net["name"], net["query"], net["input_shape"]) == ("ResNet-26", query, [1, 3, 320, 320])
    assert cli.main(["draw", "net=resnet50&num_classes=7"]) == 0
    assert (here / "resnet50-folded.svg").exists()


def test_a_link_of_the_app_is_drawn_as_it_is_there(here: Path) -> None:
    link = "?net=resnet152&form=tall&ops=layer3.5&shade=macs&node=layer3.5.conv2"
    assert cli.main(["draw", link, "-o", "link.json"]) == 0
    drawn = {node["id"] for node in json.loads((here / "link.json").read_text(encoding="utf-8"))["nodes"]}
    assert {"layer3.1..4", "layer3.5.conv2", "layer3.6..35"} <= drawn
    assert cli.main(["draw", link, "--level", "block", "-o", "link.json"]) == 0
    drawn = {node["id"] for node in json.loads((here / "link.json").read_text(encoding="utf-8"))["nodes"]}
    assert {"layer3.4", "layer3.5.conv2", "layer1.0"} <= drawn


def test_a_net_of_a_library_is_drawn(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "net=torchvision:fcn_resnet50&input_size=64x96&level=block", "--format", "json"]) == 0
    assert capsys.readouterr().out == "torchvision-fcn-resnet50-block.json\n"
    drawn = json.loads((here / "torchvision-fcn-resnet50-block.json").read_bytes())
    assert (drawn["net"]["name"], drawn["net"]["input_shape"]) == ("torchvision:fcn_resnet50", [1, 3, 64, 96])
    # torchvision's documentation says 35,322,218, with the auxiliary classifier on layer3, which is not built here.
    assert drawn["net"]["n_params"] == 35_322_218 - (1024 * 256 * 9 + 2 * 256 + 256 * 21 + 21)
    assert {"backbone.layer1.0", "backbone.layer4.2"} <= {node["id"] for node in drawn["nodes"]}


def test_standard_output_gets_the_file_and_nothing_else(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(buffer, encoding="utf-8"))
    assert cli.main(["draw", "resnet18", "-o", "-"]) == 0
    assert buffer.getvalue() == export_graph(trace_of("resnet18"), form="rows")
    assert not list(here.iterdir())


def test_an_old_file_is_replaced_whole_or_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, link = here / "r.svg", here / "link.svg"
    file.write_text("old")
    link.symlink_to(file)

    def fail(self: Path, data: bytes) -> int:
        with self.open("wb") as half:
            half.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", fail)
        assert cli.main(["draw", "resnet18", "-o", "r.svg"]) == 2
    assert file.read_text() == "old"
    assert cli.main(["draw", "resnet18", "-o", "link.svg"]) == 0
    assert link.is_symlink()
    assert file.read_bytes().startswith(b"<?xml")
    assert {path.name for path in here.iterdir()} == {"r.svg", "link.svg"}


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="there is no device to write to")
def test_a_device_is_written_to_and_not_replaced() -> None:
    assert cli.main(["draw", "resnet18", "--format", "svg", "-o", os.devnull]) == 0
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["draw", "resnet18", "-o", "r.gif"], "svg, png, pdf, dot, json"),
        (["draw", "resnet18", "-o", "r"], "--format"),
        (["draw", "resnet18", "-o", "nowhere/r.svg"], "There is no folder “nowhere”"),
        (["draw", "resnet18", "--format", "svg", "-o", "."], "is a folder"),
        (["draw", "resnet18", "--scale", "9", "-o", "r.png"], "0.5 to 8"),
        (["draw", "resnet18", "--scale", "two", "-o", "r.png"], "two"),
        (["draw", "resnet18", "--scale", "nan", "-o", "r.png"], "nan"),
        (["draw", "resnet18", "--level", "all"], "folded"),
        (["draw", "resnet18", "--transparent", "--background"], "--background"),
        (
            ["draw", "resnet152", "--level", "op", "--form", "strip", "--scale", "8", "-o", "r.png"],
            "a scale of at most",
        ),
        (["draw", "block=basic&layers=300,300,300,100&input_size=32x32", "--level", "op"], "at most 1,200"),
        (["draw", "block=basic&layers=0"], "2,3,5,2"),
        (["draw", "block=basic&sheep=1"], "sheep"),
        (["draw", "net=resnet18&ops=layer9"], "no part “layer9”"),
        (["draw", "net=resnet18&level=all"], "folded, block, op"),
        (["draw", "../resnet18"], "../resnet18"),
        (["draw", ""], "no preset"),
        (["draw", "resnet20"], "Did you mean cifar20?"),
        (["draw", "resnet50d"], '"net=resnet50&stem=deep&average_shortcut=1"'),
        (["draw", "timm:resnet50.a1_in1k"], "Near it: timm:resnet50."),
        (["draw", "net=timm:no_such_net"], "no architecture named “no_such_net”"),
        (["draw", "timm:../resnet18"], "timm:resnet26d"),
        (["draw", "net=timm:resnet18&layers=2,2,2,2"], "nothing but input_size"),
        (["draw", "net=timm:resnet18&level=all"], "folded, block, op"),
        (["summary", "net=timm:vit_tiny_patch16_224&input_size=64x64"], "1×3×64×64"),
        (["draw", "resnet18<script>\n\x1b[2J"], "no preset"),
        (["summary", "resnet18", "--csv", "--json"], "--json"),
        (["paint", "resnet18"], "paint"),
        (["--memory-share", "2"], "above 0 and at most 1"),
        (["--embed"], "--embed"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    arguments: list[str], words: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refused(capsys, *arguments)
    assert not list(here.iterdir())


# Summaries


def test_summary_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "resnet152")
    assert "60,192,808" in text
    assert "11,513,626,624" in text
    assert "layer3.1..35 ×35" in text


def test_summary_of_a_net_of_a_library(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "timm:resnet26d")
    assert text.startswith("timm:resnet26d, input 3×224×224\n")
    assert "16,014,408" in text  # 16.01 M and 2.6 GMACs, results-imagenet.csv and the model card of timm
    assert printed(capsys, "net=timm:resnet26d&input_size=224x224") == text
    assert printed(capsys, "ResNet-50") == printed(capsys, "resnet50")


def test_summary_prints_where_few_letters_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(buffer, encoding="ascii"))
    assert cli.main(["summary", "resnet18"]) == 0
    assert b"11,689,512" in buffer.getvalue()
    assert "×".encode() not in buffer.getvalue()
    assert b"?" in buffer.getvalue()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert cli.main(["summary", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("level", ["folded", "block", "op"])
@pytest.mark.parametrize(
    "net", [*PRESETS, "block=basic&layers=1,1,1,1&input_size=1x1", "net=resnet50&input_size=4096x1"]
)
def test_a_summary_fits_a_page_and_tells_every_figure(net: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    trace = trace_of(net)
    text = printed(capsys, net, "--level", level)
    assert max(map(len, text.splitlines())) <= WIDTH
    lines = summarise(trace, level)
    _title, _empty, _headings, *rows = text.splitlines()
    for line, row in zip(lines, rows, strict=False):
        assert row.split()[0] == line.node
        assert f"{line.n_params:,}" in row.split()
    assert f"{trace.n_params:,}" in text
    assert f"{trace.n_macs:,}" in text


@pytest.mark.parametrize("level", ["folded", "block", "op"])
@pytest.mark.parametrize("net", ["resnet18", "resnet152", "option A", "plain", "dilated", "ones"])
def test_the_lines_add_up(net: str, level: str) -> None:
    """The outermost to the net; what is inside a group to the group, down to the last."""
    trace = traced(net)
    lines = summarise(trace, level)
    for name, whole in (("n_params", trace.n_params), ("n_macs", trace.n_macs), ("act_bytes", trace.act_bytes)):
        outermost = [line for line in lines if line.depth == 0 and not (line.kind == "input" and name == "act_bytes")]
        assert sum(getattr(line, name) for line in outermost) == whole
        for index, line in enumerate(lines):
            inside = children(lines, index)
            if inside:
                assert sum(getattr(child, name) for child in inside) == getattr(line, name), line.node
    n_blocks = sum(line.count for line in lines if line.kind in ("block", "run"))
    assert n_blocks == len(trace.blocks)
    if level == "op":
        assert [line.node for line in lines if line.kind == "op"] != []
        assert {line.node for line in lines if line.kind == "op"} == {op.id for op in trace.ops}


def children(lines: list[SummaryLine], index: int) -> list[SummaryLine]:
    """The lines one step inside a line."""
    found = []
    for line in lines[index + 1 :]:
        if line.depth <= lines[index].depth:
            break
        if line.depth == lines[index].depth + 1:
            found.append(line)
    return found


def test_csv_and_json_hold_the_same_whole_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(StringIO(printed(capsys, "resnet152", "--csv"))))
    told = json.loads(printed(capsys, "resnet152", "--json"))
    assert told["net"]["n_params"] == 60_192_808
    assert [row["node"] for row in rows] == [line["node"] for line in told["lines"]]
    run_row = next(row for row in rows if row["node"] == "layer3.1..35")
    # 35 bottlenecks of 1024 → 256 → 256 → 1024 channels on 14×14 positions.
    macs = 35 * (1024 * 256 + 256 * 256 * 9 + 256 * 1024) * 14 * 14
    assert (run_row["n_macs"], run_row["count"], run_row["in_shape"]) == (str(macs), "35", "1x1024x14x14")
    assert sum(int(row["n_params"]) for row in rows if row["depth"] == "0") == 60_192_808
    line = next(line for line in told["lines"] if line["node"] == "layer3.1..35")
    assert (line["n_macs"], line["field"]) == (macs, [1291, 1291])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_in_their_line(name: str) -> None:
    trace = hostile_trace(name)
    lines = summarise(trace, "op")
    assert len(summary_text(trace, lines).splitlines()) == len(lines) + 3 + 6
