"""What the app does under load, of this checkout or beside another's, in turn.

`make load` prints everything but the faults. `make load ARGS="sessions --readers 50"` chooses; `--beside ../old` serves
another checkout's app to the same readers and prints ratios.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.load.judging import MOST_READERS
from tests.load.kinds.busy import BUSY
from tests.load.pace import Size
from tests.load.report import beside, middle_rows, print_table
from tests.places import ROOT

# A module each, with a TITLE and a function `measure`; that of faults has a function `cause`.
KINDS = ("sessions", "fair", "full_caches", "starts", "leaving", "faults")
_BY_HAND = "faults"
_SIZE = Size()


def main() -> None:
    """Measure the app under load."""
    options = _read_options()
    size = Size(
        options.readers, options.seconds, tuple(options.looks), options.stay, options.rise, tuple(options.busy or ())
    )
    for name in options.kinds or [kind for kind in KINDS if kind != _BY_HAND]:
        kind = import_module(f"tests.load.kinds.{name}")
        if name == _BY_HAND:
            kind.cause(options.checkout)
        else:
            _measure(kind, options, size)


def _measure(kind: Any, options: argparse.Namespace, size: Size) -> None:
    """A round of ours, a round of theirs, and so on."""
    checkouts = [options.checkout, *([options.beside] if options.beside else [])]
    rounds: list[list[Any]] = [[] for _checkout in checkouts]
    for _round in range(options.rounds):
        for checkout, found in zip(checkouts, rounds, strict=True):
            found.append(kind.measure(checkout, size))
    tables = [middle_rows(found) for found in rounds]
    print_table(kind.TITLE, tables[0])
    if options.beside:
        print_table(f"The same of {options.beside}", tables[1])
        print_table(f"In multiples of {options.beside}", beside(*tables))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=main.__doc__)
    parser.add_argument("kinds", nargs="*", type=_read_kind, metavar="kind", help=", ".join(KINDS))
    parser.add_argument("--beside", type=_read_checkout, help="another checkout, whose app is served in turn")
    parser.add_argument("--checkout", type=_read_checkout, default=ROOT, help="another checkout instead of this one")
    parser.add_argument("--rounds", type=int, default=1, help="of each checkout, in turn; medians are printed")
    parser.add_argument("--readers", type=_read_number, default=_SIZE.readers, help=f"at most {MOST_READERS}")
    parser.add_argument("--seconds", type=float, default=_SIZE.seconds, help="of each load")
    parser.add_argument(
        "--looks", type=float, nargs=2, default=_SIZE.looks, metavar=("LEAST", "MOST"), help="seconds between clicks"
    )
    parser.add_argument("--stay", type=float, default=_SIZE.stay_s, help="seconds until those who left are forgotten")
    parser.add_argument("--rise", type=float, default=_SIZE.rise_s, help="seconds over which memory may rise")
    parser.add_argument("--busy", nargs="+", choices=BUSY, help="which busy readers there are in `fair`")
    return parser.parse_args()


def _read_kind(text: str) -> str:
    if text not in KINDS:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(KINDS)}")
    return text


def _read_checkout(text: str) -> Path:
    folder = Path(text).resolve()
    if not (folder / "app.py").is_file():
        raise argparse.ArgumentTypeError(f"there is no app.py in {folder}")
    return folder


def _read_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_READERS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_READERS}")
    return int(text)


if __name__ == "__main__":
    main()
