"""The steps of a code walk in words: conditions with their answers, what changed, why a shortcut is projected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.i18n import _, n_
from resnet_viz.records.steps import Condition, Value, WalkStep
from resnet_viz.records.walk import CodeWalk, Decision, StageCall


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """A part of a condition: its code with values for names, and what came of it, in words."""

    code: str
    words: str


def answers_of(condition: Condition) -> tuple[ConditionAnswer, ...]:
    """What `and` or `or` joins in a condition, in its order, each with its answer; else the condition itself."""
    parts = condition.children if len(condition.children) > 1 else (condition,)
    return tuple(ConditionAnswer(part.shown, answer_words(part)) for part in parts)


def answer_words(condition: Condition) -> str:
    """True, False, or why neither."""
    if not condition.is_looked_at:
        return _("not looked at")
    return _("not known") if condition.value is None else str(condition.value)


def value_words(value: Value) -> str:
    """A value as it is shown; a tensor with the op it comes from."""
    if value.kind == "tensor" and value.node:
        return _("{shape} of {node}").format(shape=value.text, node=value.node)
    return value.text


def reason_words(decision: Decision) -> str:
    """Why a shortcut was made, or that none was: the parts of the condition that hold are named."""
    reasons = " · ".join(reason.shown for reason in decision.reasons)
    if decision.made and reasons:
        return _("{made}, because {reasons}").format(made=decision.made, reasons=reasons)
    return decision.made or _("none: x is added as it is")


def shortcut_words(stage: StageCall) -> tuple[str, ...]:
    """Of each block of a stage, in order, the reason; blocks with the same one are told once, with their number."""
    if not stage.decisions:
        return (_("no block is asked for one"),)
    found = []
    for words, alike in groupby(reason_words(decision) for decision in stage.decisions):
        n = len(list(alike))
        found.append(words if n == 1 else n_("{n} block: {words}", "{n} blocks: {words}", n).format(n=n, words=words))
    return tuple(found)


def code_of(walk: CodeWalk, step: WalkStep) -> str:
    """The first line of a step's statement as it stands in the file, without its indentation."""
    file = next((file for file in walk.files if file.file == step.file), None)
    lines = file.text.splitlines() if file else []
    return lines[step.line - 1].strip() if 0 < step.line <= len(lines) else ""


def change_words(step: WalkStep) -> tuple[str, ...]:
    """What a step changed, as `name = value`; what it returned last."""
    changed = [
        f"{name} = {value_words(value)}" if value else _("{name} is gone").format(name=name)
        for name, value in step.changed.items()
    ]
    return (*changed, f"return {value_words(step.returned)}") if step.returned else tuple(changed)


def source_words(walk: CodeWalk) -> tuple[str, ...]:
    """The files a walk goes through, each with its package's version and the start of its hash."""
    return tuple(
        f"{file.file} ({' '.join(part for part in (file.package, file.version) if part)}, sha256 {file.sha256[:12]})"
        for file in walk.files
    )


def argument_words(values: Iterable[tuple[str, Value]]) -> Sequence[str]:
    """Arguments as a call writes them."""
    return [f"{name}={value_words(value)}" for name, value in values]


def op_at(walk: CodeWalk, step: int) -> str | None:
    """The op that a step of a forward pass ran last, or else the last one before it; None where none has run yet."""
    before = walk.steps[min(step, len(walk) - 1) :: -1]
    return next((found.node_ids[-1] for found in before if found.node_ids), None)
