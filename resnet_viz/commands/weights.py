"""The commands `recognise` and `convert`: arguments, and what is printed. torch is imported only when they run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.naming.libraries import LIBRARIES
from resnet_viz.views.listing.recognised import printable, recognised_json, recognised_text
from resnet_viz.writing import check_place, write_whole

_SURE, _NOT_KNOWN, _UNREADABLE = 0, 1, 2
_ENDING = ".safetensors"


def add_recognise(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `recognise`."""
    parser.add_argument("files", metavar="FILE", nargs="+", help=_("a checkpoint, under any name"))
    parser.add_argument("--json", action="store_true", help=_("as JSON: a list with an entry for each file"))


def add_convert(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `convert`."""
    parser.add_argument("file", metavar="IN", help=_("a checkpoint, under any name"))
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help=_("the new file, OUT.safetensors"))
    parser.add_argument("--names", choices=tuple(LIBRARIES), required=True, help=_("whose names it gets"))
    parser.add_argument("--part", help=_("which net of a file that holds several, as in teacher"))
    parser.add_argument("--force", action="store_true", help=_("overwrite OUT where it exists"))


def recognise_files(chosen: argparse.Namespace) -> int:
    """Prints what each file holds, and returns the exit status: the largest of theirs.

    0 for a net that is known for sure, 1 for one that is not, 2 for a file that cannot be read.
    """
    told: list[dict[str, object]] = []
    worst = _SURE
    for name in chosen.files:
        status, entry = _recognise_file(name, chosen.json)
        told.append(entry)
        worst = max(worst, status)
    if chosen.json:
        _print(recognised_json(told))
    return worst


def _recognise_file(name: str, is_json: bool) -> tuple[int, dict[str, object]]:
    from resnet_viz import recognise  # imported late, as in `convert_file`

    try:
        found = recognise(Path(name))
    except WeightsError as error:
        print(f"{printable(name)}: {error}", file=sys.stderr)
        return _UNREADABLE, {"file": name, "error": str(error)}
    if not is_json:
        _print(recognised_text(name, found))
    return (_SURE if found.is_sure else _NOT_KNOWN), {"file": name, "found": found}


def convert_file(chosen: argparse.Namespace) -> None:
    """Writes a file's net under other names, as safetensors, and prints what was done."""
    source, target = Path(chosen.file), Path(chosen.output)
    _check_target(target, chosen.force)
    # imported late: torch takes seconds to import, and `--help` does not need it
    from resnet_viz.model.weights.convert import convert_weights

    made = convert_weights(source, chosen.names, chosen.part)
    write_whole(target, made.data)
    text = _("{path}: {name}, {n} tensors, renamed from {source} to {names}; left out: {m}.")
    filled = text.format(
        path=printable(str(target)),
        name=made.spec.name,
        n=made.n_tensors,
        source=made.found.names,
        names=chosen.names,
        m=len(made.found.left_out),
    )
    _print(f"{filled}\n")


def _check_target(path: Path, may_replace: bool) -> None:
    if path.suffix.lower() != _ENDING:
        text = _("The new file's name ends with “{got}”: only {allowed} is written. Name it so.")
        raise WeightsError(text.format(got=printable(path.suffix[:40]), allowed=_ENDING))
    check_place(path)
    if path.exists() and not may_replace:
        text = _("There is a file “{path}” already. Choose another name, or add --force to overwrite it.")
        raise WeightsError(text.format(path=printable(str(path))))


def _print(text: str) -> None:
    """Prints a text; characters that the terminal's encoding lacks become question marks."""
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
    sys.stdout.flush()
