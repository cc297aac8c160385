#!/usr/bin/env bash
# torch 2.14.1: nn.Module.compile() compiles a net in place. copy.deepcopy of it (as EMA, SWA's AveragedModel and teacher
# networks make theirs) is an ordinary net again, without a word; torch.compile(net), the other way to compile, survives
# the copy.
# Most people would expect a deep copy of a compiled net to be compiled, or at least both ways to compile to agree.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1
cd "$folder"
venv/bin/python - <<'PY'
import copy
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

compiled = []


def backend(graph, inputs):
    compiled.append(graph)
    return graph.forward


def graphs_made(net):
    torch._dynamo.reset()
    compiled.clear()
    net(torch.ones(1, 3))
    return len(compiled)


net = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
net.compile(backend=backend)
wrapped = torch.compile(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), backend=backend)
seen = {
    "net.compile()": graphs_made(net),
    "deepcopy of it": graphs_made(copy.deepcopy(net)),
    "AveragedModel of it": graphs_made(AveragedModel(net)),
    "torch.compile(net)": graphs_made(wrapped),
    "deepcopy of that": graphs_made(copy.deepcopy(wrapped)),
}
print("torch", torch.__version__)
for name, n in seen.items():
    print(f"{name}: {n} graphs compiled")
assert torch.__version__.startswith("2.14.1")
assert seen["net.compile()"] == 1 and seen["torch.compile(net)"] == 1
assert seen["deepcopy of it"] == 0 and seen["AveragedModel of it"] == 0
assert seen["deepcopy of that"] == 1
PY
