"""Writes files whole or not at all, and says beforehand where none can stand."""

from __future__ import annotations

import os
from pathlib import Path

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _


def check_place(path: Path) -> None:
    """Raises ResnetVizError where no file can be written: to be called before the work, not after."""
    if not path.parent.is_dir():
        raise ResnetVizError(_("There is no folder “{folder}”. Make it first.").format(folder=path.parent))
    if path.is_dir():
        raise ResnetVizError(_("“{path}” is a folder. Name a file in it.").format(path=path))


def write_whole(path: Path, data: bytes) -> None:
    """Writes the file atomically: a concurrent reader sees the old content or the new, never a part."""
    if path.exists() and not path.is_file():  # A device or a pipe is written to, never replaced.
        path.write_bytes(data)
        return
    whole = path.resolve()  # The target of a symbolic link is replaced, not the link.
    part = whole.with_name(f".{whole.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)
