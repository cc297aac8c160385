"""The command line: `resnet-viz` starts the app, `resnet-viz draw resnet152 -o r152.svg` and the like need none.

An error is one sentence on stderr, with exit status 2. torch is imported only when a net is traced or a file
of weights is read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from resnet_viz.commands.nets import add_net, read_net, trace_net
from resnet_viz.commands.traces import add_check, add_trace, check_net, write_trace_file
from resnet_viz.commands.training import add_train, train_net
from resnet_viz.commands.weights import add_convert, add_recognise, convert_file, recognise_files
from resnet_viz.errors import DrawError, ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.ui.server.flags import add_flags
from resnet_viz.views.address.view import FORM, LEVEL, SHADE, read_parts
from resnet_viz.views.export.drawing import EXPORT_FORMATS, ExportOptions, export_graph, file_name
from resnet_viz.views.export.paper import PAGES
from resnet_viz.views.graph.draw import FORMS, ROW_WIDTH
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.listing.summary import summarise, summary_csv, summary_json, summary_text
from resnet_viz.views.parts.detail import LEVELS, make_detail
from resnet_viz.views.style import PALETTES
from resnet_viz.writing import check_place, write_whole

_STDOUT = "-"
_DONE, _REFUSED, _INTERRUPTED, _NO_READER = 0, 2, 130, 141

_EXAMPLES = """\
examples:
  resnet-viz --server.port 8600 --memory-share 0.3
  resnet-viz draw resnet152 --level folded -o r152.svg
  resnet-viz draw resnet50 --level op -o r50.pdf --page a4
  resnet-viz draw resnet18 --theme dark --transparent --scale 2 -o r18.png
  resnet-viz draw "block=basic&layers=2,3,5,2&input_size=320x320" --format json -o -
  resnet-viz draw "net=resnet152&ops=layer3.5&shade=macs" -o r152.pdf
  resnet-viz summary resnet50 --level block
  resnet-viz summary timm:resnet26d
  resnet-viz draw "net=torchvision:fcn_resnet50&input_size=256x256" -o fcn.svg
  resnet-viz trace resnet50 -o mine.trace.json
  resnet-viz draw mine.trace.json -o mine.svg
  resnet-viz check mine.trace.json resnet50
  resnet-viz recognise checkpoint.ckpt
  resnet-viz train "block=basic&layers=3,3,3&widths=8,16,32&stem=3x3&shortcut=A" --steps 300 -o run.json
  resnet-viz convert checkpoint.ckpt -o renamed.safetensors --names timm
"""


class _Parser(argparse.ArgumentParser):
    """Prints an error in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(_REFUSED, f"{message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command given by `arguments`, by default `sys.argv[1:]`, and returns the exit status."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        status = _run(_read_arguments(given)) if _names_a_command(given) else _start(given)
        sys.stdout.flush()
    except ResnetVizError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The reader has closed the pipe, as `head` does; Python would report it again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_READER
    except OSError as error:
        return _refuse(_("Cannot write: {reason}.").format(reason=error.strerror or error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _names_a_command(arguments: Sequence[str]) -> bool:
    """Whether a command is named or help is asked for; the app's own flags and Streamlit's start the app."""
    return bool(arguments) and (not arguments[0].startswith("-") or arguments[0] in ("-h", "--help"))


def _start(arguments: Sequence[str]) -> int:
    from resnet_viz.ui.server.starting import start  # imported late: the commands need nothing of the app

    start(arguments)
    return _DONE


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "draw":
            _draw(chosen)
        case "summary":
            _summarise(chosen)
        case "convert":
            convert_file(chosen)
        case "trace":
            write_trace_file(chosen)
        case "train":
            train_net(chosen)
        case "check":
            return check_net(chosen)
        case _:
            return recognise_files(chosen)
    return _DONE


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return _REFUSED


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="resnet-viz",
        description=_(
            "An interactive explorer of residual nets. Without a command, the app is started; flags of Streamlit's may "
            "follow, as in --server.port 8600. The commands need no browser."
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_flags(parser)
    commands = parser.add_subparsers(dest="command", metavar="{draw,summary,trace,check,recognise,convert,train}")
    _add_draw(commands.add_parser("draw", help=_("write the drawing of a net to a file")))
    _add_summary(commands.add_parser("summary", help=_("print a table of the net's stages, blocks or ops")))
    add_trace(commands.add_parser("trace", help=_("write a net's trace file")))
    add_check(commands.add_parser("check", help=_("tell how a net differs from a trace file")))
    add_recognise(commands.add_parser("recognise", help=_("tell which net files of weights are of")))
    add_convert(commands.add_parser("convert", help=_("write a file of weights under another library's names")))
    add_train(commands.add_parser("train", help=_("train a net on small pictures and save the run")))
    return parser.parse_args(arguments)


def _add_draw(parser: argparse.ArgumentParser) -> None:
    add_net(parser)
    usual = ExportOptions()
    _add_choice(parser, "--level", LEVELS, LEVELS[0], _("how much is opened"))
    _add_choice(parser, "--form", FORMS, FORMS[0], _("left to right, in rows or in one, or top to bottom"))
    parser.add_argument("--width", type=_number, help=_("points that a row may be wide ({n})").format(n=ROW_WIDTH))
    _add_choice(parser, "--theme", tuple(PALETTES), usual.theme, _("colours"))
    _add_choice(parser, "--shade", SHADES, usual.shade, _("what a box's fill says"))
    background = parser.add_mutually_exclusive_group()
    background.add_argument("--transparent", action="store_true", help=_("no background"))
    background.add_argument(
        "--background", dest="transparent", action="store_false", help=_("the theme's own background (as usual)")
    )
    parser.add_argument("--scale", type=_number, default=usual.scale, help=_("0.5 to 8, of a PNG or PDF"))
    _add_choice(parser, "--page", PAGES, usual.page, _("a PDF's pages: of the drawing's size, or as many as it takes"))
    parser.add_argument("--format", choices=EXPORT_FORMATS, help=_("else what the file's name ends with, or svg"))
    parser.add_argument("-o", "--output", metavar="FILE", help=_("- is the standard output; else named after the net"))


def _add_summary(parser: argparse.ArgumentParser) -> None:
    add_net(parser)
    _add_choice(parser, "--level", LEVELS, LEVELS[0], _("how much is opened"))
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help=_("as comma-separated values"))
    form.add_argument("--json", action="store_true", help=_("as JSON"))


def _add_choice(parser: argparse.ArgumentParser, name: str, choices: Sequence[str], usual: str, help_text: str) -> None:
    parser.add_argument(name, choices=choices, help=f"{help_text} ({usual})")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("got “{got}”, which is no number").format(got=text[:40])) from None


def _draw(chosen: argparse.Namespace) -> None:
    net, link = read_net(chosen.net)
    level, form = chosen.level or link.get(LEVEL, LEVELS[0]), chosen.form or link.get(FORM, FORMS[0])
    options = ExportOptions(
        format=chosen.format or _format_of(chosen.output),
        theme=chosen.theme or "light",
        is_transparent=chosen.transparent,
        scale=chosen.scale,
        page=chosen.page or PAGES[0],
        shade=chosen.shade or link.get(SHADE, SHADES[0]),
    )
    if chosen.output not in (None, _STDOUT):
        check_place(Path(chosen.output))
    trace = trace_net(net)
    detail = make_detail(trace, level, read_parts(link))
    data = export_graph(trace, detail, form, options, chosen.width)
    if chosen.output == _STDOUT:
        sys.stdout.buffer.write(data)
    else:
        path = Path(chosen.output or file_name(trace, detail, options))
        write_whole(path, data)
        print(path)


def _format_of(output: str | None) -> str:
    """Returns the format given by the file name's suffix; SVG for standard output or without a file name."""
    if output is None or output == _STDOUT:
        return ExportOptions().format
    ending = Path(output).suffix.removeprefix(".").lower()
    if ending in EXPORT_FORMATS:
        return ending
    raise DrawError(
        _("The file's name ends with “{got}”, which is none of {allowed}. Name it so, or add --format.").format(
            got=ending[:40], allowed=", ".join(EXPORT_FORMATS)
        )
    )


def _summarise(chosen: argparse.Namespace) -> None:
    net, link = read_net(chosen.net)
    trace = trace_net(net)
    lines = summarise(trace, chosen.level or link.get(LEVEL, LEVELS[0]))
    if chosen.json:
        text = summary_json(trace, lines)
    else:
        text = summary_csv(lines) if chosen.csv else summary_text(trace, lines)
    # Characters that the terminal's encoding lacks become question marks.
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
