"""What is known of a file of weights."""

from __future__ import annotations

from dataclasses import dataclass

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
    what `open_questions` tells, which they cannot show. has_head: whether the last layer is in the file. names: the
    library whose names these are. wrapping: the prefix of the net's keys. left_out: keys that are no part of the net.
    candidates: the nearest nets, where it is not sure. parts: prefixes of other nets in the file that are the same.
    open_questions: what neither names nor shapes show: settings of a spec, as `stride_in`, and `anti_aliasing` and
    `weight_standardisation`, which some nets of timm have and a spec does not describe.
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
