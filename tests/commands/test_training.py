"""The command `train`, from its arguments to the files."""

from pathlib import Path

import pytest

from resnet_viz import cli
from resnet_viz.commands.training import _tell_bytes
from resnet_viz.training.read import read_run

NET = "block=basic&layers=1,1,1&widths=4,8,16&stem=3x3&shortcut=A"


def test_it_trains_and_saves_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.json"
    assert cli.main(["train", NET, "--steps", "11", "--seed", "2", "--lr", "0.1", "-o", str(path)]) == 0
    run = read_run(path)
    assert (run.n_steps, run.plan.seed, run.plan.recipe.lr) == (11, 2, 0.1)
    assert run.plan.spec.input_shape == (1, 1, 8, 8)
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{path}\n")
    assert f"{run.held_error:.1%}" in printed.out
    assert [line.split(":")[0] for line in printed.err.splitlines()] == ["step 10 of 11", "step 11 of 11"]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["--lr", "nan"], "lr"),
        (["--steps", "0"], "steps"),
        (["--device", "tpu"], "tpu"),
        (["-o", "run.pth"], "run.json"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_written(
    given: list[str], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", NET, "--steps", "1", "-o", str(tmp_path / "run.json"), *given]
    assert cli.main(arguments) == 2
    assert word in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_of_a_download_it_tells_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    for done in range(0, 170 * 2**20 + 1, 2**18):
        _tell_bytes(done, 170 * 2**20)
    assert len(capsys.readouterr().err.splitlines()) == 12


def test_a_net_of_a_library_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "timm:resnet18", "-o", "run.json"]) == 2
    assert "timm:resnet18" in capsys.readouterr().err
