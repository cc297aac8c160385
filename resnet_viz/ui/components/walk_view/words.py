"""Texts of the code walk on the page: buttons, headings, keys, and messages to screen readers."""

from __future__ import annotations

from typing import TypedDict

from resnet_viz.i18n import _


class ControlWords(TypedDict):
    """Texts of the player."""

    walk: str
    build: str
    buildTitle: str
    forward: str
    forwardTitle: str
    controls: str
    first: str
    back: str
    step: str
    stepWord: str
    over: str
    overWord: str
    out: str
    outWord: str
    stage: str
    stageWord: str
    play: str
    pause: str
    runOn: str
    noStop: str
    speed: str
    slider: str
    stepOf: str
    toPart: str
    trouble: str


class PanelWords(TypedDict):
    """Texts of the source and of what is told of a step."""

    source: str
    stopAt: str
    ran: str
    thisStep: str
    variables: str
    noVariables: str
    changed: str
    passed: str
    gone: str
    stack: str
    makes: str
    runs: str
    returns: str
    together: str
    notLookedAt: str
    notKnown: str
    otherNet: str
    noLine: str
    stages: str
    toCall: str


class AskedWords(TypedDict):
    """Texts of what a node or a line is asked for."""

    asked: str
    askNode: str
    close: str
    madeBy: str
    runBy: str
    calledBy: str
    notHere: str
    lineMade: str
    lineRan: str
    stepN: str
    more: str


class FoldWords(TypedDict):
    """Texts of the list of steps and of its folds."""

    steps: str
    calls: str
    passes: str
    foldClosed: str
    foldOpen: str
    fold: str
    unfold: str


class WalkWords(ControlWords, PanelWords, AskedWords, FoldWords):
    """Texts of the code walk; the browser fills in `{n}` and the like."""

    keysTitle: str
    keys: list[tuple[str, str]]
    """Keys and what they do."""


def view_words() -> WalkWords:
    """Returns the texts by key, in the reader's language."""
    return {**_controls(), **_panels(), **_asked(), **_folds(), "keysTitle": _("Keys"), "keys": _keys()}


def _controls() -> ControlWords:
    return {
        "walk": _("Which walk"),
        "build": _("Build"),
        "buildTitle": _("How the net is built, from the function that is called to each layer"),
        "forward": _("Forward pass"),
        "forwardTitle": _("How one picture goes through it, op by op"),
        "controls": _("Step through the code"),
        "first": _("To the first step"),
        "back": _("One step back"),
        "step": _("Next step, into what is called"),
        "stepWord": _("Step"),
        "over": _("Over: the next step of this function"),
        "overWord": _("Over"),
        "out": _("Out: to where this function returns"),
        "outWord": _("Out"),
        "stage": _("To where the next stage begins"),
        "stageWord": _("Next stage"),
        "play": _("Play"),
        "pause": _("Pause"),
        "runOn": _("Run to the next line that is marked to stop at"),
        "noStop": _("No marked line runs after this one."),
        "speed": _("Speed"),
        "slider": _("Step"),
        "stepOf": _("step {n} of {total}"),
        "toPart": _("{part}: go to where it begins"),
        "trouble": _("The walk could not be loaded. Is the server still there? Reload the page to try again."),
    }


def _panels() -> PanelWords:
    return {
        "source": _("Source as installed"),
        "stopAt": _("Stop at line {line}"),
        "ran": _("This line ran {n} times"),
        "thisStep": _("This step"),
        "variables": _("Variables"),
        "noVariables": _("None that are watched"),
        "changed": _("This line changes it"),
        "passed": _("Passed with the call"),
        "gone": _("gone"),
        "stack": _("Call stack"),
        "makes": _("Makes"),
        "runs": _("Runs"),
        "returns": _("Returns"),
        "together": _("Together"),
        "notLookedAt": _("not looked at"),
        "notKnown": _("not known"),
        "otherNet": _("The same line in the other net"),
        "noLine": _("{net} runs no such line here."),
        "stages": _("All calls of _make_layer"),
        "toCall": _("{part}: go to where its shortcut is decided"),
    }


def _asked() -> AskedWords:
    return {
        "asked": _("Where it comes from"),
        "askNode": _("Which statement made it, and what called that"),
        "close": _("Close"),
        "madeBy": _("made by"),
        "runBy": _("run by"),
        "calledBy": _("called by"),
        "notHere": _("No step of this walk makes or runs it."),
        "lineMade": _("{n} steps of this line; nodes made: {nodes}"),
        "lineRan": _("{n} steps of this line; ops run: {nodes}"),
        "stepN": _("step {n}"),
        "more": _("and {n} more"),
    }


def _folds() -> FoldWords:
    return {
        "steps": _("All steps"),
        "calls": _("What it calls"),
        "passes": _("{n} equal passes, {length} steps each"),
        "foldClosed": _("equal passes; the first is walked and stands for all."),
        "foldOpen": _("equal passes; each is walked."),
        "fold": _("Fold"),
        "unfold": _("Open all"),
    }


def _keys() -> list[tuple[str, str]]:
    return [
        ("→ F11", _("Next step, into what is called")),
        ("↓ F10", _("Over: the next step of this function")),
        ("↑ Shift+F11", _("Out: to where this function returns")),
        ("←", _("One step back")),
        ("n", _("To where the next stage begins")),
        (_("Space"), _("Play and pause")),
        ("F8", _("Run to the next line that is marked to stop at")),
        (_("Home, End"), _("First and last step")),
        (_("Click on a line's number"), _("Mark it to stop there")),
        (_("Click on a line"), _("All its steps, and what they made")),
    ]
