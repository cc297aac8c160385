"""All of a model that a trace or a pass could change, before and after."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import torch
from torch import Tensor, nn


def snapshot(model: nn.Module) -> dict[str, Any]:
    """All of a model, and of torch itself, that a trace or a pass could change."""
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    return {
        "values": {key: _bits(value) for key, value in tensors.items()},
        "tensors": {key: id(value) for key, value in tensors.items()},
        "kinds": {key: (value.requires_grad, value.is_leaf, value.is_inference()) for key, value in tensors.items()},
        "training": [module.training for module in model.modules()],
        "attributes": [sorted(vars(module)) for module in model.modules()],
        "hooks": [_hooks(module) for module in model.modules()],
        "gradients": {key: value.grad if value.grad is None else id(value.grad) for key, value in tensors.items()},
        "slopes": {key: _bits(value.grad) for key, value in tensors.items() if value.grad is not None},
        "torch": (
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.get_num_threads(),
            torch.get_default_dtype(),
            _bits(torch.get_rng_state()),
            torch.overrides._get_current_function_mode_stack(),
        ),
    }


def _bits(tensor: Tensor) -> bytes:
    """Of plans, which have no values, none."""
    return b"" if tensor.is_meta else tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def _hooks(module: nn.Module) -> dict[str, list[Any]]:
    hooks = {name: value for name, value in vars(module).items() if name.endswith("_hooks")}
    return {name: list(value.items() if hasattr(value, "items") else value) for name, value in hooks.items()}


def assert_unchanged(model: nn.Module, before: dict[str, Any]) -> None:
    """Nothing is other than the snapshot has it."""
    after = snapshot(model)
    changed = [part for part in before if after[part] != before[part]]
    assert not changed


def begun_in(model: nn.Module, act: Callable[[], object]) -> set[str]:
    """Returns the paths of the modules that begin to run on values in an act."""
    begun: SimpleQueue[str] = SimpleQueue()  # a set would be put back
    for path, module in model.named_modules():
        module.register_forward_pre_hook(lambda _module, args, path=path: None if args[0].is_meta else begun.put(path))
    act()
    return {begun.get() for _ in range(begun.qsize())}
