"""The local copies of published files. One counts only if its hash matches: a damaged one would fail every time.

They lie where torch.hub has them, so that both find each other's.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from resnet_viz.downloads.published import Published

# The metadata gives a file's length in MiB with three digits; this is the tolerance in bytes.
LENGTH_ROUNDING = 1_024

# Results of the hash check by path: (size, mtime, inode, expected hash), and whether it matched.
_hash_checks: dict[str, tuple[tuple[int, int, int, str], bool]] = {}


def weights_folder() -> Path:
    """Returns torch.hub's download folder: `checkpoints` in its directory, as set by `TORCH_HOME`."""
    caches = os.environ.get("XDG_CACHE_HOME", os.path.join("~", ".cache"))
    home = os.environ.get("TORCH_HOME", os.path.join(caches, "torch"))
    return Path(home).expanduser() / "hub" / "checkpoints"


def cached_weights(published: Published, folder: Path | None = None) -> Path | None:
    """Returns the path of the downloaded file if it is the published one, else None.

    Its hash is computed on first use, and again after a change: 0.1 s per 100 MB.
    """
    path = _place_of(published, folder)
    try:
        return path if _is_known_intact(path, published) else None
    except OSError:
        return None


def set_aside_damaged(published: Published, folder: Path | None = None) -> bool:
    """Renames a file other than the published one to `<file name>.damaged`; returns whether there is such a file.

    It keeps its name where the folder is not writable; it is not used there.
    """
    path = _place_of(published, folder)
    aside = path.with_name(f"{path.name}.damaged")
    try:
        is_damaged = path.is_file() and not _is_known_intact(path, published)
        if is_damaged:
            with suppress(OSError):
                path.replace(aside)
        return is_damaged or (aside.is_file() and not path.is_file())
    except OSError:
        return False


def is_intact(path: Path, published: Published) -> bool:
    """Whether the file exists and is the published one, by length and hash. Raises OSError."""
    if not (path.is_file() and has_length(published, path.stat().st_size)):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, published.hash_name).hexdigest().startswith(published.hash_prefix)


def has_length(published: Published, n_bytes: int) -> bool:
    """Whether a file of `n_bytes` can be the published one."""
    return abs(n_bytes - published.size) <= LENGTH_ROUNDING


def _place_of(published: Published, folder: Path | None) -> Path:
    return (folder or weights_folder()) / published.file_name


def _is_known_intact(path: Path, published: Published) -> bool:
    """Cached `is_intact`, valid while size, mtime and inode are unchanged. Raises OSError."""
    if not path.is_file():
        return False
    state = path.stat()
    seen = (state.st_size, state.st_mtime_ns, state.st_ino, published.hash_prefix)
    known = _hash_checks.get(str(path))
    if known is None or known[0] != seen:
        known = _hash_checks[str(path)] = (seen, is_intact(path, published))
    return known[1]
