"""The reader of pickles: what torch writes is read in every protocol, and what a pickle would do is never done."""

import argparse
import builtins
import collections
import copyreg
import dataclasses
import datetime
import enum
import importlib
import io
import os
import pathlib
import pickle
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional
from torch import Tensor, nn
from torchvision.models import resnet18

from resnet_viz.model.weights.pickled_names import StandIn
from resnet_viz.model.weights.unpickling import unpickle
from resnet_viz.reading.files import read_shapes
from tests.model.weights.bad_weights import rezipped

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

NUMBERS = torch.arange(10.0)
FORMS = ("zip", "legacy")


def save(content: Any, form: str = "zip", protocol: int = 2) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, pickle_protocol=protocol, _use_new_zipfile_serialization=form == "zip")
    return file.getvalue()


def with_pickle(body: bytes) -> bytes:
    """A file of torch.save that holds ten numbers, with another pickle."""
    return rezipped(save({"a": NUMBERS}), lambda name, old: body if name.endswith("data.pkl") else old)


# Opcodes of ten numbers in the storage "0", and of a text.
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x0atQ"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + b"K\x00K\x0a\x85K\x01\x85\x89}tR"


def text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


# What is good


@dataclasses.dataclass
class Settings:
    lr: float = 0.1


class Kind(enum.Enum):
    ONE = 1


Point = collections.namedtuple("Point", "x y")


def touch_nothing() -> None:
    """A function, which a pickle holds by its name."""


class Bag(dict):  # type: ignore[type-arg]
    """As the dicts with attributes that training scripts like."""


HARMLESS: dict[str, Any] = {
    "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("runs")),
    "best": np.float64(0.5),
    "table": np.arange(3),
    "history": collections.defaultdict(list, {"loss": [1.0]}),
    "seen": collections.Counter("aab"),
    "settings": Settings(),
    "kind": Kind.ONE,
    "bag": Bag(a=1),
    "plain": [{1, 2}, frozenset((3,)), (4, "x"), b"bytes", bytearray(b"more"), 1j, None, True, 2**80, torch.Size([2])],
    "optimizer": {"state": {0: {"exp_avg": NUMBERS}}, (1, 2): 3},
    "times": [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(1), datetime.date(2026, 1, 1)],
    "numpy": [np.int64(3), np.float32(1), np.dtype("f4"), np.array([None]), np.random.RandomState(0).get_state()],
    "torch": [torch.device("cpu"), torch.float16, torch.get_rng_state(), torch.optim.SGD([NUMBERS]).state_dict()],
    "other": [types.SimpleNamespace(a=1), collections.deque([1]), Point(1, 2), range(3), Bag, touch_nothing],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_values_beside_the_tensors_are_set_aside_and_told(form: str, protocol: int) -> None:
    read = unpickle(save({"model": {"a": NUMBERS}, **HARMLESS}, form, protocol))
    content: Any = read.content
    assert torch.equal(content["model"]["a"], NUMBERS)
    assert torch.equal(content["optimizer"]["state"][0]["exp_avg"], NUMBERS)
    assert content["history"] == {"loss": [1.0]}
    assert [type(content[name]) for name in ("args", "settings", "kind", "bag")] == [StandIn] * 4
    assert content["args"].name == "argparse.Namespace"
    assert torch.equal(content["table"], torch.arange(3))
    told = {"argparse.Namespace", "pathlib.PurePosixPath", f"{__name__}.Settings", f"{__name__}.Bag"}
    told |= {"datetime.datetime", "datetime.timedelta", "types.SimpleNamespace", f"{__name__}.Point", "numpy.ndarray"}
    assert told <= set(read.set_aside)
    assert not any(name.startswith("torch") for name in read.set_aside)
    shapes = read_shapes(save({"model": {"a": NUMBERS}, **HARMLESS}, form, protocol))
    assert shapes.set_aside == read.set_aside
    assert (shapes.shapes["model.a"], shapes.shapes["table"], shapes.dtypes["table"]) == ((10,), (3,), "int64")


def test_settings_of_omegaconf_are_set_aside() -> None:
    omegaconf = pytest.importorskip("omegaconf")
    settings = omegaconf.OmegaConf.create({"lr": 0.1, "betas": [0.9, 0.999], "twice": "${lr}"})
    read: Any = unpickle(save({"model": {"a": NUMBERS}, "settings": settings, "betas": settings.betas}))
    assert torch.equal(read.content["model"]["a"], NUMBERS)
    assert {"omegaconf.dictconfig.DictConfig", "omegaconf.listconfig.ListConfig"} <= set(read.set_aside)


@pytest.mark.parametrize("form", FORMS)
def test_tensors_are_as_they_were(form: str) -> None:
    def numbers() -> Tensor:
        return torch.complex(torch.ones(2), torch.full((2,), 3.0))

    content: dict[str, Tensor] = {
        "turned": torch.arange(6).reshape(2, 3).t(),
        "part": NUMBERS[3:7],
        "expanded": torch.tensor(2.0).expand(64),
        "empty": torch.empty(0, 3),
        "parameter": nn.Parameter(NUMBERS.clone()),
        "buffer": nn.Buffer(NUMBERS.clone()),
        "negated": numbers().conj().imag,  # its numbers lie there without the sign
        "conjugated": numbers().conj(),
        "bfloat16": NUMBERS.bfloat16(),
        "shared": NUMBERS[3:7],
        "uint16": torch.ones(3, dtype=torch.uint16),  # torch cannot read back what it writes in the old form
        "float8": torch.ones(3).to(torch.float8_e5m2),
    }
    read: Any = unpickle(save(content, form)).content
    assert read.keys() == content.keys()
    for key, value in content.items():
        assert type(read[key]) is Tensor
        assert read[key].dtype == value.dtype
        assert torch.equal(read[key], value.detach()), key
    assert read["part"].untyped_storage().data_ptr() == read["shared"].untyped_storage().data_ptr()


@pytest.mark.parametrize(
    "odd",
    [
        lambda: torch.eye(3).to_sparse(),
        lambda: torch.quantize_per_tensor(NUMBERS, 0.1, 0, torch.qint8),
        lambda: NUMBERS.to("meta"),
        lambda: torch.nested.nested_tensor([NUMBERS, NUMBERS[:3]]),
    ],
)
def test_tensors_of_another_layout_are_marked(odd: Callable[[], Tensor]) -> None:
    content: Any = unpickle(save({"odd": odd(), "good": NUMBERS})).content
    assert (content["odd"].name, content["odd"].is_tensor) == ("torch.Tensor", True)
    assert torch.equal(content["good"], NUMBERS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("protocol", [2, 4])
def test_a_whole_net_is_known_as_one(form: str, protocol: int) -> None:
    content = unpickle(save(resnet18(), form, protocol)).content
    assert isinstance(content, StandIn)
    assert (content.name, content.is_net) == ("torchvision.models.resnet.ResNet", True)


def test_what_the_process_has_forbidden_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    content: Any = unpickle(save({"a": NUMBERS})).content
    assert torch.equal(content["a"], NUMBERS)
    with pytest.raises(pickle.UnpicklingError):
        unpickle(save(HARMLESS))


# What would run


class Runs:
    """Unpickled without care, a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class Sets:
    """Unpickled without care, a call of its own `__setstate__`."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        Path(state["path"]).touch()


def touch(path: str) -> None:
    Path(path).touch()


def _evil(path: Path, module: str) -> dict[str, Any]:
    sets = Sets()
    sets.__dict__["path"] = str(path)
    return {
        "os.system": Runs(os.system, f"touch {path}"),
        "builtins.eval": Runs(builtins.eval, f"open({str(path)!r}, 'w')"),
        "builtins.exec": Runs(builtins.exec, f"open({str(path)!r}, 'w')"),
        "builtins.open": Runs(builtins.open, str(path), "w"),
        "importlib.import_module": Runs(importlib.import_module, module),
        "subprocess.Popen": Runs(subprocess.Popen, ["touch", str(path)]),
        "torch.serialization.load": Runs(torch.load, str(path)),
        "torch.hub.load": Runs(torch.hub.load, str(path), "x"),
        "torch.serialization.save": Runs(torch.save, 3, str(path)),
        "torch.jit._serialization.load": Runs(torch.jit.load, str(path)),
        "torch.storage._load_from_bytes": Runs(torch.storage._load_from_bytes, save(3)),
        f"{__name__}.touch": Runs(touch, str(path)),
        f"{__name__}.Sets": sets,
    }


# What Python itself writes for some names, by version and system.
ALSO_CALLED = {"os.system": ("posix.system", "nt.system"), "builtins.open": ("io.open", "_io.open")}


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A file that is there when something ran, and a module that makes it when it is imported."""
    path, module = tmp_path / "touched", "resnet_viz_trap"
    (tmp_path / f"{module}.py").write_text(f"open({str(path)!r}, 'w')\nclass Thing: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield path, module
    sys.modules.pop(module, None)


@pytest.mark.parametrize("name", _evil(Path("x"), "x"))
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_nothing_that_a_pickle_names_runs(trap: tuple[Path, str], name: str, form: str, protocol: int) -> None:
    path, module = trap
    read = unpickle(save({"model": {"a": NUMBERS}, "evil": _evil(path, module)[name]}, form, protocol))
    content: Any = read.content
    assert torch.equal(content["model"]["a"], NUMBERS)
    assert type(content["evil"]) is StandIn
    assert {name, *ALSO_CALLED.get(name, ())} & set(read.set_aside)
    assert not path.exists()
    assert module not in sys.modules


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", f"{__name__}.touch", f"{__name__}.Sets"])
def test_the_evil_pickles_are_evil(trap: tuple[Path, str], name: str) -> None:
    """Else the test before would prove nothing."""
    pickle.loads(pickle.dumps(_evil(*trap)[name], 2))
    assert trap[0].exists()


def _calls(module: str, name: str) -> dict[str, bytes]:
    """Every opcode that calls, with a name and one text."""
    argument, mark = text("x"), b"("
    named = f"{module}\n{name}\n".encode()
    stacked = text(module) + text(name) + b"\x93"
    return {
        "GLOBAL REDUCE": b"c" + named + argument + b"\x85R.",
        "STACK_GLOBAL REDUCE": b"\x80\x04" + stacked + argument + b"\x85R.",
        "INST": mark + argument + b"i" + named + b".",
        "OBJ": mark + b"c" + named + argument + b"o.",
        "NEWOBJ": b"c" + named + argument + b"\x85\x81.",
        "NEWOBJ_EX": b"c" + named + argument + b"\x85}\x92.",
        "BUILD": b"c" + named + b")\x81}" + argument + argument + b"sb.",
        "REDUCE of what was made": b"c" + named + b")R)R.",
    }


@pytest.mark.parametrize("opcode", _calls("", ""))
def test_no_opcode_imports_or_calls(trap: tuple[Path, str], opcode: str) -> None:
    path, module = trap
    read = unpickle(with_pickle(_calls(module, "Thing")[opcode]))
    assert isinstance(read.content, StandIn)
    assert read.content.name == f"{module}.Thing"
    assert read.set_aside == (f"{module}.Thing",)
    assert module not in sys.modules
    assert not path.exists()


@pytest.mark.parametrize("state", ["dict", "slots"])
@pytest.mark.parametrize(
    ("named", "found"),
    [
        (b"torch._utils\n_rebuild_tensor_v2\n", torch._utils._rebuild_tensor_v2),
        (b"torch\nTensor\n", Tensor),
        (b"torch.nn.parameter\nParameter\n", nn.Parameter),
        (b"torch.storage\nUntypedStorage\n", torch.UntypedStorage),
        (b"collections\nOrderedDict\n", collections.OrderedDict),
        (b"torch\nfloat32\n", torch.float32),
        (b"torch\nFloatStorage\n", torch.FloatStorage),
    ],
)
def test_nothing_of_torchs_can_be_changed(named: bytes, found: Any, state: str) -> None:
    before = {name: getattr(found, name, None) for name in ("to", "__defaults__", "__setstate__", "zzz")}
    attributes = b"".join(b"}" + text(name) + b"Ns" for name in ("to", "zzz"))
    given = attributes if state == "dict" else b"N}" + text("__defaults__") + b"Ns" + text("to") + b"Ns\x86"
    unpickle(with_pickle(b"c" + named + given + b"b."))
    assert {name: getattr(found, name, None) for name in before} == before


@pytest.mark.parametrize(
    "opcodes",
    [
        b"K\x00K\x09s",  # SETITEM
        b"(K\x00K\x09K\x01K\x09u",  # SETITEMS
        b"K\x09a",  # APPEND
        b"(K\x09K\x09e",  # APPENDS
        b"(K\x09K\x09\x90",  # ADDITEMS
        b"(" + STORAGE + b"K\x05K\x05\x85K\x01\x85tb",  # BUILD, as the oldest torch wrote a tensor
        b"N}" + text("to") + b"Ns\x86b",
    ],
)
def test_no_opcode_changes_a_tensor(opcodes: bytes) -> None:
    tensor: Any = unpickle(with_pickle(TENSOR + opcodes + b".")).content
    assert torch.equal(tensor, NUMBERS)
    assert vars(tensor) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"\x82\xee.",  # EXT1, of a code that somebody has registered
        b"\x97.",  # NEXT_BUFFER
        b"N\x98.",  # READONLY_BUFFER
        b"P0\n.",  # PERSID
        b"N)R.",
        b"K\x03)R.",
        text("x") + b")R.",
        TENSOR + b")R.",
        b"cos\nsystem\n" + text("true") + b"R.",
        b"ctorch._utils\n_rebuild_tensor_v2\n(K\x03K\x00K\x0a\x85K\x01\x85\x89}tR.",
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + TENSOR + b"K\x00K\x0a\x85K\x01\x85\x89}tR.",
        b"ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n)}tR.",
        b"".join((b"ctorch._utils\n_rebuild_tensor_v2\n(", STORAGE, b"K\x01K\x0a\x85K\x01\x85\x89}tR.")),
        b"".join((b"ctorch._utils\n_rebuild_tensor_v2\n(", STORAGE, b"K\x00K\x0a\x85K\x02\x85\x89}tR.")),
        STORAGE.replace(b"K\x0a", b"\x8a\x06\xff\xff\xff\xff\xff\x7f") + b".",  # a storage larger than the file
        STORAGE.replace(b"FloatStorage", b"NoStorage") + b".",
        STORAGE.replace(text("0"), b")") + b".",
        STORAGE.replace(text("storage"), text("module2")) + b".",
        b"",
        b".",
    ],
)
def test_other_opcodes_are_refused(body: bytes) -> None:
    copyreg.add_extension("os", "system", 0xEE)
    try:
        with pytest.raises((pickle.UnpicklingError, TypeError, ValueError, IndexError, KeyError, EOFError)):
            unpickle(with_pickle(body))
    finally:
        copyreg.remove_extension("os", "system", 0xEE)


def test_the_source_of_a_module_is_not_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch compares it with this machine's, and may write the difference into the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torch.serialization.get_source_lines_and_file", pytest.fail)
    body = b"(" + text("module") + b"ctorch.nn\nLinear\n" + text("/etc/hostname") + text("source") + b"tQ)R."
    assert isinstance(unpickle(with_pickle(body)).content, StandIn)
    old = save(nn.Linear(2, 2), "legacy")
    assert isinstance(unpickle(old).content, StandIn)
    assert list(tmp_path.iterdir()) == []


# What would take for ever, or all memory

TUPLES = b")" + b"2\x86" * 60  # a pair of the same pair, sixty deep


@pytest.mark.parametrize(
    "body",
    [
        b"}" + TUPLES + b"K\x01s.",
        b"}(" + TUPLES + b"K\x01u.",
        b"(" + TUPLES + b"K\x01d.",
        b"\x8f(" + TUPLES + b"\x90.",
        b"(" + TUPLES + b"\x91.",
        b"ccollections\nOrderedDict\n](" + TUPLES + b"K\x01\x86e\x85R.",
        b"c__builtin__\nset\n]" + TUPLES + b"a\x85R.",
        b"}(" + b"".join(b"\x8a\x10" + (n * (2**61 - 1)).to_bytes(16, "little") + b"N" for n in range(20_000)) + b"u.",
    ],
)
def test_keys_are_no_trap(body: bytes) -> None:
    started = time.process_time()
    unpickle(with_pickle(body))
    assert time.process_time() - started < 5


def test_a_storage_by_a_key_without_an_end_is_refused() -> None:
    started = time.process_time()
    for place in (text("0"), text("cpu")):
        with pytest.raises(pickle.UnpicklingError):
            unpickle(with_pickle(STORAGE.replace(place, TUPLES) + b"."))
    assert time.process_time() - started < 5


def test_bytes_that_are_not_there_take_no_memory() -> None:
    with pytest.raises(EOFError):
        unpickle(with_pickle(b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"x" * 8 + b"."))


def test_an_enormous_tensor_takes_no_memory() -> None:
    content: Any = unpickle(save({"a": torch.empty(1).expand(10**12)})).content
    assert content["a"].shape == (10**12,)
    assert content["a"].untyped_storage().nbytes() == 4


def test_a_storage_of_the_old_form_needs_its_numbers() -> None:
    """torch would leave what the memory held before."""
    good = save({"a": NUMBERS}, "legacy")
    at = good.rindex(pickle.PROTO + b"\x02]")
    assert unpickle(good).content
    for keys in (pickle.dumps([], 2), pickle.dumps({}, 2), pickle.dumps("", 2), b"](" + TUPLES + b"e.", TUPLES + b"."):
        with pytest.raises(pickle.UnpicklingError):
            unpickle(good[:at] + keys)


def test_a_storage_of_the_old_form_does_not_grow() -> None:
    good = save({"a": NUMBERS}, "legacy")
    shape = b"K\x00K\x0a\x85"
    assert good.count(shape) == 1
    with pytest.raises(pickle.UnpicklingError):
        unpickle(good.replace(shape, b"K\x00K\xff\x85"))
