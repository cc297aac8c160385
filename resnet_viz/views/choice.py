"""One of a few words, or an error that names them all."""

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
