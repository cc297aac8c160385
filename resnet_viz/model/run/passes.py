"""What every run of a net on a picture begins with: the checks, the plan, the input, and the net in eval mode."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from operator import index
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, SpecError, TraceError
from resnet_viz.i18n import _, n_
from resnet_viz.model.net.devices import free_bytes
from resnet_viz.model.run.images import InputSize, preparation_of, to_input
from resnet_viz.model.trace.checks import check_eager, check_float
from resnet_viz.model.trace.plan import plan_model
from resnet_viz.model.trace.recorder import CallPlace, Lost
from resnet_viz.model.trace.states import eval_state
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.trace import Node, Trace
from resnet_viz.units import format_bytes

# Convolutions on the CPU unfold their input first; on a GPU they take a workspace.
WORKSPACE = 3

# The last plan of each net: to make it anew costs a twentieth of a run. It dies with its net.
_plans: WeakKeyDictionary[nn.Module, tuple[object, PassPlan]] = WeakKeyDictionary()

PassPlan = tuple[Trace, Mapping[int, CallPlace]]
Entry = TypeVar("Entry")
Heard = TypeVar("Heard")


@dataclass(frozen=True, slots=True)
class Pass:
    """A run to be: the net, in eval mode, its Trace for this input, and the RGB picture with its preparation."""

    model: nn.Module
    trace: Trace
    places: Mapping[int, CallPlace]
    """Where in the pass each op is, by the number of its call."""
    picture: Image
    preparation: Preparation

    @property
    def device(self) -> torch.device:
        """Where the net is."""
        return torch.device(self.trace.device)

    def input(self) -> Tensor:
        """The input (1, 3, H, W), normalised, on the net's device and in its precision."""
        tensor = to_input(self.picture, self.preparation)
        return tensor.to(device=self.device, dtype=getattr(torch, self.trace.input.dtype))

    def follow(self, wanted: Container[str], listen: Callable[[Mapping[int, CallPlace] | None], Heard]) -> Heard:
        """What `listen` gives for the places of the wanted ops; for None, where the plan cannot be followed.

        A net that looks at values may go another way with another picture: every op of it must then be named.
        """
        if self.trace.origin == "rule":
            with suppress(Lost):
                return listen({n: place for n, place in self.places.items() if place.id in wanted})
        return listen(None)

    def check_memory(self, n_bytes: int) -> None:
        """Raise SpecError where a run that keeps so many bytes beside what it works on would not fit."""
        needed = WORKSPACE * self.trace.peak_bytes + n_bytes
        free = free_bytes(self.device)
        if needed > free:
            raise SpecError(
                _(
                    "The feature maps of {name} at {shape} need {needed}, but {device} has {free} to give. "
                    "Choose a smaller input size."
                ).format(
                    name=self.trace.name,
                    shape="×".join(map(str, self.trace.input.shape[2:])),
                    needed=format_bytes(needed),
                    device=str(self.device).upper(),
                    free=format_bytes(free),
                )
            )

    def find(self, node_id: object) -> Node:
        """The node of that id. Raises TraceError, naming those near, where there is none."""
        return find_by_id(self.trace.nodes, node_id, self.trace.name)

    def find_map(self, node_id: object) -> Node:
        """The op (or the input) whose output is a node's, a map (1, C, H, W). Raises TraceError for any other."""
        node = self.trace.last_op(self.find(node_id))
        if len(node.out_shape) != 4 or 0 in node.out_shape:
            raise TraceError(
                _(
                    "{node} gives {shape}, which is no map of channels, height and width. Choose a node before it."
                ).format(node=str(node_id), shape="×".join(map(str, node.out_shape)) or _("nothing"))
            )
        return node

    def not_reached(self, node_id: str) -> TraceError:
        """The error that says that this picture takes another way through the net."""
        text = _("{name} does not come to {node} with this picture.")
        return TraceError(text.format(name=self.trace.name, node=node_id))


@contextmanager
def open_pass(model: nn.Module, image: Image, size: InputSize, *, reads_maps: bool = True) -> Iterator[Pass]:
    """Check everything, and keep the net in eval mode until the end; it is then left as it was.

    reads_maps: False for a run that asks for what leaves the net alone, which a quantised one can give, too.

    Raises ImageError for what is no picture or a net that does not take RGB, SpecError for a size that cannot be,
    TraceError for a net that cannot be traced at this size, or is scripted, compiled or quantised.
    """
    preparation = preparation_of(size)
    picture = _check_picture(image)
    _check_net(model, reads_maps)
    with eval_state(model):
        yield Pass(model, *_plan(model, (1, 3, *preparation.size)), picture, preparation)


def find_by_id(known: Mapping[str, Entry], node_id: object, name: str) -> Entry:
    """What stands under an id. Raises TraceError with the ids near it where there is none."""
    if isinstance(node_id, str) and node_id in known:
        return known[node_id]
    near = get_close_matches(str(node_id)[:100], known, n=3, cutoff=0.4)
    raise TraceError(
        _("There is no node “{got}” in {name}. Near it: {near}.").format(
            got=str(node_id)[:60], name=name, near=", ".join(near) or _("nothing")
        )
    )


def check_whole(name: str, value: Any, least: int, most: int) -> int:
    """A whole number from `least` to `most`, of any integer type. Raises TraceError."""
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        text = _("{name}: got {got}. It is a whole number from {least} to {most}.")
        raise TraceError(text.format(name=name, got=str(value)[:40], least=f"{least:,}", most=f"{most:,}"))
    return number


def to_array(tensor: Tensor) -> npt.NDArray[np.float32]:
    """A tensor's values in memory of their own, float32, not to be written to."""
    return sealed(tensor.detach().float().cpu().numpy())


def sealed(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The array itself, not to be written to any more: caches hand one and the same to several readers."""
    array.setflags(write=False)
    return array


def _plan(model: nn.Module, shape: tuple[int, ...]) -> PassPlan:
    """The plan of a net in eval mode; made anew where the net, its device or its precision is another one."""
    first = next(model.parameters(), None)
    modules = [(path, type(module), id(module)) for path, module in model.named_modules()]
    key = (shape, None if first is None else (first.device, first.dtype), modules)
    known = _plans.get(model)
    if known is None or known[0] != key:
        known = _plans[model] = (key, plan_model(model, shape))
    return known[1]


def _check_picture(image: object) -> Image:
    """Any picture of PIL's that has pixels, as RGB."""
    if isinstance(image, Image) and min(image.size) > 0:
        return image if image.mode == "RGB" else image.convert("RGB")
    raise ImageError(
        _("Got {got} for a picture. Pass what load_image gives for the file's bytes.").format(got=type(image).__name__)
    )


def _check_net(model: nn.Module, reads_maps: bool) -> None:
    """A net of Python, with maps to read. A picture has three channels; else the first convolution tells how many."""
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} for a net. Pass what build_model gives.").format(got=type(model).__name__))
    modules = [*model.modules()]
    check_eager(modules)
    if reads_maps:
        check_float(modules)
    first = next((module for module in modules if isinstance(module, nn.Conv2d)), None)
    if first is not None and first.in_channels != 3:
        raise ImageError(
            n_(
                "This net takes {n} input channel, but a picture has 3 (RGB). Set the input channels to 3.",
                "This net takes {n} input channels, but a picture has 3 (RGB). Set the input channels to 3.",
                first.in_channels,
            ).format(n=first.in_channels)
        )
