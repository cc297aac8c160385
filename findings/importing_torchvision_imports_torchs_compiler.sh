#!/usr/bin/env bash
# torchvision 0.29.1 (torch 2.14.1): `from torchvision.models import resnet18` imports torch._dynamo, torch._inductor, triton and
# sympy, more than a thousand modules that a ResNet has no use for. One line asks for them, in torchvision/ops/roi_align.py:
# whether torch.compile is supported here. It about doubles the time of `import torch` and adds some 90 MB to each process.
# Most people would expect the compiler to be imported when something is compiled: `import torch` alone imports none of these.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 torchvision==0.29.1 numpy
cd "$folder"
venv/bin/python - <<'PY'
import sys
import time

COMPILER = ("torch._dynamo", "torch._inductor", "sympy", "triton")


def loaded():
    return [name for name in COMPILER if name in sys.modules]


begun = time.process_time()
import torch

own, n_own, before = time.process_time() - begun, len(sys.modules), loaded()
begun = time.process_time()
from torchvision.models import resnet18

more, n_more, after = time.process_time() - begun, len(sys.modules) - n_own, loaded()
print(f"import torch: {n_own} modules, {own:.1f} s of CPU, of the compiler: {before or 'nothing'}")
print(f"and torchvision's ResNet: {n_more} modules more, {more:.1f} s more, of the compiler: {after}")
assert before == []
assert after == list(COMPILER)
assert n_more > 1000
PY
