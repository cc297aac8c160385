#!/usr/bin/env bash
# pygraphviz 2.0.4 (its wheel brings Graphviz 14): a layout holds Python's global lock from its beginning to its end, so
# no other thread of the process runs meanwhile. A graph of 1,500 boxes stops a web server for the whole layout.
# Most people would expect a call into a C library that takes seconds to let other threads run, as zlib, PIL and torch do.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pygraphviz==2.0.4
cd "$folder"
venv/bin/python - 2>/dev/null <<'PY'
import importlib.metadata
import threading
import time
import zlib

import pygraphviz

# A chain of residual blocks: a spine and a shortcut around each two.
source = "digraph {" + ";".join(f"{n}->{n + 1};{n}->{n + 2}" for n in range(1500)) + "}"
graph = pygraphviz.AGraph(string=source)
data = bytes(range(256)) * 400_000


def longest_gap(work):
    """Seconds that `work` takes, and the longest that another thread had to wait meanwhile."""
    beats, is_over = [time.perf_counter()], threading.Event()

    def beat():
        while not is_over.is_set():
            time.sleep(0.001)
            beats.append(time.perf_counter())

    thread = threading.Thread(target=beat)
    thread.start()
    begun = time.perf_counter()
    work()
    took = time.perf_counter() - begun
    is_over.set()
    thread.join()
    return took, max(after - before for before, after in zip(beats, beats[1:]))


layout, gap = longest_gap(lambda: graph.layout(prog="dot"))
packing, small = longest_gap(lambda: zlib.compress(data, 6))
print("pygraphviz", importlib.metadata.version("pygraphviz"))
print(f"layout {layout:.2f} s, another thread stood still for {gap:.2f} s of it ({gap / layout:.0%})")
print(f"zlib   {packing:.2f} s, another thread stood still for {small:.2f} s of it ({small / packing:.0%})")
assert importlib.metadata.version("pygraphviz") == "2.0.4"
assert gap > 0.8 * layout
assert small < 0.5 * packing
PY
