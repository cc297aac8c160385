"""Answers as people type them: what means the same is read the same, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.teach.exercises.answers import (
    Choice,
    as_typed,
    read_bracket_text,
    read_choice_text,
    read_number,
    read_order,
    read_sizes,
)

CHOICES = (Choice("layer1", "conv2_x"), Choice("layer2", "conv3_x"), Choice("layer3", "conv4_x"))
NUMBERS = st.integers(0, 10**12)
SIZES = st.integers(1, 99_999)
TIMES = st.sampled_from(["x", "X", "×", "*", " x ", " × ", "  X", "✕"])
BLANKS = st.sampled_from(["", " ", "\t", "\n", "\u00a0", "\u3000"])
THOUSANDS = st.sampled_from([",", " ", "'", "_", "\u00a0", "\u202f", "，", "’"])


@given(NUMBERS, THOUSANDS, BLANKS, BLANKS)
def test_numbers_with_thousands_or_without(n: int, separator: str, before: str, after: str) -> None:
    assert read_number(f"{before}{n}{after}") == n
    assert read_number(f"{before}{n:,}{after}".replace(",", separator)) == n


@given(NUMBERS)
def test_full_width_digits_are_digits(n: int) -> None:
    assert read_number("".join(chr(ord(digit) + 0xFEE0) for digit in str(n))) == n


@pytest.mark.parametrize(
    "text", ["", "-5", "+5", "1.5", "1,02", "1,0244", "12,34,567", "1,024 000", "0x10", "1e3", "007", "٣", "²", "5 px"]
)
def test_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@given(st.lists(SIZES, min_size=3, max_size=3), TIMES, st.booleans(), st.sampled_from(["{}", "({})", "[{}]"]))
def test_shapes_with_any_sign_between(sizes: list[int], times: str, has_batch: bool, frame: str) -> None:
    parts = [1, *sizes] if has_batch else sizes
    written = [frame.format(times.join(map(str, parts))), frame.format(times.join(f"{size:,}" for size in parts))]
    written += [frame.format(", ".join(map(str, parts))), frame.format(" ".join(map(str, parts)))]
    assert {read_sizes(text, 3) for text in written} == {tuple(sizes)}


@given(SIZES, SIZES, TIMES)
def test_sizes(height: int, width: int, times: str) -> None:
    assert read_sizes(f"{height}{times}{width}", 2) == (height, width)
    assert read_sizes(f"{height}", 2) == read_sizes(f"{height}²", 2) == read_sizes(f"{height}^2", 2) == (height, height)
    assert read_sizes(f"64×{height}²", 3) == (64, height, height)


def test_commas_alone_are_between_sizes() -> None:
    assert read_sizes("128,28,28", 3) == (128, 28, 28)
    assert read_sizes("1,024, 14, 14", 3) == (1024, 14, 14)
    assert read_sizes("1,128,28,28", 3) == (128, 28, 28)


@pytest.mark.parametrize("text", ["", "x", "56x", "56×56×56", "a×b", "5.5×5", "56 by 56", "56××56", "2×3×4×5"])
def test_no_size_is_none(text: str) -> None:
    assert read_sizes(text, 2) is None


LAYERS = st.lists(st.tuples(st.integers(1, 11), st.integers(1, 4096)), min_size=1, max_size=4)


@given(LAYERS, st.integers(1, 99), st.sampled_from(["|", ";", "\n", " ", " / ", ", "]), st.sampled_from("x×X*"))
def test_brackets(layers: list[tuple[int, int]], n: int, between: str, times: str) -> None:
    expected = Bracket(tuple(f"{kernel}×{kernel}, {channels}" for kernel, channels in layers), n)
    inside = between.join(f"{kernel}{times}{kernel}, {channels}" for kernel, channels in layers)
    assert read_bracket_text(expected.text) == expected
    assert read_bracket_text(f"[{inside}] {times} {n}") == expected
    assert read_bracket_text(f"{n} {times} [{inside}]") == expected
    grouped = " | ".join(f"{kernel}×{kernel}, {channels:,}" for kernel, channels in layers)
    assert read_bracket_text(f"[{grouped}]×{n}") == expected


@pytest.mark.parametrize("text", ["", "[]", "× 3", "3×3", "[3×3, 64] × 2 × 4", "[3×3, 64] × many", "[3×3, 64] and 2"])
def test_no_bracket_is_none(text: str) -> None:
    assert read_bracket_text(text) is None


def test_a_bracket_without_a_number_stands_once() -> None:
    assert read_bracket_text("[3x3, 64 | 3x3, 64]") == Bracket(("3×3, 64", "3×3, 64"), 1)


@pytest.mark.parametrize("text", ["layer2", "LAYER2", "conv3_x", " Conv3_X ", "b", "B", "b)", "(b)", "b."])
def test_choices_by_key_words_or_letter(text: str) -> None:
    assert read_choice_text(text, CHOICES) == "layer2"


@pytest.mark.parametrize("text", ["", "d", "layer", "layer22", "2", "ab", "_"])
def test_no_choice_is_none(text: str) -> None:
    assert read_choice_text(text, CHOICES) is None


@given(st.permutations(range(3)), st.sampled_from([" > ", ">", ", ", ",", " ", "; ", " → ", "\n"]), st.integers(0, 2))
def test_orders(order: list[int], between: str, by: int) -> None:
    words = [(CHOICES[at].key, CHOICES[at].text, "abc"[at])[by] for at in order]
    assert read_order(between.join(words), CHOICES) == tuple(CHOICES[at].key for at in order)


@pytest.mark.parametrize("text", ["", "a b", "a b b", "a b c a", "a b d"])
def test_an_order_has_each_choice_once(text: str) -> None:
    assert read_order(text, CHOICES) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_is_none(text: str) -> None:
    number, sizes, bracket = read_number(text), read_sizes(text, 3), read_bracket_text(text)
    assert number is None or read_number(f"{number:,}") == number
    assert sizes is None or read_sizes("×".join(map(str, sizes)), 3) == sizes
    assert bracket is None or read_bracket_text(bracket.text) == bracket
    assert read_choice_text(text, CHOICES) in (None, "layer1", "layer2", "layer3")
    order = read_order(text, CHOICES)
    assert order is None or len(order) == 3


def test_values_are_as_if_they_had_been_typed() -> None:
    assert read_sizes(as_typed((64, 56, 56)), 3) == (64, 56, 56)
    assert read_order(as_typed(["layer3", "layer1", "layer2"]), CHOICES) == ("layer3", "layer1", "layer2")
    values: list[object] = [None, 1.5, True, {}, "x" * 301, 10**400]
    assert {as_typed(value) for value in values} == {""}
