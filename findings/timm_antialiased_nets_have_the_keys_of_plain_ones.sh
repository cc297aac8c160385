#!/usr/bin/env bash
# timm 1.0.31 (torch 2.14.1, torchvision 0.29.1): the anti-aliased nets resnetaa50 and resnetblur50 have the 320 keys and
# shapes of resnet50, in the same order, and so of torchvision's: a strict load succeeds in each direction, and the outputs
# then differ, since pools and blurs have no tensors (the blur's kernel is a buffer that is not saved).
# Most people would expect the state dict of another net to be refused by a strict load, or at least to differ in a key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 torchvision==0.29.1 timm==1.0.31
cd "$folder"
venv/bin/python - <<'PY'
import timm
import torch
import torchvision

torch.manual_seed(0)
plain = timm.create_model("resnet50").eval()
# The last norms of timm's branches begin at 0, so that fresh blocks would be the identity.
weights = {key: value + 0.5 if key.endswith("bn3.weight") else value for key, value in plain.state_dict().items()}
image = torch.randn(1, 3, 64, 64)
seen = {}
for name in ("torchvision", "resnet50", "resnetaa50", "resnetblur50"):
    net = torchvision.models.resnet50() if name == "torchvision" else timm.create_model(name)
    shapes = {key: value.shape for key, value in net.state_dict().items()}
    same = [*shapes.items()] == [(key, value.shape) for key, value in weights.items()]
    net.load_state_dict(weights, strict=True)
    with torch.no_grad():
        seen[name] = (len(shapes), same, net.eval()(image))
for name, (n_keys, same, output) in seen.items():
    away = (output - seen["torchvision"][2]).abs().max() / seen["torchvision"][2].abs().max()
    print(f"{name:13} {n_keys} keys, those of resnet50: {same}, largest difference {away:.3f} of the largest output")
    assert n_keys == 320 and same
    assert (away < 1e-4) == (name in ("torchvision", "resnet50"))
PY
