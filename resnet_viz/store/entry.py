"""An entry as bytes: a line that names the format, a checksum of all that follows, the whole key, the data."""

from __future__ import annotations

import hashlib

FORMAT = 1
_HEAD = f"resnet_viz entry {FORMAT}\n".encode()
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 4
"""Bytes of the key's length, big-endian."""


def pack_entry(key: str, data: bytes) -> bytes:
    """Returns the content of an entry's file."""
    name = key.encode()
    body = len(name).to_bytes(_LENGTH, "big") + name + data
    return _HEAD + hashlib.sha256(body).digest() + body


def read_entry(content: bytes, key: str) -> bytes | None:
    """Returns the data of an entry; None for one that is damaged, of another key, or of another format."""
    if not content.startswith(_HEAD):
        return None
    digest, body = content[len(_HEAD) :][:_DIGEST], content[len(_HEAD) + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        return None
    name, start = key.encode(), _LENGTH + int.from_bytes(body[:_LENGTH], "big")
    return body[start:] if body[_LENGTH:start] == name else None
