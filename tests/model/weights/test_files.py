"""The values of every kind of file are read as its shapes are: the same tensors, the same refusals, the same words."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.model.weights.checkpoints import read_checkpoint, read_checkpoint_files
from resnet_viz.reading.files import read_shapes
from tests.model.weights.bad_weights import lying_headers, other_files
from tests.reading.damaged_files import bad_files
from tests.reading.made_files import STATE, good_files, pth, safe, told_files, write_set


def same(content: Any) -> bool:
    """Whether these are the tensors of the state dict, to the bit."""
    return content.keys() == STATE.keys() and all(
        type(content[key]) is Tensor and content[key].dtype == value.dtype and torch.equal(content[key], value)
        for key, value in STATE.items()
    )


def test_values_of_each_form_are_what_was_written(tmp_path: Path) -> None:
    for name, (form, data) in good_files().items():
        path = tmp_path / "some file"
        path.write_bytes(data)
        for read in (read_checkpoint(data), read_checkpoint_files(data), read_checkpoint_files(path)):
            assert read.format == form
            assert same(read.content), name
            assert read.set_aside == ()
        assert read_checkpoint_files(path).title == "some file"


def test_another_kind_is_told_in_the_same_words() -> None:
    for name, (_word, data) in told_files().items():
        with pytest.raises(WeightsError) as told:
            read_shapes(data)
        with pytest.raises(WeightsError) as also:
            read_checkpoint(data)
        assert str(told.value) == str(also.value), name


def test_what_has_no_shapes_has_no_values() -> None:
    plain = {key: value.contiguous() for key, value in STATE.items()}
    for name, data in {**bad_files(), **lying_headers(plain), **other_files(plain)}.items():
        try:
            found = read_shapes(data)
        except WeightsError:
            with pytest.raises(WeightsError):
                read_checkpoint(data)
            continue
        read: Any = read_checkpoint(data).content
        flat = {key: value for key, value in read.items() if isinstance(value, Tensor)} if type(read) is dict else {}
        assert {key: tuple(value.shape) for key, value in flat.items() if isinstance(key, str)} == found.shapes, name


@pytest.mark.parametrize("form", ["safetensors", "pth"])
def test_several_files_are_one_checkpoint(tmp_path: Path, form: str) -> None:
    index = write_set(tmp_path, form)
    one, two = tmp_path / "one", tmp_path / "two"
    for given in (index, [two, one], [one, index, two], [one.read_bytes(), two.read_bytes()]):
        read = read_checkpoint_files(given)
        assert read.format == form
        assert same(read.content)
    with pytest.raises(WeightsError, match=r"missing.*two"):
        read_checkpoint_files([index, one])
    two.write_bytes(safe({"conv1.weight": STATE["conv1.weight"]}))
    with pytest.raises(WeightsError, match=r"two tensors of the name conv1\.weight"):
        read_checkpoint_files([one, two])
    two.write_bytes(pth([1]))
    with pytest.raises(WeightsError, match="no dictionary of weights but list"):
        read_checkpoint_files([one, two])


def test_nested_parts_are_joined(tmp_path: Path) -> None:
    halves = [{key: STATE[key] for key in list(STATE)[part]} for part in (slice(2), slice(2, None))]
    paths = [tmp_path / name for name in ("one", "two")]
    for path, half in zip(paths, halves, strict=True):
        path.write_bytes(pth({"epoch": 3, "model": half}))
    content: Any = read_checkpoint_files(paths).content
    assert content["epoch"] == 3
    assert same(content["model"])


def test_any_wrong_byte_of_a_zip_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the storages, whose checksums are made while they are read, as in the other members."""
    monkeypatch.setattr("resnet_viz.model.weights.checksums._BATCH_BYTES", 200)  # more batches than one
    data = pth({f"{n}": torch.full((60,), n) for n in range(7)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    assert sum("/data/" in member.filename for member in members) == 7
    for member in members:
        at = member.header_offset
        lengths = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (26, 28))
        damaged = bytearray(data)
        damaged[at + 30 + sum(lengths)] ^= 1
        with pytest.raises(WeightsError, match="damaged"):
            read_checkpoint(bytes(damaged))


def test_a_file_of_a_machine_of_another_byte_order_is_whole() -> None:
    """torch turns the bytes around once they are read, so their checksum is another."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pth(STATE))) as ours, zipfile.ZipFile(buffer, "w") as theirs:
        for member in ours.infolist():
            body = ours.read(member)
            if member.filename.endswith("/byteorder"):
                body = {"little": b"big", "big": b"little"}[sys.byteorder]
            theirs.writestr(member.filename, body)
    read: Any = read_checkpoint(buffer.getvalue()).content
    expected = {key: value.clone() for key, value in STATE.items()}
    for key, value in expected.items():
        expected[key].untyped_storage().byteswap(value.dtype)
    assert read.keys() == expected.keys()
    assert all(read[key].numpy().tobytes() == value.numpy().tobytes() for key, value in expected.items())


@pytest.mark.parametrize("padding", range(8))
def test_a_mapped_file_need_not_be_aligned(padding: int, tmp_path: Path) -> None:
    """safetensors pads its header to eight bytes; its description does not ask for it."""
    data = safe(STATE)
    length = int.from_bytes(data[:8], "little")
    path = tmp_path / "moved.safetensors"
    path.write_bytes(
        (length + padding).to_bytes(8, "little") + data[8 : 8 + length] + b" " * padding + data[8 + length :]
    )
    assert same(read_checkpoint_files(path).content)


def test_what_is_read_is_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "r.safetensors"
    path.write_bytes(data := safe(STATE))
    read: Any = read_checkpoint_files(path).content
    for value in read.values():
        value.zero_()
    assert path.read_bytes() == data
