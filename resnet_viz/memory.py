"""How much memory this process may use: the machine's, or a lower cgroup or `ulimit` limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

_PROCESS = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
# cgroup files, v2 and v1: the folder, the limit and the usage in bytes.
_CGROUP_V2 = (".", "memory.max", "memory.current")
_CGROUP_V1 = ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes")


def memory_limit() -> int:
    """Returns the upper limit of this process's memory in bytes."""
    limits = [limit for limit, _used in _limits()]
    return min([int(psutil.virtual_memory().total), *limits, *_rlimits()])


def free_memory() -> int:
    """Returns the bytes this process could allocate now."""
    left = [max(0, limit - used) for limit, used in _limits()]
    return min([int(psutil.virtual_memory().available), *left])


def _limits() -> Iterator[tuple[int, int]]:
    """Yields limit and usage in bytes of this process's cgroup and all its ancestors that have a limit."""
    try:
        lines = _PROCESS.read_text().splitlines()
    except OSError:  # not on Linux
        return
    for line in lines:
        _number, kinds, path = line.split(":", 2)
        if kinds and "memory" not in kinds.split(","):
            continue
        folder, limit, used = _CGROUP_V1 if kinds else _CGROUP_V2
        # In a container the path may be the host's, which is not mounted: then the root is the container's own group.
        own = PurePosixPath(path.lstrip("/"))
        for part in dict.fromkeys((own, *own.parents, PurePosixPath("."))):
            group = _GROUPS / folder / part
            try:
                yield int((group / limit).read_text()), int((group / used).read_text())
            except (OSError, ValueError):  # no such file, or `max`: no limit
                continue


def _rlimits() -> list[int]:
    """The limit set by `ulimit -v`."""
    try:
        import resource  # Unix only
    except ImportError:
        return []
    soft, _hard = resource.getrlimit(resource.RLIMIT_AS)
    return [] if soft == resource.RLIM_INFINITY else [soft]
