"""The devices of this machine, with their names and free memory."""

from __future__ import annotations

import platform
from pathlib import Path

import torch

from resnet_viz.errors import DeviceError
from resnet_viz.i18n import _
from resnet_viz.memory import free_memory
from resnet_viz.records.devices import Device
from resnet_viz.units import format_bytes

# The share of free memory to use; the rest is a margin for other processes.
_SHARE = 0.8


def list_devices() -> tuple[Device, ...]:
    """Returns the CPU, every CUDA GPU and MPS, as available."""
    threads = torch.get_num_threads()
    found = [Device("cpu", _("CPU · {name} · {n} threads").format(name=_cpu_name(), n=threads))]
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        found.append(Device(f"cuda:{index}", f"CUDA {index} · {torch.cuda.get_device_name(index)}"))
    if torch.backends.mps.is_available():
        found.append(Device("mps", _("Apple GPU (MPS)")))
    return tuple(found)


def check_device(key: str | torch.device) -> torch.device:
    """Returns the torch device for a key. Raises DeviceError where this machine does not have it."""
    allowed = [device.key for device in list_devices()]
    name = "cuda:0" if str(key) == "cuda" else str(key)
    if name not in allowed:
        raise DeviceError(
            _("Device: got “{got}”. This machine has {allowed}. Choose one of them.").format(
                got=str(key)[:40], allowed=", ".join(allowed)
            )
        )
    return torch.device(name)


def free_bytes(device: torch.device) -> int:
    """Returns the bytes that may be allocated on a device now, with a margin for other processes."""
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)
        return int(_SHARE * (free - torch.cuda.memory_allocated(device)))
    if device.type == "mps":
        return int(_SHARE * (torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()))
    return int(_SHARE * free_memory())


def find_lack(needed: int, device: torch.device) -> dict[str, str] | None:
    """Returns where memory for weights of so many bytes is missing, as words for an error; None where it suffices.

    The words are `needed`, `device` and `free`. Weights are always drawn on the CPU, so that a seed gives the same ones
    on every device; so the CPU's memory counts, too.
    """
    for place in {torch.device("cpu"), device}:
        free = free_bytes(place)
        if needed > free:
            return {"needed": format_bytes(needed), "device": str(place).upper(), "free": format_bytes(free)}
    return None


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
