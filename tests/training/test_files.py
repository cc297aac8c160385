"""Runs as files: they come back equal, and a damaged one is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_viz.errors import ResnetVizError
from resnet_viz.training.read import read_run
from resnet_viz.training.run import Run
from tests.training.runs import made_run


def same(one: Run, other: Run) -> bool:
    arrays = ("losses", "errors", "gradient_norms", "seconds", "held_steps", "held_errors")
    return (
        all(getattr(one, name) == getattr(other, name) for name in ("plan", "device", "places", "versions"))
        and all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
        and [moment.step for moment in one.moments] == [moment.step for moment in other.moments]
        and all(
            mine.weights.keys() == theirs.weights.keys()
            and all(np.array_equal(mine.weights[name], theirs.weights[name]) for name in mine.weights)
            and (mine.velocity is None) == (theirs.velocity is None)
            for mine, theirs in zip(one.moments, other.moments, strict=True)
        )
    )


def test_a_run_comes_back_to_the_bit(tmp_path: Path) -> None:
    losses = made_run().losses.copy()
    losses[1] = np.nan
    run = replace(made_run(), losses=losses)
    run.save(tmp_path / "run.json")
    assert same(read_run(tmp_path / "run.json"), run)
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "run.safetensors"}
    assert run.final_error == pytest.approx((1 / 3 + 1 / 4 + 1 / 5 + 1 / 6) / 4)


def test_a_moment_that_was_not_kept_is_refused_with_those_that_were() -> None:
    assert made_run().moment_at(4).step == 4
    with pytest.raises(ResnetVizError, match="0, 4"):
        made_run().moment_at(3)


def test_a_name_without_json_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ResnetVizError, match=r"run\.json"):
        made_run().save(tmp_path / "run.pth")
    assert not list(tmp_path.iterdir())


def _without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document.pop(key)


def _with(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document.update(values)


@pytest.mark.parametrize(
    "change",
    [
        *(_without("losses"), _without("plan"), _with(version=2), _with(format="x"), _with(losses=[1, 2])),
        *(_with(places=[]), _with(places=["a"] * 5), _with(moments=[0]), _with(held_steps=["a"]), _with(versions=[])),
        _with(errors="abcd"),
    ],
)
def test_a_damaged_document_is_refused(change: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    made_run().save(path)
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(ResnetVizError, match=r"run\.json"):
        read_run(path)


def test_missing_and_cut_files_are_refused(tmp_path: Path) -> None:
    path, weights = tmp_path / "run.json", tmp_path / "run.safetensors"
    with pytest.raises(ResnetVizError, match=r"run\.json"):
        read_run(path)
    made_run().save(path)
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ResnetVizError, match="damaged"):
        read_run(path)
    weights.unlink()
    with pytest.raises(ResnetVizError, match=r"run\.safetensors"):
        read_run(path)
    path.write_text("[" * 100_000)
    weights.write_bytes(b"")
    with pytest.raises(ResnetVizError, match="JSON"):
        read_run(path)


def test_a_run_is_read_only_and_shown_in_a_line(tmp_path: Path) -> None:
    made_run().save(tmp_path / "run.json")
    for run in (made_run(), read_run(tmp_path / "run.json")):
        with pytest.raises(ValueError, match="read-only"):
            run.losses[0] = 3
        assert len(repr(run)) < 1_000
