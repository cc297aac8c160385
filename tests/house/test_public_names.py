"""The public names: where they live, and that the package starts without torch and Streamlit."""

import subprocess
import sys
from importlib import import_module

import pytest

import resnet_viz
from tests.places import ROOT


@pytest.mark.parametrize(
    "line",
    [
        "import resnet_viz",
        "from resnet_viz import ResNetSpec, PRESETS; ResNetSpec.from_query(PRESETS['resnet50'].to_query())",
        "from resnet_viz import Trace, SpecError, draw_graph; dir(__import__('resnet_viz'))",
    ],
)
def test_importing_loads_neither_torch_nor_streamlit(line: str) -> None:
    heavy = "{'torch', 'torchvision', 'streamlit'}"
    code = f"{line}\nimport sys\nfound = {heavy} & set(sys.modules)\nassert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_public_names_resolve() -> None:
    assert sorted(resnet_viz.__all__) == sorted(resnet_viz._HOME_OF) == dir(resnet_viz)
    for name in resnet_viz.__all__:
        value = getattr(resnet_viz, name)
        assert getattr(value, "__name__", name) == name
        assert value is getattr(import_module(resnet_viz._HOME_OF[name]), name)
    with pytest.raises(AttributeError, match="no_such_name"):
        resnet_viz.no_such_name  # noqa: B018


def test_errors_are_one_family() -> None:
    names = [name for name in resnet_viz.__all__ if name.endswith("Error") and name != "ResnetVizError"]
    assert set(names) >= {"SpecError", "TraceError", "ImageError", "WeightsError", "DeviceError", "DrawError"}
    assert all(issubclass(getattr(resnet_viz, name), resnet_viz.ResnetVizError) for name in names)
