"""One value of an address: a choice or a number. What is wrong is replaced and told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from resnet_viz.i18n import _


def read_choice(params: Mapping[str, str], key: str, choices: Sequence[str], notes: list[str]) -> str:
    """One of some choices; the first where the address has none, or an unknown one, which is added to the notes."""
    got = params.get(key, choices[0])
    if got in choices:
        return got
    notes.append(
        _("{key}: got “{got}”, which is none of {allowed}. {choice} is shown instead.").format(
            key=key, got=got[:60], allowed=", ".join(choices), choice=choices[0]
        )
    )
    return choices[0]


def read_place(params: Mapping[str, str], key: str, notes: list[str], digits: int = 6) -> int | None:
    """A place that the address counts from 1, as one from 0; None where there is none, or no number from 1."""
    got = params.get(key)
    if got is None:
        return None
    number = parse_number(got, digits)
    if number:
        return number - 1
    notes.append(_("{key}: got “{got}”, where a number is expected. It is ignored.").format(key=key, got=got[:60]))
    return None


def parse_number(text: str, digits: int = 6) -> int | None:
    """A whole number of at most so many digits; None for anything else."""
    return int(text) if re.fullmatch(f"[0-9]{{1,{digits}}}", text) else None
