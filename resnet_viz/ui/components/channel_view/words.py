"""Texts of the channel canvas: labels, statistics, keys, and messages to screen readers."""

from __future__ import annotations

from typing import TypedDict

from resnet_viz.i18n import _, current_language


class FigureWords(TypedDict):
    """Names of a channel's statistics."""

    mean: str
    min: str
    max: str
    at: str
    deviation: str
    zeros: str
    norm: str
    bad: str


class FieldWords(TypedDict):
    """Texts of a cell's receptive field."""

    picture: str
    fieldHint: str
    fieldWhole: str
    fieldClipped: str
    fieldGlobal: str


class KeyWords(TypedDict):
    """Texts of the colour key."""

    key: str
    keyOne: str
    keyEach: str
    keyChannel: str
    keyReach: str


class ChannelWords(FieldWords, KeyWords):
    """Texts of the channels."""

    language: str
    channels: str
    channel: str
    option: str
    dead: str
    cell: str
    cells: str
    meanOf: str
    noValue: str
    large: str
    selected: str
    closed: str
    close: str
    closeTitle: str
    hint: str
    nothing: str
    title: str
    trouble: str
    figures: FigureWords


def view_words() -> ChannelWords:
    """Returns the texts by key, in the reader's language; the browser fills in `{n}` and the like."""
    return {
        "language": current_language().replace("_", "-"),
        "channels": _("Channels of {name}; the arrow keys move the cursor, Enter shows one large"),
        "channel": _("Channel {n}"),
        "option": _("Channel {n}, mean {mean}, from {low} to {high}"),
        "dead": _("Channel {n}, the same everywhere"),
        "cell": _("row {row}, column {column}"),
        "cells": _("rows {row} to {lastRow}, columns {column} to {lastColumn}"),
        "meanOf": _("mean of {n}×{n} cells"),
        "noValue": _("no finite value"),
        "large": _("Channel {n} large; the arrow keys move over its cells"),
        "selected": _("Channel {n} is shown large"),
        "closed": _("No channel is shown large"),
        "close": _("Close"),
        "closeTitle": _("Show no channel large"),
        "hint": _("Point at a cell for its value; click a channel to see it large."),
        "nothing": _("No channel to show"),
        "title": _("Feature maps of {node}"),
        "trouble": _("The feature maps could not be loaded. Choose the node again, or reload the page."),
        "figures": _figures(),
        **_field(),
        **_key(),
    }


def _figures() -> FigureWords:
    return {
        "mean": _("Mean"),
        "min": _("Least"),
        "max": _("Greatest"),
        "at": _("Greatest at"),
        "deviation": _("Standard deviation"),
        "zeros": _("Zeros"),
        "norm": _("Norm"),
        "bad": _("NaN or infinite"),
    }


def _field() -> FieldWords:
    return {
        "picture": _("The input, and what the cell under the pointer can see of it"),
        "fieldHint": _("Point at a cell to see what part of the input it can see."),
        "fieldWhole": _("Receptive field: {height}×{width} px"),
        "fieldClipped": _("Receptive field: {height}×{width} px, of which {seenHeight}×{seenWidth} lie in the picture"),
        "fieldGlobal": _("Statistics of the whole picture enter, too."),
    }


def _key() -> KeyWords:
    return {
        "key": _("Colours and their values"),
        "keyOne": _("One scale for all maps"),
        "keyEach": _("Each map on its own scale"),
        "keyChannel": _("The scale of channel {n}"),
        "keyReach": _("{low} to {high}"),
    }
