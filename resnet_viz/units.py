"""Formats numbers with their unit: 11.7 M, 1.81 GMACs, 44.6 MiB, 64×56×56."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

_DECIMAL = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BINARY = ((2**60, "EiB"), (2**50, "PiB"), (2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def format_exact(n: int) -> str:
    """Returns an integer with thousands separators: 11,689,512."""
    return f"{n:,}"


def format_count(n: int) -> str:
    """Returns a count with three significant figures: 11.7 M, 9.41 k, 64."""
    return _scaled(n, _DECIMAL, f"{n:,}")


def format_macs(n: int) -> str:
    """Returns multiply-adds with three significant figures: 1.81 GMACs."""
    return _scaled(n, _DECIMAL, f"{n:,} ") + "MACs"


def format_bytes(n: int) -> str:
    """Returns a size in bytes with three significant figures and binary prefixes: 44.6 MiB."""
    return _scaled(n, _BINARY, f"{n:,} B")


def format_share(part: float, whole: float) -> str:
    """Returns `part / whole` in percent: 71.8 %; a dash where `whole` is 0."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def format_shape(shape: Sequence[int]) -> str:
    """Returns a shape without its batch dimension: (1, 64, 56, 56) becomes 64×56×56."""
    return "×".join(str(size) for size in shape[1:])


def format_short_shape(shape: Sequence[int]) -> str:
    """Like `format_shape`, with H×W of a square map as a power: 64×56². For headings that must be short."""
    if len(shape) == 4 and shape[2] == shape[3]:
        return f"{shape[1]}×{shape[2]}²"
    return format_shape(shape)


def format_pixels(height: int, width: int) -> str:
    """Returns a size in input pixels: 435 px, or 435×899 px where height and width differ."""
    return f"{height:,} px" if height == width else f"{height:,}×{width:,} px"


def format_value(value: float) -> str:
    """Returns a measured value with three significant figures, without an exponent where it is readable: 1,320."""
    rounded = float(f"{value:.3g}")
    if not isfinite(value) or (value and not 1e-3 <= abs(rounded) < 1e6):
        return f"{value:.3g}"
    text = f"{rounded:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _scaled(n: int, scale: Sequence[tuple[float, str]], plain: str) -> str:
    for index, (size, unit) in enumerate(scale):
        if abs(n) >= size:
            digits = three_figures(n / size)
            # 999,999 would round to "1000 k"; use the next larger unit instead.
            if index and float(digits) * size >= scale[index - 1][0]:
                size, unit = scale[index - 1]
                digits = three_figures(n / size)
            return f"{digits} {unit}"
    return plain


def three_figures(value: float) -> str:
    """Returns a number of at least 1 with three significant figures, or all its integer digits: 1.81, 44.6, 1023."""
    return f"{value:#.3g}".rstrip(".") if abs(value) < 999.5 else f"{value:.0f}"
