#!/usr/bin/env bash
# torch 2.14.1: torch.save takes any pickle protocol and writes such a file without a word; torch.load, as it is called
# by everybody since 2.6 (weights_only=True by default), warns of each above 2 and reads neither 4 nor 5.
# Most people would expect that what torch.save writes by a documented argument, torch.load reads by its defaults: the
# file holds plain tensors alone. The error speaks of an unsupported operand, and advises weights_only=False.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1
cd "$folder"
venv/bin/python - <<'PY'
import pickle
import torch

state = {"conv1.weight": torch.ones(2, 3)}
read = {}
for protocol in (2, 3, 4, 5):
    torch.save(state, f"{protocol}.pth", pickle_protocol=protocol)
    try:
        torch.load(f"{protocol}.pth")
        read[protocol] = "read"
    except pickle.UnpicklingError as error:
        read[protocol] = "refused: " + next(line for line in str(error).splitlines() if "nsupported" in line).strip()[-60:]
print("torch", torch.__version__)
for protocol, outcome in read.items():
    print("protocol", protocol, outcome)
assert torch.__version__.startswith("2.14.1")
assert read[2] == "read", read
assert all(read[protocol].startswith("refused") for protocol in (4, 5)), read
PY
