"""The guided tour of the code walk, in the order of learning; every figure is read from a live walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_viz.i18n import _
from resnet_viz.records.steps import Value, WalkStep
from resnet_viz.records.walk import CodeWalk, StageCall
from resnet_viz.views.walk.stop import Stop, StopPlace
from resnet_viz.views.walk.words import answers_of, reason_words

_18, _50 = "net=resnet18", "net=resnet50"
_FIVE = tuple(f"net=resnet{depth}" for depth in (50, 18, 34, 101, 152))


def _use(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    (walk,) = walks
    called = walk.steps[step.index + 1].locals
    return _(
        "A net is made by one call, here `{call}()`. The function does next to nothing: it hands a kind of block, "
        "`{block}`, and how many there are in each stage, `{layers}`, to `{function}`. All that tells one of "
        "the paper's nets from another is in these two arguments."
    ).format(call=step.function, block=called["block"].text, layers=called["layers"].text, function="_resnet")


def _frame(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    (walk,) = walks
    shapes = [value.text for found in _frame_steps(walk, step) if (value := found.changed.get("x"))]
    return _(
        "This is the frame of every ResNet: stem, stages, head, one statement each. A picture of {first} comes in, "
        "and `x` becomes, line after line: {shapes}. Step over to stay in this function, or step into a stage."
    ).format(first=_text(walk.call_of(step).locals, "x"), shapes=" → ".join(shapes))


def _table(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    rows = []
    for walk in sorted(walks, key=lambda walk: walk.spec.depth):
        call = next(found for found in walk.steps if found.function == step.function)
        rows.append(f"| {walk.spec.name} | `{_text(call.locals, 'block')}` | `{_text(call.locals, 'layers')}` |")
    net = _("Net")
    head = f"| {net} | `block` | `layers` |\n|---|---|---|"
    words = _("All five nets of the paper are one class with other arguments. `{function}` was called with:")
    return "\n".join([words.format(function=step.function), "", head, *rows])


def _stage(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    return _(
        "Each stage is one call of `_make_layer`. This one was asked for `{blocks}` blocks of `planes={planes}` with "
        "`stride={stride}`. `self.inplanes={inplanes}` is what the stage before gives: the net keeps it as an "
        "attribute, from call to call."
    ).format(**_texts(step, "blocks", "planes", "stride"), inplanes=_text(step.locals, "self.inplanes"))


def _loop(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    blocks = _text(step.locals, "blocks")
    return _(
        "The first block is made before the loop, with the stride and the shortcut. The loop makes the other "
        "{n} of {blocks}, all alike: neither `stride` nor `downsample` is passed to them. Equal passes are folded; "
        "open them to walk each one."
    ).format(n=int(blocks) - 1, blocks=blocks)


def _basic(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    return _(
        "A BasicBlock has two 3×3 convolutions. In `{owner}` `inplanes={inplanes}` come in and `planes={planes}` go "
        "out, and the first convolution takes the stride, `{stride}`. Here it becomes {made}."
    ).format(owner=step.owner, made=_changed(step), **_texts(step, "inplanes", "planes", "stride"))


def _basic_add(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    values = step.locals
    return _(
        "What the block computed, `out` of {out} from `{out_from}`, meets what went around it, `identity` of {same} "
        "from `{same_from}`. Both have one shape, or this line would fail. The sum is `{made}`; then the block calls "
        "its one ReLU once more."
    ).format(
        out=values["out"].text,
        out_from=values["out"].node,
        same=values["identity"].text,
        same_from=values["identity"].node,
        made=step.node_ids[-1],
    )


def _width(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    return _(
        "A Bottleneck is narrow in its middle: `width` becomes {width} in `{owner}`, from `planes={planes}`, "
        "`base_width={base_width}` and `groups={groups}`. At its end there are {expansion} times as many channels as "
        "`planes`: that is `expansion`. ResNeXt and Wide ResNet are this class with another `groups` and another "
        "`width_per_group`, which this line turns into widths."
    ).format(
        width=_changed(step),
        owner=step.owner,
        expansion=_text(step.locals, "self.expansion"),
        **_texts(step, "planes", "base_width", "groups"),
    )


def _middle(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    return _(
        "The 3×3 convolution in the middle takes the stride, `{stride}`: {made}. The paper has it in the 1×1 before, "
        "which looks at only a quarter of the positions; the comment in the source says why torchvision moved it."
    ).format(stride=_text(step.locals, "stride"), made=_changed(step))


def _asked(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    (walk,) = walks
    call = _stage_at(walk, step)
    return _(
        "Can x be added as it is? This line asks it for the first block of `{stage}`: {answers}. What comes of it: "
        "{reason}."
    ).format(stage=call.stage, answers=_answers(step), reason=_reason(call))


def _asked_first(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    (walk,) = walks
    call = _stage_at(walk, step)
    return _(
        "In `{stage}` of {name} nothing gets smaller, and still there is a projection: {answers}. The channels alone "
        "are reason enough: {reason}. `downsample` is named after one of its two uses."
    ).format(stage=call.stage, name=walk.spec.name, answers=_answers(step), reason=_reason(call))


def _not_asked(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    (walk,) = walks
    call = _stage_at(walk, step)
    return _(
        "The same line in {name}: {answers}. Both parts were looked at and neither holds, for `expansion` is "
        "{expansion}. The shortcut: {reason}."
    ).format(
        name=walk.spec.name,
        answers=_answers(step),
        expansion=_text(step.locals, "block.expansion"),
        reason=_reason(call),
    )


def _second(walks: Sequence[CodeWalk], step: WalkStep) -> str:
    return _(
        "The second block, `{owner}`: `inplanes={inplanes}`, `stride={stride}` and `downsample={downsample}`. After "
        "the first block `self.inplanes` was set to what it gives, so every later one is given what it gives itself, "
        "and x is added as it is. That is why only the first block of a stage differs."
    ).format(owner=step.owner, **_texts(step, "inplanes", "stride", "downsample"))


def _frame_steps(walk: CodeWalk, step: WalkStep) -> list[WalkStep]:
    call = walk.call_of(step)
    return [found for found in walk.steps[call.index + 1 : walk.end_of(call)] if found.depth == step.depth]


def _stage_at(walk: CodeWalk, step: WalkStep) -> StageCall:
    return next(call for call in walk.stages() if call.step == walk.call_of(step).index)


def _reason(call: StageCall) -> str:
    return reason_words(call.decisions[0])


def _answers(step: WalkStep) -> str:
    answers = answers_of(step.condition) if step.condition else ()
    return ", ".join(f"`{answer.code}` → **{answer.words}**" for answer in answers)


def _changed(step: WalkStep) -> str:
    return ", ".join(f"`{value.text}`" for value in step.changed.values() if value)


def _text(values: Mapping[str, Value], name: str) -> str:
    return values[name].text


def _texts(step: WalkStep, *names: str) -> dict[str, str]:
    return {name: step.locals[name].text for name in names}


_CONDITION = "if stride != 1"
TOUR = (
    Stop(lambda: _("How it is used"), _use, (_50,), StopPlace("resnet50", "return _resnet")),
    Stop(
        lambda: _("The frame of forward"),
        _frame,
        (_50,),
        StopPlace("ResNet._forward_impl", "x = self.conv1", kind="forward"),
    ),
    Stop(lambda: _("Five nets, one table of arguments"), _table, _FIVE, StopPlace("_resnet")),
    Stop(lambda: _("A stage: _make_layer"), _stage, (_50,), StopPlace("ResNet._make_layer", inside="layer2")),
    Stop(lambda: _("The rest of a stage"), _loop, (_50,), StopPlace("ResNet._make_layer", "for _ in", "layer2")),
    Stop(
        lambda: _("BasicBlock: two convolutions"),
        _basic,
        (_18,),
        StopPlace("BasicBlock.__init__", "self.conv1", "layer2.0"),
    ),
    Stop(
        lambda: _("BasicBlock at work: the add"),
        _basic_add,
        (_18,),
        StopPlace("BasicBlock.forward", "out += identity", "layer2.0", "forward"),
    ),
    Stop(
        lambda: _("Bottleneck: width and expansion"),
        _width,
        (_50,),
        StopPlace("Bottleneck.__init__", "width =", "layer2.0"),
    ),
    Stop(
        lambda: _("Bottleneck: where the stride is"),
        _middle,
        (_50,),
        StopPlace("Bottleneck.__init__", "self.conv2", "layer2.0"),
        _18,
    ),
    Stop(
        lambda: _("_make_layer again: is there a downsample?"),
        _asked,
        (_50,),
        StopPlace("ResNet._make_layer", _CONDITION, "layer2"),
    ),
    Stop(
        lambda: _("A downsample that makes nothing smaller"),
        _asked_first,
        (_50,),
        StopPlace("ResNet._make_layer", _CONDITION, "layer1"),
    ),
    Stop(
        lambda: _("And none at all"),
        _not_asked,
        (_18,),
        StopPlace("ResNet._make_layer", _CONDITION, "layer1"),
        _50,
    ),
    Stop(
        lambda: _("Why only the first block differs"),
        _second,
        (_50,),
        StopPlace("Bottleneck.__init__", inside="layer2.1"),
    ),
)
