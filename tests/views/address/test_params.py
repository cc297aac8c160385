"""Values of an address: what is there is read, what is wrong is replaced and told once."""

from __future__ import annotations

import pytest

from resnet_viz.views.address.params import parse_number, read_choice, read_place


def test_a_choice_is_read_and_a_wrong_one_told() -> None:
    notes: list[str] = []
    assert read_choice({"level": "op"}, "level", ("folded", "op"), notes) == "op"
    assert read_choice({}, "level", ("folded", "op"), notes) == "folded"
    assert notes == []
    assert read_choice({"level": "x" * 99}, "level", ("folded", "op"), notes) == "folded"
    assert notes == [f"level: got “{'x' * 60}”, which is none of folded, op. folded is shown instead."]


@pytest.mark.parametrize(("text", "place"), [("1", 0), ("12", 11), ("0001", 0)])
def test_places_are_counted_from_one(text: str, place: int) -> None:
    notes: list[str] = []
    assert read_place({"step": text}, "step", notes) == place
    assert read_place({}, "step", notes) is None
    assert notes == []


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "1234567", "", "١"])
def test_what_is_no_place_is_told(text: str) -> None:
    notes: list[str] = []
    assert read_place({"step": text}, "step", notes) is None
    assert notes == [f"step: got “{text}”, where a number is expected. It is ignored."]


def test_numbers_have_so_many_digits_at_most() -> None:
    assert [parse_number(text, digits=4) for text in ("0", "1234", "12345", "")] == [0, 1234, None, None]
