"""What a link calls a Trace file."""

from __future__ import annotations

import hashlib

from resnet_viz.spec.shown import FileNet


def net_of_file(data: bytes) -> FileNet:
    """Returns which net a link to a file names."""
    return FileNet(hashlib.sha256(data).hexdigest()[:32])
