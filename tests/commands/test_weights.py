"""The commands about files of weights: what they print, what they write, and how they refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from resnet_viz import cli
from resnet_viz.model.net.build import build_model
from resnet_viz.naming.renaming import rename_state_dict
from resnet_viz.spec.resnet import ResNetSpec
from tests.places import ROOT

SPEC = ResNetSpec("basic", (1, 2, 1, 1), widths=(8, 8, 16, 16), num_classes=5)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with `net.ckpt`, a Lightning-like checkpoint, `near.pth`, nearly a net, and `text.bin`."""
    state = dict(build_model(SPEC).state_dict())
    wrapped = {f"model.{key}": value for key, value in rename_state_dict(state, SPEC, "huggingface").items()}
    torch.save({"epoch": 3, "state_dict": wrapped | {"loss.weight": torch.ones(5)}}, tmp_path / "net.ckpt")
    torch.save(state | {"layer1.0.\x1b[31mextra.weight": torch.ones(8, 8, 3, 3)}, tmp_path / "near.pth")
    (tmp_path / "text.bin").write_text("no weights")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    """The exit status, and what is printed on both streams."""
    try:
        status = cli.main(arguments)
    except SystemExit as end:  # argparse's own refusals
        status = int(str(end.code))
    return (status, *capsys.readouterr())


# recognise


def test_a_file_is_told_in_words(here: Path, capsys: Captured) -> None:
    status, out, error = told(capsys, "recognise", "net.ckpt")
    assert (status, error) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "net.ckpt"
    facts = dict(line.split(maxsplit=1) for line in lines[1:5])
    assert facts["Net"] == f"{SPEC.name} ({SPEC.to_query()})"
    assert facts["Blocks"] == "1-2-1-1, basic"
    assert facts["Head"] == "5 classes"
    assert facts["Names"] == "huggingface"
    assert lines[5] == "Wrapped in    state_dict.model."
    assert lines[6] == "Left out      state_dict.loss.weight"
    assert lines[7].startswith("Open")


def test_the_status_is_that_of_the_worst_file(here: Path, capsys: Captured) -> None:
    torch.save({"net": build_model(SPEC).state_dict()}, "sure.pth")
    assert told(capsys, "recognise", "sure.pth")[0] == 0
    status, out, error = told(capsys, "recognise", "sure.pth", "near.pth")
    assert (status, error) == (1, "")
    assert "1 key is unexpected: layer1.0.�[31mextra.weight" in out
    status, out, error = told(capsys, "recognise", "text.bin", "near.pth", "none.pth", "sure.pth")
    assert status == 2
    assert [line.partition(":")[0] for line in error.splitlines()] == ["text.bin", "none.pth"]
    assert [line for line in out.splitlines() if not line.startswith(" ")] == ["near.pth", "sure.pth"]


def test_json_has_an_entry_for_each_file(here: Path, capsys: Captured) -> None:
    torch.save({"net": build_model(SPEC).state_dict(), "queue": torch.ones(3)}, "sure.pth")
    status, out, _error = told(capsys, "recognise", "--json", "sure.pth", "near.pth", "text.bin")
    assert status == 2
    sure, near, unread = json.loads(out)
    assert (sure["file"], sure["is_sure"], sure["names"], sure["wrapping"]) == ("sure.pth", True, "torchvision", "net.")
    assert (sure["query"], sure["layers"], sure["num_classes"]) == (SPEC.to_query(), [1, 2, 1, 1], 5)
    assert (sure["left_out"], sure["candidates"]) == (["queue"], [])
    assert near["query"] is None
    assert near["candidates"][0]["query"] == SPEC.to_query()
    assert near["candidates"][0]["unexpected"] == ["layer1.0.\x1b[31mextra.weight"]
    assert unread.keys() == {"file", "error"}


# convert


@pytest.fixture
def plain(here: Path) -> dict[str, torch.Tensor]:
    """The tensors of `plain.pth`, whose names are torchvision's."""
    state = dict(build_model(SPEC).state_dict())
    torch.save({"state_dict": state, "epoch": torch.ones(1)}, here / "plain.pth")
    return state


def test_convert_writes_the_net_under_other_names(here: Path, plain: dict[str, torch.Tensor], capsys: Captured) -> None:
    before = {path.name for path in here.iterdir()}
    status, out, error = told(capsys, "convert", "plain.pth", "-o", "new.safetensors", "--names", "huggingface")
    assert (status, error) == (0, "")
    assert out.startswith("new.safetensors: ResNet-12")
    assert out.endswith("renamed from torchvision to huggingface; left out: 1.\n")
    assert {path.name for path in here.iterdir()} == before | {"new.safetensors"}
    found = safetensors.torch.load_file("new.safetensors")
    assert found.keys() == rename_state_dict(plain, SPEC, "huggingface").keys()
    assert torch.equal(found["classifier.1.weight"], plain["fc.weight"])


def test_a_file_is_overwritten_only_by_force_and_whole(
    here: Path, plain: dict[str, torch.Tensor], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = here / "new.safetensors"
    target.write_text("old")
    command = ("convert", "plain.pth", "-o", "new.safetensors", "--names", "timm")
    status, out, error = told(capsys, *command)
    assert (status, out, target.read_text()) == (2, "", "old")
    assert "--force" in error

    def fail(self: Path, data: bytes) -> int:
        with self.open("wb") as half:
            half.write(data[:10])
        raise OSError(28, "No space left on device")

    before = {path.name for path in here.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", fail)
        assert told(capsys, *command, "--force") == (2, "", "Cannot write: No space left on device.\n")
    assert target.read_text() == "old"
    assert {path.name for path in here.iterdir()} == before
    assert told(capsys, *command, "--force")[0] == 0
    # A file may take its own place.
    again = ("convert", "new.safetensors", "-o", "new.safetensors", "--force", "--names")
    assert told(capsys, *again, "sequential")[0] == 2  # torchvision's nets alone have numbers for their children
    assert safetensors.torch.load_file(target).keys() == plain.keys()
    assert told(capsys, *again, "mmpretrain")[0] == 0
    assert "backbone.conv1.weight" in safetensors.torch.load_file(target)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["convert", "plain.pth", "-o", "new.pth", "--names", "timm"], ".safetensors"),
        (["convert", "plain.pth", "-o", "no/new.safetensors", "--names", "timm"], "There is no folder “no”"),
        (["convert", "plain.pth", "-o", "new.safetensors", "--names", "caffe"], "caffe"),
        (["convert", "plain.pth", "-o", "new.safetensors"], "--names"),
        (["convert", "plain.pth", "--names", "timm"], "--output"),
        (["convert", "plain.pth", "-o", "new.safetensors", "--names", "cifar"], "cifar has no ResNet-12"),
        (["convert", "near.pth", "-o", "new.safetensors", "--names", "timm"], "not known for sure"),
        (["convert", "text.bin", "-o", "new.safetensors", "--names", "timm"], "cannot be read as weights"),
        (["convert", "none.pth", "-o", "new.safetensors", "--names", "timm"], "There is no file “none.pth”"),
        (["recognise"], "FILE"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    arguments: list[str], words: str, here: Path, plain: dict[str, torch.Tensor], capsys: Captured
) -> None:
    status, out, error = told(capsys, *arguments)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert words in error
    assert not list(here.glob("**/*.safetensors"))


def test_help_loads_no_torch() -> None:
    code = (
        "import sys\nfrom resnet_viz.cli import main\n"
        "for command in ('recognise', 'convert', 'train'):\n"
        "    try:\n        main([command, '--help'])\n    except SystemExit as end:\n        assert end.code == 0\n"
        "found = {'torch', 'safetensors', 'streamlit'} & set(sys.modules)\nassert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60, stdout=subprocess.DEVNULL)
