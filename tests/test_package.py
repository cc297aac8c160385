"""The package: what it needs and has, and that it works from any folder once it is installed."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from resnet_viz import read_trace
from resnet_viz.organisms.index import INDEX, organisms
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.store.shipped import MANIFEST, SHIPPED
from resnet_viz.store.versions import OWN, installed_versions
from tests.browser.serving import free_port, is_healthy, run_server
from tests.places import ROOT
from tests.trace_files.documents import document_of

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BASE: list[str] = PROJECT["dependencies"]
APP: list[str] = PROJECT["optional-dependencies"]["app"]
# Whose nets have names here where they are installed, and who are asked for by the name alone (`model/named`).
OTHERS = ("timm", "transformers")
# The extra `ray` alone, which the tests have not got.
CLUSTER = ("ray",)
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def names(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[\s<>=!~;\[]", line)[0].lower().replace("_", "-") for line in requirements}


def imported(files: Iterable[Path]) -> set[str]:
    """The distributions of all that is imported anywhere in these files, at the top or in a function."""
    found: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    ours = found - set(sys.stdlib_module_names) - {"resnet_viz", "_typeshed", *OTHERS, *CLUSTER}
    known = packages_distributions()
    return {known[name][0].lower().replace("_", "-") for name in ours}


def sources(is_app: bool) -> list[Path]:
    package = ROOT / "resnet_viz"
    files = [path for path in package.rglob("*.py") if path.is_relative_to(package / "ui") is is_app]
    return [*files, ROOT / "app.py"] if is_app else files


def test_the_base_is_what_tracing_drawing_and_the_command_line_import() -> None:
    # torchvision's ResNets need no pillow; pictures do.
    assert imported(sources(is_app=False)) == names(BASE)


def test_the_app_needs_its_extra_and_nothing_beside() -> None:
    from_streamlit = names(requires("streamlit") or ())
    # Of these two pictures are read, and nothing is imported.
    imports = imported(sources(is_app=True)) | {"scikit-image", "scikit-learn"}
    assert imports - names(BASE) - from_streamlit == names(APP) - from_streamlit


def test_the_apps_list_is_the_base_and_the_extra() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == {*BASE, *APP}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as a wheel brings it, and nothing else of ours."""
    wheels, folder = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", "--no-deps", "--target", str(folder), str(wheel)], check=True, timeout=300)
    return folder


def environment(installed: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "RESNET_VIZ_"))}
    return {**own, "PYTHONPATH": str(installed), "RESNET_VIZ_CACHE": "off"}


def test_a_wheel_has_the_apps_files_and_no_source_of_others(installed: Path) -> None:
    packed = installed / "resnet_viz" / "packed"
    found = {path.relative_to(packed).as_posix() for path in packed.rglob("*") if path.suffix not in ("", ".pyc")}
    samples = {f"assets/samples/{path.name}" for path in (ROOT / "assets" / "samples").iterdir()}
    records = {f"assets/records/{name}" for name in (MANIFEST, *(f"{preset}.xz" for preset in PRESETS))}
    trained = {f"assets/organisms/{name}" for name in ("CREDIT.md", INDEX, *(o.file for o in organisms().values()))}
    assert found == {
        "app.py",
        ".streamlit/config.toml",
        "assets/projector.css",
        "assets/room.css",
        "assets/style.css",
        *samples,
        *records,
        *trained,
    }
    assert {path.name for path in installed.iterdir()} == {"bin", "resnet_viz", "resnet_viz-0.1.0.dist-info"}
    tracked = subprocess.run(["git", "ls-files", "resnet_viz"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode == 0:  # a checkout, and no archive of it
        kept = {name for name in tracked.stdout.split() if not name.endswith(".pot")}
        assert {name for name in kept if not (installed / name).is_file()} == set()


# Somebody's own module and the command, in an environment where nothing of the app can be imported.
_WORKSHOP = """
import runpy, sys
sys.modules.update(dict.fromkeys(("streamlit", "skimage", "loky", "cachetools", "platformdirs")))
import torch
from torch import nn
from resnet_viz import show, trace_model
class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Conv2d(3, 3, 3, padding=1)
    def forward(self, x):
        return torch.relu(self.inner(x)) + x
trace_model(Own(), (1, 3, 32, 32)).save("own.trace.json")
try:
    show(Own(), (1, 3, 32, 32))
except Exception as error:
    print(error, flush=True)
command = sys.argv[1]
sys.argv = [command, "draw", "resnet50", "-o", "x.svg"]
runpy.run_path(command, run_name="__main__")
"""


def test_the_base_alone_traces_a_module_of_ones_own_and_draws_from_another_folder(
    installed: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _WORKSHOP, str(installed / "bin" / "resnet-viz")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(installed), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    missing = "streamlit, loky, cachetools, skimage, platformdirs"
    told = f"The app needs {missing}, which is not installed: pip install 'resnet-viz[app]'."
    assert done.stdout.splitlines() == [told, "x.svg"]
    parts = {part.get("id") for part in ElementTree.parse(tmp_path / "x.svg").iter()}
    assert "n:layer3.1..5" in parts
    trace = read_trace(tmp_path / "own.trace.json")
    assert document_of(trace) == json.loads((tmp_path / "own.trace.json").read_text())  # valid by the schema
    assert [op.op for op in trace.ops] == ["conv2d", "relu", "add"]
    assert trace.n_params == 3 * 3 * 3 * 3 + 3


# Where neither torch nor Graphviz can be imported, and nothing was ever drawn.
_FIRST_DRAWING = """
import sys
sys.modules.update(dict.fromkeys(("torch", "torchvision", "pygraphviz")))
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets
from resnet_viz.views.parts.detail import Detail
for spec in PRESETS.values():
    trace = nets.get_trace(spec)
    assert trace.spec == spec
    for language in ("en", "zh_CN"):
        assert nets.lay_out_drawing(spec, Detail(), "rows", language).read()["laid"].endswith("}\\n")
del sys.modules["pygraphviz"]  # What is laid out is wrapped and written by it, in the time of a few frames.
assert nets.get_drawing(spec, Detail(), "rows", "en").svg.rstrip().endswith("</svg>")
print(trace.name)
"""


def test_the_first_drawing_of_a_preset_needs_neither_torch_nor_a_layout(installed: Path, tmp_path: Path) -> None:
    told = json.loads((SHIPPED / MANIFEST).read_text())["versions"]
    if {**told, OWN: ""} != {**installed_versions("drawing"), OWN: ""}:
        pytest.skip("the records are of other versions than those installed here")
    # A wheel has its version from its metadata, as an environment of one's own has it.
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_DRAWING],
        cwd=tmp_path,
        env={**environment(installed), "RESNET_VIZ_CACHE": str(tmp_path / "kept")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, f"{list(PRESETS.values())[-1].name}\n"), done.stderr
    assert not (tmp_path / "kept").exists()


def answers_at(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((address, port)) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere this machine has one address that starts with 127")
def test_alone_it_starts_the_app_on_this_machine_only(installed: Path, tmp_path: Path) -> None:
    """From a folder with other settings, which are none of ours."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n')
    port, log = free_port(), tmp_path / "server.log"
    command = [sys.executable, str(installed / "bin" / "resnet-viz"), "--server.port", str(port)]
    command += ["--embed", "https://school.example"]
    url = f"http://127.0.0.1:{port}"
    with run_server(command, log, lambda: is_healthy(url), environment(installed), tmp_path):
        assert f"URL: {url}" in log.read_text()
        assert not answers_at("127.0.0.2", port)
        with _direct.open(f"{url}/") as answer:
            assert "frame-ancestors 'self' https://school.example" in answer.headers["content-security-policy"]
