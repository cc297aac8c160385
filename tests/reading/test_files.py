"""Names, shapes and dtypes of files are those that torch, numpy and safetensors wrote, in each form and in several."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from resnet_viz.errors import WeightsError
from resnet_viz.reading.dtypes import ITEM_SIZES, STORAGES
from resnet_viz.reading.files import read_shapes
from resnet_viz.reading.tensor_shapes import KNOWN, Dtype
from tests.reading.made_files import STATE, good_files, pth, safe, told_files, write_set


class Own(torch.Tensor):
    """A tensor of another class, as some libraries have."""


SHAPES = {key: tuple(value.shape) for key, value in STATE.items()}
DTYPES = {key: str(value.dtype).removeprefix("torch.") for key, value in STATE.items()}


def test_each_form_is_read_from_bytes_and_path(tmp_path: Path) -> None:
    path = tmp_path / "named.txt"
    for name, (form, data) in good_files().items():
        found = read_shapes(data)
        assert (found.format, found.shapes, found.dtypes, found.set_aside) == (form, SHAPES, DTYPES, ()), name
        path.write_bytes(data)
        assert read_shapes(path) == found


def test_dtypes_are_torchs() -> None:
    dtypes = {name: value for name, value in vars(torch).items() if isinstance(value, torch.dtype)}
    assert {name: value.itemsize for name, value in dtypes.items()} == ITEM_SIZES
    storages = {name: value.dtype for name, value in vars(torch).items() if name in STORAGES}
    assert {name: str(value) for name, value in storages.items()} == {n: f"torch.{t}" for n, t in STORAGES.items()}
    assert all(isinstance(KNOWN[f"torch.{name}"], Dtype) for name in dtypes)


@pytest.mark.parametrize("is_old", [False, True])
def test_kinds_of_numbers_keep_their_names(is_old: bool) -> None:
    names = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "uint16", "complex32", "float64", "bool", "int8")
    state = {name: torch.ones(2, 3).to(getattr(torch, name)) for name in names}
    state["other class"] = torch.ones(4, 5).as_subclass(Own)
    state |= {"view": torch.arange(12.0)[3:7], "none": torch.empty(0, 3), "wide": torch.ones(1).expand(10**12)}
    found = read_shapes(pth({"nest": state}, is_old))
    assert found.dtypes == {f"nest.{key}": str(value.dtype).removeprefix("torch.") for key, value in state.items()}
    assert found.shapes == {f"nest.{key}": tuple(value.shape) for key, value in state.items()}
    plain = {name: value for name, value in state.items() if name not in ("view", "wide", "complex32", "other class")}
    assert read_shapes(safe(plain)).dtypes == {name: DTYPES.get(name, name) for name in plain} | {"none": "float32"}


@pytest.mark.parametrize("name", told_files())
def test_another_kind_is_told(name: str) -> None:
    word, data = told_files()[name]
    with pytest.raises(WeightsError, match=word):
        read_shapes(data)


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is a folder"):
        read_shapes(tmp_path)
    (tmp_path / ".metadata").write_bytes(b"")
    with pytest.raises(WeightsError, match="dcp_to_torch_save"):
        read_shapes(tmp_path)


@pytest.mark.parametrize("form", ["safetensors", "pth"])
def test_several_files_are_one_checkpoint(tmp_path: Path, form: str) -> None:
    index = write_set(tmp_path, form)
    one, two = tmp_path / "one", tmp_path / "two"
    for given in (index, [two, one], [one, index, two], [one.read_bytes(), two.read_bytes()]):
        found = read_shapes(given)
        assert (found.format, dict(found.shapes), dict(found.dtypes)) == (form, SHAPES, DTYPES)


def _points_at(name: Any, key: str = "fc.bias") -> Callable[[Path], Any]:
    def change(index: Path) -> Any:
        index.write_text(json.dumps({"weight_map": {**json.loads(index.read_text())["weight_map"], key: name}}))
        return index

    return change


def _twice(index: Path) -> Any:
    index.write_text(index.read_text().replace('"bn1.bias"', '"conv1.weight"'))
    return index


def _without(name: str) -> Callable[[Path], Any]:
    def change(index: Path) -> Any:
        (index.parent / name).unlink()
        return index

    return change


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_points_at("../outside"), "no file beside it"),
        (_points_at("/etc/hostname"), "no file beside it"),
        (_points_at("..\\outside"), "no file beside it"),
        (_points_at(".."), "no file beside it"),
        (_points_at(""), "no file beside it"),
        (_points_at(3), "no index"),
        (_points_at("one", "gone"), "hold other tensors: one"),
        (_points_at("three"), "missing.*three"),
        (_without("two"), "missing.*two"),
        (_twice, "two tensors of the name conv1.weight"),
        (lambda index: [index, index.parent / "one"], "missing.*two"),
        (lambda index: [index.parent / "one", index.parent / "two", index.parent / "one"], "two tensors"),
        (lambda index: [index, index], "in several files"),
        (lambda index: [index.read_bytes()], "in several files"),
        (lambda _index: [], "list"),
    ],
)
def test_an_index_opens_nothing_else_and_lacks_nothing(
    tmp_path: Path, change: Callable[[Path], Any], word: str
) -> None:
    (tmp_path / "outside").write_bytes(safe(STATE))
    (folder := tmp_path / "set").mkdir()
    given = change(write_set(folder))
    with pytest.raises(WeightsError, match=word):
        read_shapes(given)


def test_nested_names_end_and_collide() -> None:
    loop: dict[str, Any] = {"a": torch.ones(3)}
    loop["again"] = loop
    assert set(read_shapes(pth(loop)).shapes) == {"again." * n + "a" for n in range(5)}
    with pytest.raises(WeightsError, match=r"two tensors of the name a\.b"):
        read_shapes(pth({"a.b": torch.ones(1), "a": {"b": torch.ones(1)}}))
    wide: Any = {str(n): 0 for n in range(200)}
    for _level in range(4):
        wide = {str(n): wide for n in range(200)}
    with pytest.raises(WeightsError, match="too many entries"):
        read_shapes(pth(wide))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory")
def test_without_torch_and_numpy(tmp_path: Path) -> None:
    paths = []
    for name, (_form, data) in good_files().items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    paths.append(tmp_path / "of 100 MB")
    header = json.dumps({"a": {"dtype": "U8", "shape": [10**8], "data_offsets": [0, 10**8]}}).encode()
    paths[-1].write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(paths[-1], 8 + len(header) + 10**8)
    lines = (
        "import sys, pathlib, resnet_viz",
        "for path in sys.argv[1:]: resnet_viz.recognise(pathlib.Path(path))",
        "used = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')]",
        "assert int(used[0]) < 32 * 1024, used",
        "assert not {'torch', 'numpy', 'safetensors', 'PIL'} & set(sys.modules)",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines), *map(str, paths)], check=True)
