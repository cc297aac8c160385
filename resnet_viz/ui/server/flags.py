"""The app's own settings: as flags of `resnet-viz`, behind `--` of `streamlit run app.py`, and in the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import Words, _
from resnet_viz.trace_files.read import read_trace

EMBED = "RESNET_VIZ_EMBED"
"""The sites, separated by blanks, whose pages may embed the app in a frame."""
SHARE = "RESNET_VIZ_MEMORY_SHARE"
"""The share of the memory that nets may take, above 0 and at most 1."""
USUAL_SHARE = 0.5


PARENT = "RESNET_VIZ_PARENT"
"""The process that the server ends with."""
TRACE = "RESNET_VIZ_TRACE"
"""A Trace file that links may name without sending it."""
CACHE = "RESNET_VIZ_CACHE"
"""The folder where records are kept; one of OFF for none. Unset: the user's cache folder."""
OFF = ("", "off")
RAY = "RESNET_VIZ_RAY"
"""The address of a Ray cluster whose machines train nets; unset: this machine trains them."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A setting: its flag, its variable in the environment, a name for its value, what it does, and its check."""

    name: str
    variable: str
    value: str
    words: Words
    check: Callable[[str], str] = str


def is_share(text: str) -> bool:
    """Whether it is a number above 0 and at most 1."""
    try:
        return 0 < float(text) <= 1
    except ValueError:
        return False


def memory_share() -> float:
    """Returns the share set in the environment; USUAL_SHARE if it is missing or invalid."""
    share = os.environ.get(SHARE, "")
    return float(share) if is_share(share) else USUAL_SHARE


def _share(text: str) -> str:
    if is_share(text):
        return text
    words = _("got “{got}”; a number above 0 and at most 1 is expected, as in 0.3")
    raise argparse.ArgumentTypeError(words.format(got=text[:40]))


def _trace_file(text: str) -> str:
    """Returns the absolute path of a Trace file. Raises ArgumentTypeError for one that cannot be read."""
    try:
        read_trace(Path(text))
    except TraceFileError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return str(Path(text).absolute())


def _folder(text: str) -> str:
    """Returns the absolute path of a folder, which need not be there yet."""
    return text if text.lower() in OFF else str(Path(text).absolute())


FLAGS = (
    Flag("--embed", EMBED, "SITES", lambda: _("sites whose pages may show the app in a frame, separated by blanks")),
    Flag("--memory-share", SHARE, "SHARE", lambda: _("the share of the memory that nets may take (0.5)"), _share),
    Flag("--trace", TRACE, "FILE", lambda: _("a Trace file that the app opens"), _trace_file),
    Flag("--cache", CACHE, "FOLDER", lambda: _("a folder where drawings and the like are kept, or off"), _folder),
    Flag("--ray", RAY, "ADDRESS", lambda: _("a Ray cluster that trains nets, as in 10.0.0.1:6379, or auto")),
)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags to a parser of the command line."""
    for flag in FLAGS:
        parser.add_argument(
            flag.name, dest=flag.variable, metavar=flag.value, type=flag.check, help=f"{flag.words()} ({flag.variable})"
        )


class _Parser(argparse.ArgumentParser):
    """Prints an error in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}\n")


def take_flags(arguments: Sequence[str]) -> list[str]:
    """Puts flags of the command line into the environment, before what stands there, and returns the other arguments.

    The process ends with a sentence for a flag that is none, or has no value.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    add_flags(parser)
    given, others = parser.parse_known_args(arguments)
    os.environ.update({name: value for name, value in vars(given).items() if value is not None})
    return others
