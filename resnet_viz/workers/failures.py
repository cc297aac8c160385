"""What can happen to a job besides its own errors."""

from __future__ import annotations

from resnet_viz.errors import ResnetVizError


class WorkerLost(ResnetVizError):
    """The process that worked on a job ended in the middle of it; nothing but the job is lost."""


class EngineFailed(Exception):
    """torch cannot be imported; the message is a translated sentence for the page."""
