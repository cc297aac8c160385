"""Finds the weights that a forward pass writes into, so that they can be put back.

Hardly a net does: one that binarises or normalises its weights in place, or that keeps a running mean of another's. To
copy all weights before each run would take as long as the run. So a plan looks at each call that writes.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from resnet_viz.model.foreign.memory import Memory, has_memory


class Writes:
    """The parameters and buffers that a pass writes into, `found` as the calls are noted."""

    def __init__(self, model: nn.Module, keeps_values: bool) -> None:
        """keeps_values: whether to copy a parameter before the first write, for `put_back`."""
        self.found: dict[int, Tensor] = {}
        self._model = model
        self._keeps_values = keeps_values
        self._memories: list[Memory] = []
        self._owners: dict[int, Tensor] | None = None

    def note(self, target: Any) -> None:
        """Call before anything writes into a tensor, or into several."""
        for tensor in target if isinstance(target, list | tuple) else (target,):
            owner = self._owner(tensor) if isinstance(tensor, Tensor) else None
            if owner is not None and id(owner) not in self.found:
                self.found[id(owner)] = owner
                if self._keeps_values:
                    self._memories.append(Memory([owner]))

    def put_back(self) -> None:
        """Restores the parameters that were copied."""
        for memory in self._memories:
            memory.put_back()

    def _owner(self, tensor: Tensor) -> Tensor | None:
        """Returns the parameter or buffer whose memory, or whose gradient's, a tensor shares."""
        if self._owners is None:
            self._owners = {}
            for held in (*self._model.buffers(), *self._model.parameters()):
                for part in (held, held.grad if held.is_leaf else None):
                    if part is not None and has_memory(part):
                        self._owners[part.untyped_storage().data_ptr()] = held
        return self._owners.get(tensor.untyped_storage().data_ptr()) if has_memory(tensor) else None
