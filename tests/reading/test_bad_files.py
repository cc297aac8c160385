"""What a damaged or evil file ends in: a sentence, at once, and without the memory that it claims."""

import json
import pickle
import struct
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest

from resnet_viz.errors import WeightsError
from resnet_viz.reading.files import read_shapes
from resnet_viz.reading.unpickling import MAX_NAME
from tests.reading.damaged_files import bad_files
from tests.reading.made_files import good_files, npz


def test_a_bad_file_is_refused_and_takes_little() -> None:
    for name, data in bad_files().items():
        started = time.process_time()
        tracemalloc.start()
        try:
            found: object = read_shapes(data)
        except WeightsError:
            found = None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found is None, name
        assert peak < 8 * 2**20, name
        assert time.process_time() - started < 2, name


def test_a_file_cut_anywhere_is_refused() -> None:
    for name, (_form, data) in good_files().items():
        for part in range(1, 16):
            with pytest.raises(WeightsError):
                read_shapes(data[: part * len(data) // 16])
        assert read_shapes(data).shapes, name


def test_what_torch_has_no_dtype_for_is_set_aside() -> None:
    others: dict[str, Any] = {
        "text": np.array(["a"]),
        "record": np.zeros(2, dtype=[("x", "f4")]),
        "good": np.ones((2, 3), dtype="float16"),
    }
    for data in (npz(others), pickle.dumps({**others, "objects": np.array([None, "x"], dtype=object)}, 4)):
        found = read_shapes(data)
        assert (dict(found.shapes), dict(found.dtypes)) == ({"good": (2, 3)}, {"good": "float16"})
        assert found.set_aside == ("numpy.ndarray",)


def test_a_claimed_length_takes_no_memory(tmp_path: Any) -> None:
    """A buffered file would allocate what is asked for before it reads."""
    path = tmp_path / "claims"
    for body in (b"\x8e" + struct.pack("<Q", 2**40), b"\x95" + struct.pack("<Q", 2**40), b"B" + b"\xff" * 4):
        path.write_bytes(b"\x80\x04" + body + b"x" * 10_000)
        tracemalloc.start()
        with pytest.raises(WeightsError):
            read_shapes(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
        tracemalloc.stop()


def test_names_of_classes_are_short() -> None:
    name = "x" * 10_000
    body = f"\x80\x02}}X\x01\x00\x00\x00acos\n{name}\n)Rs.".encode("latin1")
    assert all(len(shown) <= MAX_NAME for shown in read_shapes(body).set_aside)


def test_json_of_another_kind_is_told() -> None:
    contents: tuple[dict[str, Any], ...] = ({"weight_map": {}}, {"weight_map": ["a"]}, {"weight_map": {"a": None}})
    for content in contents:
        with pytest.raises(WeightsError, match="no index"):
            read_shapes(json.dumps(content).encode())
