#!/usr/bin/env bash
# Ray 2.60.0: `ray.init()` in a process that has a handler of its own for SIGTERM replaces it by one that leaves with
# `sys.exit(15)`, and `ray.shutdown()` does not put the old one back. A server that finishes its work on SIGTERM and then ends
# with status 0 ends at once with status 15 instead, from the first `ray.init()` on and also after Ray is long gone.
# Most people would expect a library that one connects with to leave the process's signals alone, or at least to give them back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ray==2.60.0
cd "$folder"
export HOME="$folder" RAY_AUTH_MODE=disabled
venv/bin/python - <<'PY'
import signal


def own(*_):
    """Would end the server in its own time."""


signal.signal(signal.SIGTERM, own)
import ray

print("after the import it is ours:", signal.getsignal(signal.SIGTERM) is own)
assert signal.getsignal(signal.SIGTERM) is own
ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
during = signal.getsignal(signal.SIGTERM)
ray.shutdown()
after = signal.getsignal(signal.SIGTERM)
print("while connected it is ours:", during is own, "- it is", during)
print("after the shutdown it is ours:", after is own)
assert during is not own and after is during
try:
    after(signal.SIGTERM, None)
except SystemExit as end:
    print("Ray's leaves with status", end.code)
    assert end.code == signal.SIGTERM
PY
