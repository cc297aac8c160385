"""The commands `trace` and `check`, and trace files in place of a net."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_viz import cli
from resnet_viz.commands.nets import read_net
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from resnet_viz.views.export.drawing import export_graph
from tests.nets import HOSTILE, hostile_trace, trace_of
from tests.places import ROOT


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    trace_of("resnet18").save("r18.trace.json")
    return tmp_path


@pytest.mark.parametrize("name", ["x.trace.json", "x.trace.json.gz"])
def test_a_trace_file_is_written(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert cli.main(["trace", "resnet34", "-o", name]) == 0
    assert capsys.readouterr().out == f"{name}\n"
    assert read_trace(here / name) == trace_of("resnet34")
    assert cli.main(["trace", name, "-o", "again.trace.json"]) == 0
    assert read_trace(here / "again.trace.json") == trace_of("resnet34")


def test_a_trace_file_goes_to_the_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["trace", "resnet18", "-o", "-"]) == 0
    assert capsysbinary.readouterr().out == write_trace(trace_of("resnet18"))


@pytest.mark.parametrize(
    ("net", "status", "told"),
    [
        ("resnet18", 0, "ResNet-18 is the same as the reference, ResNet-18.\n"),
        ("r18.trace.json", 0, "ResNet-18 is the same as the reference, ResNet-18.\n"),
        ("resnet34", 1, "ResNet-34 differs from the reference, ResNet-18:\n  Blocks per stage: 3+4+6+3 instead of "),
        ("net=resnet18&num_classes=7", 1, "  fc.out_features: 7 instead of 1000\n"),
    ],
)
def test_a_net_is_checked(here: Path, capsys: pytest.CaptureFixture[str], net: str, status: int, told: str) -> None:
    assert cli.main(["check", "r18.trace.json", net]) == status
    assert told in capsys.readouterr().out
    assert cli.main(["check", "r18.trace.json", net, "--json"]) == status
    record = json.loads(capsys.readouterr().out)
    assert record["is_same"] is (status == 0) is (not record["differences"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nothing.trace.json", "resnet18"),
        ("check", "r18.trace.json", "nothing.trace.json"),
        ("check", "r18.trace.json", "resnet19"),
        ("check", "broken.json", "resnet18"),
        ("draw", "broken.json"),
        ("summary", "broken.json"),
        ("summary", "nothing.trace.json.gz"),
        ("trace", "resnet18", "-o", "nowhere/x.trace.json"),
        ("trace", "resnet19", "-o", "x.trace.json"),
        ("trace", "resnet18"),
    ],
    ids=" ".join,
)
def test_an_error_is_a_sentence(here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    (here / "broken.json").write_text("<html></html>")
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(str(end.code))
    out, error = capsys.readouterr()
    assert (status, out) == (2, "")
    assert error.count("\n") == 1
    assert sorted(path.name for path in here.iterdir()) == ["broken.json", "r18.trace.json"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_somebody_else_chose_are_drawn_from_a_file(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    trace = hostile_trace(name)
    trace.save("theirs.trace.json")
    assert cli.main(["draw", "theirs.trace.json", "-o", "-"]) == 0
    assert capsysbinary.readouterr().out == export_graph(trace, form="rows")
    assert cli.main(["check", "theirs.trace.json", "theirs.trace.json"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("draw", "r18.trace.json", "--level", "op", "-o", "r18.svg"),
        ("summary", "r18.trace.json"),
        ("check", "r18.trace.json", "other"),
        ("trace", "other", "-o", "x.trace.json.gz"),
    ],
    ids=" ".join,
)
def test_a_file_takes_the_place_of_a_net_without_torch(here: Path, arguments: tuple[str, ...]) -> None:
    (here / "other").write_bytes(write_trace(trace_of("resnet18"), is_compressed=True))
    code = (
        "import sys\nfrom resnet_viz.cli import main\n"
        f"assert main({list(arguments)}) == 0\nassert not {{'torch', 'streamlit'}} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr


def test_a_preset_is_a_net_also_beside_a_folder_of_its_name(here: Path) -> None:
    (here / "resnet18").mkdir()
    assert read_net("resnet18") == (PRESETS["resnet18"], {})
