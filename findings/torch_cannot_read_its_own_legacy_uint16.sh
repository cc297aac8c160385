#!/usr/bin/env bash
# torch 2.14.1: in the form before 1.6 (_use_new_zipfile_serialization=False), which old training code still asks for,
# torch.save writes a uint16 tensor, and torch.load cannot read it: there is no torch.UInt16Storage to be looked up.
# Most people would expect torch.save to refuse what torch.load cannot read, or both to work, as the zip form does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1
cd "$folder"
venv/bin/python - <<'PY'
import torch

seen = {}
for dtype in (torch.int16, torch.uint16, torch.uint32, torch.uint64):
    for is_zip in (True, False):
        try:
            torch.save({"x": torch.zeros(3, dtype=dtype)}, "x.pth", _use_new_zipfile_serialization=is_zip)
        except Exception as error:
            seen[str(dtype), is_zip] = f"not written: {type(error).__name__}"
            continue
        try:
            torch.load("x.pth")
            seen[str(dtype), is_zip] = "read"
        except Exception as error:
            seen[str(dtype), is_zip] = f"written, not read: {type(error).__name__}: {str(error).splitlines()[0][:70]}"
print("torch", torch.__version__)
for (dtype, is_zip), outcome in seen.items():
    print(dtype, "zip" if is_zip else "legacy", outcome)
assert torch.__version__.startswith("2.14.1")
assert seen["torch.int16", False] == "read"
assert seen["torch.uint16", True] == "read"
assert seen["torch.uint16", False].startswith("written, not read"), seen
PY
