#!/usr/bin/env bash
# ptflops 0.7.5 (torch 2.14.1, torchvision 0.29.1): its usual backend counts each nn.ReLU and each pooling twice, since its
# hook on the module and its patched function (F.relu, F.max_pool2d, F.adaptive_avg_pool2d) both hear of the one call. A lone
# nn.ReLU of 1,000 values counts 2,000 and F.relu in a module 1,000; a ResNet-18 has 3,136,000 too many (28 % of all that
# ptflops adds to its convolutions), a ResNet-50 10,511,872. `count_functional=False` takes the second count away.
# Most people would expect a layer to be counted once, and nn.ReLU and F.relu alike.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 torchvision==0.29.1 ptflops==0.7.5 numpy
cd "$folder"
venv/bin/python - <<'PY'
import torch.nn.functional as F
import torchvision
from ptflops import get_model_complexity_info
from torch import nn


class Functional(nn.Module):
    def forward(self, x):
        return F.relu(x)


def count(net, size, **more):
    return int(get_model_complexity_info(net.eval(), size, as_strings=False, print_per_layer_stat=False, **more)[0])


once = {"backend_specific_config": {"count_functional": False}}
size = (10, 10, 10)
for name, net, expected in (
    ("nn.ReLU", nn.ReLU(), 2000),
    ("F.relu", Functional(), 1000),
    ("nn.MaxPool2d", nn.MaxPool2d(2), 2000),
    ("nn.AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d(1), 2000),
    ("nn.BatchNorm2d", nn.BatchNorm2d(10), 2000),
):
    found, halved = count(nn.Sequential(net), size), count(nn.Sequential(net), size, **once)
    print(f"{name:20} of 1,000 values: {found:,}; with count_functional=False {halved:,}")
    assert found == expected
    assert halved == {"F.relu": 0, "nn.BatchNorm2d": 2000}.get(name, 1000)
for name, twice in (("resnet18", 3_136_000), ("resnet50", 10_511_872)):
    net = getattr(torchvision.models, name)()
    both, one = count(net, (3, 224, 224)), count(net, (3, 224, 224), **once)
    print(f"{name}: {both:,}, of which {both - one:,} for the second time")
    assert both - one == twice
PY
