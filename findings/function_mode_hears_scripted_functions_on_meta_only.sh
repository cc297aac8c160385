#!/usr/bin/env bash
# torch 2.14.1: a TorchFunctionMode hears nothing of what runs inside a torch.jit.script function on the CPU. On the meta
# device it hears something, but other ops: torch's Python definitions of shapes come through it. A scripted
# x * sigmoid(x) is heard as `empty_like` and `mul.default` without the sigmoid, a scripted conv2d as `size` and `new_empty`.
# Most people who trace nets on meta would expect to hear the same ops on both devices, or none on both.
# (torch.jit.script is deprecated there; nets of a few years ago have their activations in it.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1
cd "$folder"
# Its own file: torch.jit.script reads the source.
cat >heard.py <<'PY'
import warnings

import torch
from torch.overrides import TorchFunctionMode

warnings.simplefilter("ignore", FutureWarning)


@torch.jit.script
def swish(x: torch.Tensor) -> torch.Tensor:
    return x * torch.sigmoid(x)


@torch.jit.script
def convolve(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.conv2d(x, weight)


class Hearing(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.heard = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function.__name__ != "__get__":
            self.heard.append(function.__name__)
        return function(*args, **(kwargs or {}))


found = {}
for device in ("cpu", "meta"):
    x, weight = torch.ones(1, 2, 4, 4, device=device), torch.ones(3, 2, 1, 1, device=device)
    for function, inputs in ((swish, (x,)), (convolve, (x, weight))):
        with Hearing() as mode:
            function(*inputs)
        found[device, function.name] = mode.heard
print("torch", torch.__version__)
for (device, name), heard in found.items():
    print(device, name, heard)
assert torch.__version__.startswith("2.14.1")
assert found["cpu", "swish"] == found["cpu", "convolve"] == []
assert found["meta", "swish"] == ["empty_like", "mul.default"]
assert found["meta", "convolve"] == ["size", "new_empty"]
PY
venv/bin/python heard.py
