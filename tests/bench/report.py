"""How a figure is printed: beside its aim, where there is one."""

from __future__ import annotations


def print_ratio(label: str, value: float, bound: float | None = None) -> None:
    """A figure in multiples of another."""
    _print(label, f"{value:8.3f} ×", value, bound)


def print_seconds(label: str, seconds: float, bound: float | None = None) -> None:
    """A figure in seconds."""
    _print(label, f"{seconds:8.3f} s", seconds, bound)


def print_amount(label: str, amount: float, unit: str, bound: float | None = None) -> None:
    """A figure in a unit of its own, such as MiB or ms."""
    _print(label, f"{amount:8,.1f} {unit}", amount, bound)


def _print(label: str, shown: str, value: float, bound: float | None) -> None:
    verdict = "" if bound is None else f"   aim ≤ {bound:g}   {'met' if value <= bound else 'MISSED'}"
    print(f"  {label:70}{shown}{verdict}", flush=True)
