"""A ResNet worked out from its block list alone, as a reader of the paper would: no Trace, no torch, none of ours.

Sizes go by ⌊(n + 2p − k) / s⌋ + 1; a bottleneck has its stride on the 3×3, as torchvision's, or on the first 1×1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NETS = {
    "ResNet-18": (2, (2, 2, 2, 2)),
    "ResNet-34": (2, (3, 4, 6, 3)),
    "ResNet-50": (3, (3, 4, 6, 3)),
    "ResNet-101": (3, (3, 4, 23, 3)),
    "ResNet-152": (3, (3, 8, 36, 3)),
}


@dataclass
class Conv:
    name: str
    kernel: int
    before: int
    after: int
    side: int
    """Height of what leaves; as wide as high."""

    @property
    def params(self) -> int:
        return self.after * self.before * self.kernel * self.kernel

    @property
    def macs(self) -> int:
        return self.params * self.side * self.side


@dataclass
class Net:
    name: str
    convs_per_block: int
    layers: tuple[int, ...]
    is_v1: bool = False
    """Whether a bottleneck has its stride on the first 1×1, as the paper's."""
    convs: list[Conv] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    field_size: int = 1

    def __post_init__(self) -> None:
        stem = window(224, 7, 2, 3)
        self.convs.append(Conv("conv1", 7, 3, 64, stem))
        side, before = window(stem, 3, 2, 1), 64
        # 7×7 with stride 2 sees 7 pixels in steps of 2, the 3×3 pooling 2 more steps of 2, and steps of 4 leave it.
        self.field_size, jump = 7 + 2 * 2, 4
        for stage, n_blocks in enumerate(self.layers):
            planes = 64 * 2**stage
            for block in range(n_blocks):
                stride = 2 if stage and not block else 1
                before, side = self.add_block(f"layer{stage + 1}.{block}", before, planes, side, stride)
                # Two 3×3 in a basic block, the strided one first; one 3×3 in a bottleneck, before the new step.
                entry = jump * stride if self.is_v1 else jump
                self.field_size += 2 * entry + (2 * jump * stride if self.convs_per_block == 2 else 0)
                jump *= stride
            self.sides.append(side)
        self.width = before

    def add_block(self, name: str, before: int, planes: int, side: int, stride: int) -> tuple[int, int]:
        after = planes if self.convs_per_block == 2 else 4 * planes
        small = window(side, 3, stride, 1)
        if self.convs_per_block == 2:
            parts = [(3, before, planes, small), (3, planes, planes, small)]
        else:
            parts = [
                (1, before, planes, small if self.is_v1 else side),
                (3, planes, planes, small),
                (1, planes, after, small),
            ]
        self.convs += [Conv(f"{name}.conv{n + 1}", *part) for n, part in enumerate(parts)]
        if stride != 1 or before != after:
            self.convs.append(Conv(f"{name}.downsample.0", 1, before, after, window(side, 1, stride, 0)))
        return after, small

    def conv(self, name: str) -> Conv:
        return next(conv for conv in self.convs if conv.name == name)

    def inside(self, place: str) -> list[Conv]:
        return [conv for conv in self.convs if conv.name.startswith(f"{place}.")]

    def stage_macs(self, stage: int) -> int:
        return sum(conv.macs for conv in self.inside(f"layer{stage + 1}"))

    def params_of(self, place: str) -> int:
        """Of a block or a stage: the weights, and two for each channel of the norm behind each convolution."""
        return sum(conv.params + 2 * conv.after for conv in self.inside(place))

    @property
    def depth(self) -> int:
        return 1 + self.convs_per_block * sum(self.layers) + 1

    @property
    def params(self) -> int:
        return sum(conv.params + 2 * conv.after for conv in self.convs) + self.width * 1000 + 1000

    @property
    def macs(self) -> int:
        return sum(conv.macs for conv in self.convs) + self.width * 1000

    @property
    def norm_params(self) -> int:
        return sum(2 * conv.after for conv in self.convs)

    @property
    def projection_params(self) -> int:
        return sum(conv.params + 2 * conv.after for conv in self.convs if conv.name.endswith("downsample.0"))

    @property
    def act_bytes(self) -> int:
        """Newly allocated, in single precision: convolutions, norms, both poolings, scores; the rest is in place."""
        maps = sum(2 * conv.after * conv.side * conv.side for conv in self.convs)
        return 4 * (maps + 64 * 56 * 56 + self.width + 1000)

    def blocks_with_identity(self) -> list[tuple[int, int]]:
        """Of each its channels and the height of its map."""
        wide = 1 if self.convs_per_block == 2 else 4
        return [
            (64 * 2**stage * wide, self.sides[stage])
            for stage, n in enumerate(self.layers)
            for _ in range(n - 1 if stage or wide > 1 else n)
        ]

    @property
    def projections(self) -> int:
        return sum(conv.name.endswith("downsample.0") for conv in self.convs)

    def bracket_lines(self, stage: int) -> tuple[str, ...]:
        planes = 64 * 2**stage
        if self.convs_per_block == 2:
            return (f"3×3, {planes}", f"3×3, {planes}")
        return (f"1×1, {planes}", f"3×3, {planes}", f"1×1, {4 * planes}")


def window(side: int, kernel: int, stride: int, padding: int) -> int:
    return (side + 2 * padding - kernel) // stride + 1


def net(name: str, is_v1: bool = False) -> Net:
    return Net(name, *NETS[name], is_v1)
