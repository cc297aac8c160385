"""What is known of a file of weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resnet_viz.spec.resnet import ResNetSpec


@dataclass(frozen=True, slots=True)
class Candidate:
    """A net that is near: its spec, and what differs, in keys of the file or of the net."""

    spec: ResNetSpec
    missing: tuple[str, ...]
    misshapen: tuple[str, ...]
    unexpected: tuple[str, ...]

    @property
    def n_differences(self) -> int:
        """How many keys differ."""
        return len(self.missing) + len(self.misshapen) + len(self.unexpected)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which ResNet a file's tensors are of.

    spec: None where no spec describes the net. is_sure: names and shapes are exactly those of the spec's net, but for
    what `open_questions` tells, which they cannot show. has_head: whether the last layer is in the file, as one linear
    layer. names: the library whose names these are. wrapping: the prefix of the net's keys. left_out: keys that are no
    part of the net; left_out_kinds: what each of them is, one of `kinds.KINDS`. candidates: the nearest nets, where it
    is not sure. parts: short names of the nets in the file, where there are several; part: of the one that this is.
    open_questions: what neither names nor shapes show: settings of a spec, as `stride_in`, and `anti_aliasing` and
    `weight_standardisation`, which some nets of timm have and a spec does not describe. description: the net in words.
    keys: the file's key of each tensor by torchvision's; of a parametrised or pruned tensor the plain one, see
    `plain_shapes`. A head that is called otherwise than the library's is among them.
    """

    spec: ResNetSpec | None
    is_sure: bool = False
    has_head: bool = False
    names: str = ""
    wrapping: str = ""
    left_out: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    parts: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    part: str = ""
    left_out_kinds: tuple[str, ...] = ()
    description: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
