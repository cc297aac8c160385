"""Numbers to words: 11.7 M, 1.81 GMACs, 44.6 MiB, 64×56×56. A number never stands without its unit."""

from __future__ import annotations

from collections.abc import Sequence

_DECIMAL = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BINARY = ((2**60, "EiB"), (2**50, "PiB"), (2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def format_exact(n: int) -> str:
    """A whole number with thousands separators: 11,689,512."""
    return f"{n:,}"


def format_count(n: int) -> str:
    """A count in three figures: 11.7 M, 9.41 k, 64."""
    return _scaled(n, _DECIMAL, f"{n:,}")


def format_macs(n: int) -> str:
    """Multiply-adds in three figures: 1.81 GMACs."""
    return _scaled(n, _DECIMAL, f"{n:,} ") + "MACs"


def format_bytes(n: int) -> str:
    """Bytes in three figures, in powers of two: 44.6 MiB."""
    return _scaled(n, _BINARY, f"{n:,} B")


def format_share(part: float, whole: float) -> str:
    """A share as a percentage: 71.8 %. Of nothing, a dash."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def format_shape(shape: Sequence[int]) -> str:
    """A shape without its batch dimension: (1, 64, 56, 56) becomes 64×56×56."""
    return "×".join(str(size) for size in shape[1:])


def format_short_shape(shape: Sequence[int]) -> str:
    """A shape without its batch dimension, a square one with a square: 64×56². For headings that must be short."""
    if len(shape) == 4 and shape[2] == shape[3]:
        return f"{shape[1]}×{shape[2]}²"
    return format_shape(shape)


def format_pixels(height: int, width: int) -> str:
    """A size in input pixels: 435 px, or 435×899 px where the axes differ."""
    return f"{height:,} px" if height == width else f"{height:,}×{width:,} px"


def _scaled(n: int, scale: Sequence[tuple[float, str]], plain: str) -> str:
    for index, (size, unit) in enumerate(scale):
        if abs(n) >= size:
            digits = three_figures(n / size)
            # 999,999 would round to "1000 k": the next larger unit says it better.
            if index and float(digits) * size >= scale[index - 1][0]:
                size, unit = scale[index - 1]
                digits = three_figures(n / size)
            return f"{digits} {unit}"
    return plain


def three_figures(value: float) -> str:
    """A number of at least 1 with three significant figures, or all its whole digits: 1.81, 44.6, 1023."""
    return f"{value:#.3g}".rstrip(".") if abs(value) < 999.5 else f"{value:.0f}"
