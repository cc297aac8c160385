"""The interface of workers. An engine for many machines can take this machine's place behind it."""

from __future__ import annotations

from typing import Protocol

from resnet_viz.workers.task import Asked, Ticket


class Workers(Protocol):
    """Carries out jobs in other processes."""

    def submit(self, asked: Asked) -> Ticket:
        """Starts or queues a job, or joins the one under way with its key. Raises EngineFailed."""

    def close(self) -> None:
        """Ends all jobs and processes."""
