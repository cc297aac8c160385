"""What is known of a published file before it is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

HASH_TITLES: Mapping[str, str] = MappingProxyType({"sha256": "SHA-256", "md5": "MD5"})


class Published(Protocol):
    """A file with its address, its size in bytes and the first digits of its hash."""

    @property
    def title(self) -> str:
        """What messages call it."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def file_name(self) -> str:
        """Its name on this machine."""

    @property
    def size(self) -> int:
        """Bytes, to about a thousand."""

    @property
    def hash_name(self) -> str:
        """`sha256` or `md5`."""

    @property
    def hash_prefix(self) -> str:
        """The first digits of its hash."""
