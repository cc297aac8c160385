"""What a worker has at hand: its nets with their weights, and the pictures that were sent to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np
from PIL import Image
from torch import nn

from resnet_viz.errors import ImageError, WeightsError
from resnet_viz.i18n import _
from resnet_viz.jobs.nets import RANDOM, NetKey
from resnet_viz.jobs.runs import Shot
from resnet_viz.model.named.build import build_named_model
from resnet_viz.model.named.tracing import trace_named
from resnet_viz.model.net.build import build_model
from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.model.weights.load import load_weights
from resnet_viz.records.trace import Trace
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.training.run import Moment

_MOST_PICTURES = 64 * 2**20
"""Bytes of pictures that are kept."""
_MOST_TRACES = 4
"""Whoever asks for a Trace mostly asks for its drawing next; a comparison has up to four."""
Built = tuple[nn.Module, WeightsReport | None]


class Desk:
    """Nets and pictures of one worker. `fetch` gets a picture or a file by its key.

    `tell` says how far a job is, `stream` sends a part of its result before the rest.
    """

    def __init__(
        self,
        fetch: Callable[[str], Any],
        tell: Callable[[int, int], None] = lambda *_: None,
        stream: Callable[[Any], None] = lambda _: None,
    ) -> None:
        self.tell, self.stream = tell, stream
        self._fetch = fetch
        self._nets: dict[NetKey, Built] = {}
        self._traces: OrderedDict[Net, Trace] = OrderedDict()
        self._pictures: OrderedDict[str, Image.Image] = OrderedDict()

    def holds(self, key: NetKey | None) -> bool:
        """Whether a net is built."""
        return key in self._nets

    def built(self, key: NetKey) -> Built:
        """Returns a net with its weights and the report on them, None for random ones; built on first use.

        Raises SpecError, DeviceError and WeightsError.
        """
        if key not in self._nets:
            self._nets[key] = self._build(key)
        return self._nets[key]

    def model(self, key: NetKey) -> nn.Module:
        """Returns a net. Raises as `built`."""
        return self.built(key)[0]

    def moment(self, key: str) -> Moment:
        """Returns the moment that a training goes on from. Raises WeightsError if it is gone, as with its session."""
        found = self._fetch(key)
        if found is None:
            raise WeightsError(_("The weights to go on from are not here any more. Begin anew."))
        return cast(Moment, found)

    def picture(self, shot: Shot) -> Image.Image:
        """Returns the picture of a shot, RGB. Raises ImageError if it is gone, as when its session has ended."""
        found = self._pictures.get(shot.picture)
        if found is None:
            pixels = self._fetch(shot.picture)
            if pixels is None:
                raise ImageError(_("The picture is not here any more. Choose it again."))
            found = self._pictures[shot.picture] = Image.fromarray(np.asarray(pixels))
        self._pictures.move_to_end(shot.picture)
        while len(self._pictures) > 1 and sum(map(_n_bytes, self._pictures.values())) > _MOST_PICTURES:
            self._pictures.popitem(last=False)
        return found

    def trace(self, net: Net) -> Trace:
        """Returns the Trace of a net. Raises TraceError."""
        if net not in self._traces:
            self._traces[net] = trace_named(net) if isinstance(net, NamedNet) else trace_spec(net)
            while len(self._traces) > _MOST_TRACES:
                self._traces.popitem(last=False)
        return self._traces[net]

    def drop(self, nets: Iterable[NetKey]) -> None:
        """Lets nets go."""
        for key in nets:
            self._nets.pop(key, None)

    def forget(self, pictures: Iterable[str]) -> None:
        """Lets pictures go."""
        for key in pictures:
            self._pictures.pop(key, None)

    def _build(self, key: NetKey) -> Built:
        net = key.net
        model = build_named_model(net, key.device) if isinstance(net, NamedNet) else build_model(net, key.device)
        weights = key.weights
        if weights.name == RANDOM:
            return model, None
        source = self._files(weights.name) if weights.is_file else weights.name
        return model, load_weights(model, source, weights.part or None)

    def _files(self, key: str) -> bytes | tuple[bytes, ...]:
        parts = self._fetch(key)
        if parts is None:
            raise WeightsError(_("The file of weights is not here any more. Choose it again."))
        files = tuple(part.tobytes() for part in parts)
        return files[0] if len(files) == 1 else files


def _n_bytes(picture: Image.Image) -> int:
    return picture.width * picture.height * len(picture.getbands())
