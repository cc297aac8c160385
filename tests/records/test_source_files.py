"""Source files are named without folders, and a name leads to the loaded module's file and to no other."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import timm
import torchvision

from resnet_viz.places import PACKAGE
from resnet_viz.records.source_files import find_source, name_source, package_of, version_of

MODULES = ("torchvision.models.resnet", "torchvision.models", "timm.layers.blur_pool", "timm", "json.decoder")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_s_file_is_named_from_its_package_on_and_found_again(module: str) -> None:
    """Beside where Python's own machinery finds it."""
    importlib.import_module(module)
    found = importlib.util.find_spec(module)
    assert found
    assert found.origin
    name = name_source(module, found.origin)
    assert name.split("/")[0] == module.split(".")[0]
    assert found.origin.endswith(f"/{name}")
    assert not Path(name).is_absolute()
    assert find_source(name) == sys.modules[module].__file__
    assert package_of(name) == module.partition(".")[0]


@pytest.mark.parametrize(
    ("module", "file", "name"),
    [
        ("__main__", "/home/ada/nets/train.py", "train.py"),
        ("__main__", "/tmp/ipykernel_4711/1234.py", "1234.py"),
        ("__main__", "<ipython-input-1-abc>", "<ipython-input-1-abc>"),
        ("net", "/home/ada/nets/net.py", "net.py"),
        ("mine.net", "/home/ada/mine/net.py", "mine/net.py"),
        ("mine", "/home/ada/mine/__init__.py", "mine/__init__.py"),
        ("mine.net", "/home/ada/elsewhere.py", "elsewhere.py"),
        ("mine.net", "<string>", "<string>"),
        ("../../etc.passwd", "/etc/passwd.py", "passwd.py"),
        ("a/b.c", "/home/ada/c.py", "c.py"),
        (None, "/home/ada/x.py", "x.py"),
        ("torch.fx", "<eval_with_key>.0", "<eval_with_key>.0"),
        ("x", "/home/ada/a\nb.py", "a?b.py"),
    ],
)
def test_no_name_has_a_folder_of_the_machine(module: Any, file: str, name: str) -> None:
    assert name_source(module, file) == name


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../net.py", "", ".py", "no/such.py", "torchvision", "torchvision.models/resnet.py", "x\0"]
)
def test_a_name_that_no_loaded_module_has_leads_nowhere(name: str) -> None:
    assert find_source(name) is None


def test_a_module_that_is_not_loaded_is_found_in_the_packages_of_nets_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_source("torchvision/models/resnet.py") == torchvision.models.resnet.__file__
    monkeypatch.delitem(sys.modules, "torchvision.models.resnet")
    assert find_source("torchvision/models/resnet.py") == torchvision.models.resnet.__file__
    assert find_source("resnet_viz/model/net/variant.py") == str(PACKAGE / "model" / "net" / "variant.py")
    for other in ("email/mime/audio.py", "torchvision/models/../../pip/main.py", "torchvision/METADATA", "pip/main.py"):
        assert find_source(other) is None


def test_a_version_is_that_of_the_loaded_package_else_of_the_installed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = version_of("torchvision")
    monkeypatch.delitem(sys.modules, "torchvision")
    assert loaded is not None
    assert version_of("torchvision") == loaded.partition("+")[0]
    assert version_of("pip") is None


def test_a_script_is_found_unless_a_module_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, file: str) -> None:
        module = ModuleType(name)
        module.__file__ = file
        monkeypatch.setitem(sys.modules, name, module)

    load("__main__", "/home/ada/train_it.py")
    assert find_source("train_it.py") == "/home/ada/train_it.py"
    load("train_it", "/usr/lib/train_it.py")
    assert find_source("train_it.py") is None


def test_the_version_is_what_the_loaded_package_says() -> None:
    assert version_of("timm") == timm.__version__
    assert version_of("torchvision") == torchvision.__version__
    assert version_of("no_such_package") is None
