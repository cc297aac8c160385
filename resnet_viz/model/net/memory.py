"""How much memory this process may use: the machine's, or less where its container or a limit of its own says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

_PROCESS = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
# Where Linux keeps the limits of a group of processes: the folders, the limit and what is used, in bytes.
_UNIFIED = (".", "memory.max", "memory.current")
_OLD = ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes")


def memory_limit() -> int:
    """At most so many bytes can be this process's, if no other takes any."""
    limits = [limit for limit, _used in _limits()]
    return min([int(psutil.virtual_memory().total), *limits, *_own_limits()])


def free_memory() -> int:
    """So many bytes it could take now."""
    left = [max(0, limit - used) for limit, used in _limits()]
    return min([int(psutil.virtual_memory().available), *left])


def _limits() -> Iterator[tuple[int, int]]:
    """What each group that this process is in may use, and uses: its own group and all around it."""
    try:
        lines = _PROCESS.read_text().splitlines()
    except OSError:  # no Linux
        return
    for line in lines:
        _number, kinds, path = line.split(":", 2)
        if kinds and "memory" not in kinds.split(","):
            continue
        folder, limit, used = _OLD if kinds else _UNIFIED
        # In a container the path may be that of the machine around it, which is not here: its root is the container's.
        own = PurePosixPath(path.lstrip("/"))
        for part in dict.fromkeys((own, *own.parents, PurePosixPath("."))):
            group = _GROUPS / folder / part
            try:
                yield int((group / limit).read_text()), int((group / used).read_text())
            except (OSError, ValueError):  # not there, or `max`: no limit
                continue


def _own_limits() -> list[int]:
    """As of `ulimit -v`."""
    try:
        import resource  # of Unix alone
    except ImportError:
        return []
    soft, _hard = resource.getrlimit(resource.RLIMIT_AS)
    return [] if soft == resource.RLIM_INFINITY else [soft]
