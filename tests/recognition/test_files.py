"""A file tells which net it is of: as it is saved by those who train nets, with what they put beside the weights."""

import io
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import timm
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model
from resnet_viz.naming.renaming import rename_state_dict
from resnet_viz.recognition.files import recognise
from resnet_viz.spec.resnet import ResNetSpec

SPEC = ResNetSpec(
    "bottleneck", (1, 1, 1, 1), num_classes=11, stem="deep", average_shortcut=True, widths=(8, 16, 24, 32)
)


def saved(content: Any) -> bytes:
    """The bytes of a file of torch."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def weights() -> dict[str, torch.Tensor]:
    """The state dict of a small ResNet-D."""
    return dict(build_model(SPEC).state_dict())


def test_lightnings_checkpoint_of_timms_names() -> None:
    theirs = {f"model.{key}": value for key, value in rename_state_dict(weights(), SPEC, "timm").items()}
    found = recognise(
        saved(
            {
                "epoch": 3,
                "state_dict": {**theirs, "loss.weight": torch.ones(11)},
                "optimizer_states": [{"state": {0: {"exp_avg": torch.ones(3)}}}],
                "hyper_parameters": {"lr": 0.1},
            }
        )
    )
    assert found.is_sure
    assert found.spec == SPEC
    assert (found.names, found.wrapping, found.has_head) == ("timm", "state_dict.model.", True)
    assert found.left_out == ("state_dict.loss.weight",)


def test_a_file_of_safetensors_and_its_path(tmp_path: Path) -> None:
    data = safetensors.torch.save({key: value.contiguous() for key, value in weights().items()})
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    assert recognise(data) == recognise(path)
    assert recognise(path).spec == SPEC


def test_teacher_and_student() -> None:
    both = {"student": {f"module.backbone.{key}": value for key, value in weights().items()}, "teacher": weights()}
    found = recognise(saved(both))
    assert found.wrapping == "teacher."
    assert (found.parts, found.part) == (("student", "teacher"), "teacher")


def test_real_wrappers() -> None:
    model = build_model(SPEC)
    wrapped: Any
    for wrapped in (nn.DataParallel(model), AveragedModel(model), torch.compile(model)):
        found = recognise(saved({"net": wrapped.state_dict(), "acc": 91.2}))
        assert found.is_sure
        assert found.spec == SPEC


def test_a_net_of_another_library_is_that_net() -> None:
    with torch.device("cpu"):
        theirs = timm.create_model("resnet26d", num_classes=11, base_width=8)
    found = recognise(saved(theirs.state_dict()))
    assert found.spec is not None
    assert found.names == "timm"
    assert (found.spec.layers, found.spec.stem, found.spec.num_classes) == ((2, 2, 2, 2), "deep", 11)


def test_what_is_no_resnet_is_not_sure() -> None:
    with torch.device("cpu"):
        assert not recognise(saved(nn.TransformerEncoderLayer(8, 2).state_dict())).is_sure
    assert recognise(saved({"epoch": 1})).spec is None


@pytest.mark.parametrize("data", [b"", b"no checkpoint", 3, "resnet50"])
def test_what_cannot_be_read_is_told(data: Any) -> None:
    with pytest.raises(WeightsError):
        recognise(data)
