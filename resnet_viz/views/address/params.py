"""Reads one query parameter, a choice or a number; an invalid value is replaced and reported as a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from resnet_viz.i18n import _


def read_choice(params: Mapping[str, str], key: str, choices: Sequence[str], notes: list[str]) -> str:
    """Returns the value of `key`; the first choice if it is missing or unknown, which is added to `notes`."""
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
    """Returns a parameter that counts from 1 as an index from 0; None if it is missing, or invalid (see `notes`)."""
    got = params.get(key)
    if got is None:
        return None
    number = parse_number(got, digits)
    if number:
        return number - 1
    notes.append(_("{key}: got “{got}”, where a number is expected. It is ignored.").format(key=key, got=got[:60]))
    return None


def parse_number(text: str, digits: int = 6) -> int | None:
    """Returns an integer of at most `digits` digits; None for anything else."""
    return int(text) if re.fullmatch(f"[0-9]{{1,{digits}}}", text) else None
