"""Lesson 10: feature maps, receptive field and Grad-CAM, with a trained net that comes with the app."""

from __future__ import annotations

from math import prod

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.structure.words import size_of
from resnet_viz.views.teach.figures import block_named, channels, field_size, side
from resnet_viz.views.teach.focus import Focus, Traces, to_evidence
from resnet_viz.views.teach.taught import Lesson, Step

_NET = ("net=digits14",)
_BOTH = ("net=digits14", "net=digits20")
_FIRST, _LAST = "layer1.0", "layer3.1"


def _one(traces: Traces) -> str:
    (trace,) = traces
    first = trace.nodes["conv1"]
    return _(
        "A feature map is what one channel gives at every position: one number for each place of the picture. The "
        "first convolution of {net} makes {n} maps of {size} from a digit. One of them stands here, after the ReLU: "
        "brighter is larger, the darkest places are zero."
    ).format(net=trace.name, n=channels(first), size=size_of(first.out_shape))


def _signed(traces: Traces) -> str:
    (trace,) = traces
    norm = trace.nodes[f"{_FIRST}.bn2"]
    return _(
        "Before a ReLU the values have both signs. These are the {n} maps of {layer}, the F(x) of the first block: "
        "zero is the middle of the colours, and the two ends are the largest values above and below it. The add "
        "brings x to them; only then the ReLU sets to zero what is below it."
    ).format(n=channels(norm), layer=norm.id)


def _stages(traces: Traces) -> str:
    (trace,) = traces
    sizes = ", ".join(f"{stage.name}: {channels(stage)} × {size_of(stage.out_shape)}" for stage in trace.stages)
    values = ", ".join(format_exact(prod(stage.out_shape[1:])) for stage in trace.stages)
    return _(
        "From stage to stage height and width are halved and channels double. Channels × height × width of {net}: "
        "{sizes}. So there are fewer places, more numbers at each of them, and fewer numbers altogether: {values}."
    ).format(net=trace.name, sizes=sizes, values=values)


def _early_and_late(traces: Traces) -> str:
    (trace,) = traces
    first, last = trace.stages[0], trace.stages[-1]
    return _(
        "A place of {first} depends on {few}×{few} pixels: enough for an edge or a piece of a stroke, so its maps "
        "still look like the digit. A place of {last} could depend on {many}×{many} pixels, more than the picture has, "
        "and it mixes what many channels found. There are {places} places left: a map tells that something is there, "
        "no longer what it looks like."
    ).format(
        first=first.name,
        few=first.field[0].size if first.field else 0,
        last=last.name,
        many=field_size(trace),
        places=side(last) * last.out_shape[3],
    )


def _field(traces: Traces) -> str:
    large, small = traces
    return _(
        "The receptive field of a place is the part of the picture that it can depend on. A window of k pixels adds "
        "k − 1, times the product of all strides before it. So it grows: {sizes} pixels after the stages of {net}, of "
        "the {side} that the picture has; and {most} pixels in {other}, where the picture has {few}. This is the "
        "theoretical field. What really has an influence is less, and most of it lies in the middle (Luo et al. 2016)."
    ).format(
        sizes=", ".join(str(stage.field[0].size) for stage in large.stages if stage.field),
        net=large.name,
        side=side(large.nodes["input"]),
        most=field_size(small),
        other=small.name,
        few=side(small.nodes["input"]),
    )


def _evidence(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, _LAST)
    return _(
        "Grad-CAM asks which places speak for one class. It takes the gradient of that class's score with respect to "
        "the {n} maps of the last block, {block}, and averages it over the {places} places of each map. With these {n} "
        "numbers it weighs the maps, adds them up and sets to zero what is below it (Selvaraju et al. 2017, Eqn. 1 and "
        "2, Fig. 2). The maps are those after the add: those of the last convolution would lack what came along the "
        "shortcut."
    ).format(n=channels(block), block=block.id, places=side(block) * block.out_shape[3])


def _limits(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, _LAST)
    return _(
        "The map has {size} places and is enlarged to {input}: its outline says nothing about fine detail. It belongs "
        "to one score; another class has another map, and a wrong answer has one, too. It shows where the maps that "
        "raise the score are active. It is no proof that the net would decide otherwise without these places: that is "
        "tested by covering them."
    ).format(size=size_of(block.out_shape), input=size_of(trace.nodes["input"].out_shape))


LESSON = Lesson(
    "maps",
    place=10,
    title=lambda: _("Feature maps, receptive field and Grad-CAM"),
    steps=(
        Step(
            _one,
            Focus(_NET, node="relu", stage="stem", level="op"),
            lambda: _("Choose another digit: the same channel answers to the same thing elsewhere."),
            view="maps",
            maps="channel",
        ),
        Step(
            _signed,
            Focus(_NET, node=f"{_FIRST}.bn2", stage="layer1", level="op"),
            lambda: _("Find a map that has both ends of the colours, and one that has nearly none."),
            view="maps",
            maps="signed",
        ),
        Step(
            _stages,
            Focus(_NET, node="layer2", stage="layer2"),
            lambda: _("The squares grow from row to row: each is one place of the map."),
            view="maps",
            maps="stages",
        ),
        Step(
            _early_and_late,
            Focus(_NET, node="layer3", stage="layer3"),
            lambda: _("In which row can you still tell the digit?"),
            view="maps",
            maps="stages",
        ),
        Step(
            _field,
            Focus(_BOTH, node="layer3", stage="layer3"),
            lambda: _("The frame is what the place in the middle of the map depends on, as far as the picture goes."),
            view="maps",
            maps="field",
        ),
        Step(
            _evidence,
            Focus(_NET, node=_LAST, stage="layer3", level="block"),
            lambda: _("Compare the map of the likeliest class with that of another one."),
            view="maps",
            maps="evidence",
        ),
        Step(
            _limits,
            Focus(_NET, node=_LAST, stage="layer3", level="block"),
            lambda: _("On the page Explore choose Occlusion, and compare it with Grad-CAM."),
            to_evidence(lambda: _("Grad-CAM and occlusion of this net"), "digits14", "digits:resnet14"),
            view="maps",
            maps="evidence",
        ),
    ),
    minutes=8,
)
