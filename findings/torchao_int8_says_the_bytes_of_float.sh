#!/usr/bin/env bash
# torchao 0.18.0 with torch 2.14.1: after quantize_(model, Int8WeightOnlyConfig()) the weight of fc says that it takes as
# many bytes as before: dtype float32, element_size() 4, nbytes and untyped_storage().nbytes() 2,048,000 for 512,000 values.
# It holds 512,000 bytes of int8, 4,000 of scales and 1,000 of zero points, which only __tensor_flatten__ names; the file
# that torch.save writes of the net is smaller than the sum of nbytes over its state dict.
# Most people who print the size of a quantised net by nbytes would expect to see what quantising has saved.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 torchvision==0.29.1 torchao==0.18.0
cd "$folder"
venv/bin/python - <<'PY'
import io

import torch
import torchao
import torchvision
from torchao.quantization import Int8WeightOnlyConfig, quantize_

model = torchvision.models.resnet18().eval()
quantize_(model, Int8WeightOnlyConfig())
weight = model.fc.weight
names, _context = weight.__tensor_flatten__()
inside = {name: getattr(weight, name).nbytes for name in names}
told = sum(tensor.nbytes for tensor in model.state_dict().values())
file = io.BytesIO()
torch.save(model.state_dict(), file)
written = len(file.getvalue())
print("torch", torch.__version__, "torchao", torchao.__version__)
print("fc.weight says", weight.dtype, weight.nbytes, weight.untyped_storage().nbytes(), "and holds", inside)
print("sum of nbytes", told, "file", written)
assert torch.__version__.startswith("2.14.1") and torchao.__version__.startswith("0.18.0")
assert weight.dtype == torch.float32 and weight.nbytes == weight.untyped_storage().nbytes() == 2_048_000
assert sum(inside.values()) == 517_000, inside
assert written < told
PY
