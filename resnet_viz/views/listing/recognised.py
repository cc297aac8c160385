"""What was recognised in a file of weights, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from resnet_viz.i18n import _, n_
from resnet_viz.recognition.found import Candidate, Recognition

_FEW = 5
_LABEL_WIDTH = 12


def recognised_text(file: str, found: Recognition) -> str:
    """Returns what is known of a file as lines: its name, then one fact each, indented."""
    lines = [printable(file), *(f"  {label:<{_LABEL_WIDTH}}  {text}".rstrip() for label, text in _facts(found))]
    return "\n".join([*lines, ""])


def recognised_json(entries: Sequence[Mapping[str, object]]) -> str:
    """Returns files as a JSON list: of each its name as `file`, and what was `found`, or the `error`."""
    told = [
        {key: value for key, value in entry.items() if key != "found"} | _fields(entry.get("found"))
        for entry in entries
    ]
    # Escaped beyond ASCII: a key may hold half of a character, which no encoding can write.
    return json.dumps(told, indent=2) + "\n"


def printable(text: str) -> str:
    """Returns a text from a file for a terminal: without line breaks and control characters."""
    return "".join(character if character.isprintable() else "�" for character in text)


def question_text(question: str) -> str:
    """Returns an open question in words: what names and shapes do not show."""
    texts = {
        "stride_in": _("whether blocks have their stride on the first 1×1 convolution (v1) or on the 3×3 (v1.5)"),
        "replace_stride_with_dilation": _("whether a dilation stands for the stride of a stage"),
        "stem_stride": _("which stride the stem has, and whether a pool follows"),
        "activation": _("which activation it has, if not ReLU"),
        "layers_beside": _("whether layers that are left out stand before the net, or between it and its last layer"),
        "shortcut": _("whether shortcuts that change the shape pad with zeros (option A), or there are none"),
        "norm": _(
            "which norms it has: frozen and old batch norms have no counters, and without statistics a batch norm "
            "looks like a group norm, of any number of groups"
        ),
        "norm_without_tensors": _("whether it has norms after all: without tensors, or left out of the file"),
        "pre_activation": _("whether ReLUs stand before the convolutions (v2) or behind them"),
        "average_shortcut": _("whether shortcuts pool before their projection"),
        "weight_standardisation": _("whether the weights of convolutions are standardised"),
        "anti_aliasing": _("whether strides are blurred against aliasing"),
        "zero_init_residual": _("whether the last norm of each block began at zero"),
    }
    return texts.get(question, question)


def _facts(found: Recognition) -> Iterator[tuple[str, str]]:
    spec = found.spec
    if found.is_sure and spec is not None:
        yield _("Net"), f"{spec.name} ({spec.to_query()})"
        yield _("Blocks"), f"{'-'.join(map(str, spec.layers))}, {spec.block}"
        yield _("Head"), _head_text(found)
        yield _("Names"), found.names or _("of no known library")
    else:
        yield _("Net"), found.description or _("not known for sure")
    if found.wrapping:
        yield _("Wrapped in"), printable(found.wrapping)
    yield from _lists(found)


def _lists(found: Recognition) -> Iterator[tuple[str, str]]:
    if found.left_out:
        yield _("Left out"), _listed(found.left_out)
    if found.part:
        yield _("Also there"), _listed([part for part in found.parts if part != found.part])
    for candidate in found.candidates:
        yield _("Near"), f"{candidate.spec.name} ({candidate.spec.to_query()}): {difference_text(candidate)}"
    for at, question in enumerate(found.open_questions):
        yield "" if at else _("Open"), question_text(question)


def _head_text(found: Recognition) -> str:
    if not found.has_head or found.spec is None:
        return _("none in the file")
    n = found.spec.num_classes
    return n_("{n} class", "{n} classes", n).format(n=n)


def difference_text(candidate: Candidate) -> str:
    """Returns how many keys are missing, misshapen and unexpected, with the first few."""
    parts = (
        (n_("{n} key is missing", "{n} keys are missing", len(candidate.missing)), candidate.missing),
        (n_("{n} shape is wrong", "{n} shapes are wrong", len(candidate.misshapen)), candidate.misshapen),
        (n_("{n} key is unexpected", "{n} keys are unexpected", len(candidate.unexpected)), candidate.unexpected),
    )
    return "; ".join(f"{head.format(n=len(keys))}: {_listed(keys)}" for head, keys in parts if keys)


def _listed(keys: Sequence[str]) -> str:
    """Returns the first few keys, and the number of further ones."""
    few = ", ".join(printable(key[:80]) for key in keys[:_FEW])
    more = len(keys) - _FEW
    return few + n_(" and {n} more", " and {n} more", more).format(n=more) if more > 0 else few


def _fields(found: object) -> dict[str, object]:
    if not isinstance(found, Recognition):
        return {}
    spec = found.spec
    return {
        "is_sure": found.is_sure,
        "net": spec.name if spec else None,
        "query": spec.to_query() if spec else None,
        "block": spec.block if spec else None,
        "layers": spec.layers if spec else None,
        "num_classes": spec.num_classes if spec and found.has_head else None,
        "has_head": found.has_head,
        "names": found.names,
        "wrapping": found.wrapping,
        "left_out": found.left_out,
        "left_out_kinds": found.left_out_kinds,
        "parts": found.parts,
        "part": found.part,
        "description": found.description,
        "candidates": [_candidate_fields(candidate) for candidate in found.candidates],
        "open_questions": found.open_questions,
    }


def _candidate_fields(candidate: Candidate) -> dict[str, object]:
    return {
        "net": candidate.spec.name,
        "query": candidate.spec.to_query(),
        "missing": candidate.missing,
        "misshapen": candidate.misshapen,
        "unexpected": candidate.unexpected,
    }
