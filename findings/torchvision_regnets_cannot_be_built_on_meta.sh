#!/usr/bin/env bash
# torchvision 0.29.1 (torch 2.14.1): under `with torch.device("meta")`, the usual way to have a net's shapes without memory,
# each of its 15 RegNets raises "Cannot copy out of meta tensor; no data!": their parameters are found by arithmetic on small
# tensors, made by torch.arange and read by tolist, while the net is built. The other 65 classification nets are built there.
# Most people would expect all of torchvision's nets to be built there; the error speaks of a copy that nobody asked for.
# To build one on the CPU and move it (`.to("meta")`) works, with the memory of its weights.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 torchvision==0.29.1 numpy
cd "$folder"
venv/bin/python - <<'PY'
import torch
import torchvision.models as models

refused = {}
names = models.list_models(module=models)
for name in names:
    try:
        with torch.device("meta"):
            models.get_model(name, weights=None)
    except Exception as error:
        refused[name] = f"{type(error).__name__}: {error}"
for name, told in refused.items():
    print(f"{name:20} {told}")
regnets = [name for name in names if name.startswith("regnet")]
print(f"{len(refused)} of {len(names)} classification nets are refused, {len(regnets)} are RegNets")
assert set(refused) == set(regnets)
assert all("Cannot copy out of meta tensor" in refused[name] for name in regnets)
moved = models.regnet_y_400mf(weights=None).to("meta")
assert all(weight.is_meta for weight in moved.parameters())
print("built on the CPU and moved: all weights on meta")
PY
