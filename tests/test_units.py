"""Numbers to words: three figures, the right unit, nothing lost at the borders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import units

DECIMAL = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
BINARY = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "EiB": 2**60}


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (64, "64"),
        (999, "999"),
        (1000, "1.00 k"),
        (9408, "9.41 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (11_689_512, "11.7 M"),
        (60_192_808, "60.2 M"),
        (-25_557_032, "-25.6 M"),
        (1_814_073_344, "1.81 G"),
        (5 * 10**15, "5.00 P"),
        (5 * 10**18, "5000 P"),
    ],
)
def test_counts_in_three_figures(n: int, text: str) -> None:
    assert units.format_count(n) == text


def test_macs_bear_their_name() -> None:
    assert units.format_macs(1_814_073_344) == "1.81 GMACs"
    assert units.format_macs(512 * 1000) == "512 kMACs"
    assert units.format_macs(999) == "999 MACs"
    assert units.format_macs(0) == "0 MACs"


def test_bytes_go_by_powers_of_two() -> None:
    assert units.format_bytes(4 * 11_689_512) == "44.6 MiB"
    assert units.format_bytes(1023) == "1,023 B"
    assert units.format_bytes(1024) == "1.00 KiB"
    assert units.format_bytes(2**30 - 1) == "1.00 GiB"
    assert units.format_bytes(1023 * 2**20) == "1023 MiB"
    assert units.format_bytes(9997 * 2**20 // 10) == "1000 MiB"
    assert units.format_bytes(0) == "0 B"
    assert units.format_bytes(2**63) == "8.00 EiB"


def test_exact_counts_shares_shapes_and_pixels() -> None:
    assert units.format_exact(11_689_512) == "11,689,512"
    assert units.format_share(718, 1000) == "71.8 %"
    assert units.format_share(1, 0) == "–"
    assert units.format_shape((1, 64, 56, 48)) == "64×56×48"
    assert units.format_shape((8, 1000)) == "1000"
    assert units.format_short_shape((1, 64, 56, 56)) == "64×56²"
    assert units.format_short_shape((1, 64, 56, 48)) == "64×56×48"
    assert units.format_short_shape((1, 1000)) == "1000"
    assert units.format_pixels(1451, 1451) == "1,451 px"
    assert units.format_pixels(435, 899) == "435×899 px"


@given(st.integers(0, 10**18))
def test_a_count_reads_back_to_three_figures(n: int) -> None:
    figures, _, unit = units.format_count(n).partition(" ")
    value = float(figures.replace(",", "")) * DECIMAL[unit]
    assert value == pytest.approx(n, rel=0.00501)
    assert 1 <= float(figures) < 1000 or unit in ("", "P")


@given(st.integers(0, 2**63))
def test_bytes_read_back_to_three_figures(n: int) -> None:
    figures, unit = units.format_bytes(n).split(" ")
    value = float(figures.replace(",", "")) * BINARY[unit]
    assert value == pytest.approx(n, rel=0.00501)
    assert float(figures.replace(",", "")) < 1024


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1320.4, "1,320"), (6.647, "6.65"), (0.01234, "0.0123"), (-2.5, "-2.5"), (0.0, "0"), (-0.0, "0"),
        (999_999.0, "1e+06"), (4.2e-5, "4.2e-05"), (float("nan"), "nan"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_measured_values_have_no_exponent_where_they_can_be_read(value: float, text: str) -> None:
    assert units.format_value(value) == text
