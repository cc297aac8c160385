"""Formats rejected values in error messages: the value received, shortened, and the allowed choices."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _


def check_choice(name: str, got: object, allowed: Sequence[str]) -> None:
    """Raises DrawError where `got` is not in `allowed`; `name` names the option in the message."""
    if got not in allowed:
        raise DrawError(
            _("{name}: got “{got}”. Choose one of {allowed}.").format(
                name=name, got=str(got)[:40], allowed=", ".join(allowed)
            )
        )


def shown(value: object) -> str:
    """Returns a value quoted for an error message: on one line, at most 60 characters."""
    text = " ".join(as_text(value).split())
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def as_text(value: object) -> str:
    """Returns `str(value)`, or the name of its type where that fails, as for an integer too long to print."""
    try:
        return str(value)
    except Exception:  # The value is arbitrary input, and its __str__ may raise anything.
        return type(value).__name__
