"""How a wrong value is told: what was got, shortened, and the words there are to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _


def check_choice(name: str, got: object, allowed: Sequence[str]) -> None:
    """Raises DrawError for what is none of the allowed; `name` is what was to be chosen."""
    if got not in allowed:
        raise DrawError(
            _("{name}: got “{got}”. Choose one of {allowed}.").format(
                name=name, got=str(got)[:40], allowed=", ".join(allowed)
            )
        )


def shown(value: object) -> str:
    """A value as it stands in an error: short, on one line, whatever was sent."""
    text = " ".join(as_text(value).split())
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def as_text(value: object) -> str:
    """A value as text; a number too long to be written, or whatever cannot be, by its type."""
    try:
        return str(value)
    except Exception:  # Anything may come in, and its own __str__ may do anything.
        return type(value).__name__
