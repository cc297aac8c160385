"""Texts for the steps of a code walk: conditions with their results, changes, reasons for a projection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.i18n import _, n_
from resnet_viz.records.steps import Condition, Value, WalkStep
from resnet_viz.records.walk import CodeWalk, Decision, StageCall


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """A part of a condition: its code with values for names, and its result as text."""

    code: str
    words: str


def answers_of(condition: Condition) -> tuple[ConditionAnswer, ...]:
    """Returns the operands of a condition's `and` or `or`, in order, with their results; else the condition itself."""
    parts = condition.children if len(condition.children) > 1 else (condition,)
    return tuple(ConditionAnswer(part.shown, answer_words(part)) for part in parts)


def answer_words(condition: Condition) -> str:
    """Returns True, False, or why it has no value."""
    if not condition.is_looked_at:
        return _("not looked at")
    return _("not known") if condition.value is None else str(condition.value)


def value_words(value: Value) -> str:
    """Returns a value's text; a tensor's with the op it comes from."""
    if value.kind == "tensor" and value.node:
        return _("{shape} of {node}").format(shape=value.text, node=value.node)
    return value.text


def reason_words(decision: Decision) -> str:
    """Returns why a shortcut was made, naming the parts of the condition that hold, or that none was."""
    reasons = " · ".join(reason.shown for reason in decision.reasons)
    if decision.made and reasons:
        return _("{made}, because {reasons}").format(made=decision.made, reasons=reasons)
    return decision.made or _("none: x is added as it is")


def shortcut_words(stage: StageCall) -> tuple[str, ...]:
    """Returns the reason for each block of a stage, in order; equal ones in a row are merged, with their count."""
    if not stage.decisions:
        return (_("no block is asked for one"),)
    found = []
    for words, alike in groupby(reason_words(decision) for decision in stage.decisions):
        n = len(list(alike))
        found.append(words if n == 1 else n_("{n} block: {words}", "{n} blocks: {words}", n).format(n=n, words=words))
    return tuple(found)


def code_of(walk: CodeWalk, step: WalkStep) -> str:
    """Returns the first source line of a step's statement, without its indentation."""
    file = next((file for file in walk.files if file.file == step.file), None)
    lines = file.text.split("\n") if file else []
    return lines[step.line - 1].strip() if 0 < step.line <= len(lines) else ""


def change_words(step: WalkStep) -> tuple[str, ...]:
    """Returns a step's changes as `name = value`, a returned value last."""
    changed = [
        f"{name} = {value_words(value)}" if value else _("{name} is gone").format(name=name)
        for name, value in step.changed.items()
    ]
    return (*changed, f"return {value_words(step.returned)}") if step.returned else tuple(changed)


def source_words(walk: CodeWalk) -> tuple[str, ...]:
    """Returns the files of a walk, each with its package's version and 12 digits of its SHA-256."""
    return tuple(
        f"{file.file} ({' '.join(part for part in (file.package, file.version) if part)}, sha256 {file.sha256[:12]})"
        for file in walk.files
    )


def argument_words(values: Iterable[tuple[str, Value]]) -> Sequence[str]:
    """Returns arguments as `name=value`."""
    return [f"{name}={value_words(value)}" for name, value in values]


def op_at(walk: CodeWalk, step: int) -> str | None:
    """Returns the id of the op run last up to a step of a forward pass; None if none has run yet."""
    before = walk.steps[min(step, len(walk) - 1) :: -1]
    return next((found.node_ids[-1] for found in before if found.node_ids), None)
