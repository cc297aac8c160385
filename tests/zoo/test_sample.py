"""A sample of the zoo, of each library that is installed and each form; `make zoo` runs all of it."""

from importlib.util import find_spec

import pytest
import timm

from tests.zoo import others, timm_nets, torchvision_nets
from tests.zoo.check import check
from tests.zoo.entries import Entry

NAMES = (
    "resnet18", "resnet50_clip_gap", "res2next50", "resnest14d", "skresnet18", "nf_resnet26", "resnetv2_50t",
    "lambda_resnet26t", "botnet26t_256", "regnety_002", "dla34", "hrnet_w18_small", "repvgg_a0", "dpn48b", "xception41",
    "cspdarknet53",
)  # fmt: skip
AROUND = (
    "fasterrcnn_resnet50_fpn",
    "retinanet_resnet50_fpn",
    "deeplabv3_resnet50",
    "fcn_resnet50",
    "r3d_18",
    "quantization.resnet18",
)
SAMPLE = [
    *torchvision_nets.forms(),
    *(entry for entry in torchvision_nets.classifiers() if entry.name in ("resnext50_32x4d", "regnet_y_400mf")),
    *(entry for entry in torchvision_nets.around_a_backbone() if entry.name in AROUND),
    *map(timm_nets.entry, NAMES),
    *others.transformers_nets(), *others.smp_nets(), *others.monai_nets(), *others.pytorchcv_nets(),
]  # fmt: skip


@pytest.mark.parametrize("entry", SAMPLE, ids=lambda entry: entry.id)
def test_a_net_of_the_zoo_is_traced_right_and_left_as_it_was(entry: Entry) -> None:
    if entry.library not in ("torchvision", "ResNet-18") and find_spec(entry.library) is None:
        pytest.skip(f"{entry.library} is not installed")
    assert check(entry).faults == ()


def test_every_name_is_in_the_zoo_or_left_out_with_a_reason() -> None:
    names = timm.list_models("*res*")
    assert len(names) >= 186
    for name in names:
        assert timm_nets.left_out(name) or timm_nets.counted(name)[0] > 0
