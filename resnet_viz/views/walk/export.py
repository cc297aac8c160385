"""Exports a code walk as Markdown or an HTML page: the table of `_make_layer` calls, or all steps, folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _, n_
from resnet_viz.records.steps import Condition, Fold, WalkStep
from resnet_viz.records.walk import CodeWalk, StageCall
from resnet_viz.refusal import check_choice
from resnet_viz.units import format_exact
from resnet_viz.views.walk.words import answers_of, argument_words, change_words, code_of, shortcut_words, source_words

WALK_FORMATS = ("md", "html")
_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem;color-scheme:light dark}"
    "table{border-collapse:collapse}"
    "th,td{border:1px solid #8888;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "code{white-space:pre-wrap}"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a cell."""

    words: str
    is_code: bool = False
    after: str = ""
    """Text after the code."""


TextCell = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A heading, lines below it, and a table."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[TextCell, ...], ...]


def export_stages(walk: CodeWalk, format: str = "md") -> str:
    """Returns the table of all calls of `_make_layer` as `md` or `html`.

    Raises TraceError for a walk other than a build, DrawError for another format.
    """
    return _write(stage_page(walk), format)


def stage_page(walk: CodeWalk) -> ExportPage:
    """Returns that table, one row per `walk.stages()`. Raises TraceError for a walk other than a build."""
    if walk.kind != "build":
        raise TraceError(_("The calls of _make_layer are in the walk of a build. Choose the build walk."))
    title = _("{name}: the calls of _make_layer").format(name=walk.spec.name)
    head = (_("Stage"), _("Called with"), _("Before"), _("After"), _("Condition"), _("Shortcut"))
    rows = tuple(_stage_row(stage) for stage in walk.stages())
    return ExportPage(title, source_words(walk), head, rows)


def export_steps(walk: CodeWalk, format: str = "md") -> str:
    """Returns all steps of a walk, folds once with their count, as `md` or `html`. Raises DrawError otherwise."""
    titles = {"build": _("{name}: how it is built, line by line"), "forward": _("{name}: how it runs, line by line")}
    head = (_("Step"), _("Line"), _("Code"), _("Condition"), _("Changed"), _("Made or run"))
    title = titles[walk.kind].format(name=walk.spec.name)
    return _write(ExportPage(title, source_words(walk), head, tuple(_step_rows(walk))), format)


def _write(page: ExportPage, format: str) -> str:
    check_choice(_("Format"), format, WALK_FORMATS)
    return _markdown(page) if format == "md" else _html(page)


def _stage_row(stage: StageCall) -> tuple[TextCell, ...]:
    after = {name: value for name, value in stage.after.items() if name in stage.before or name == "previous_dilation"}
    changed = [(name, value) for name, value in after.items() if stage.before.get(name) != value]
    numbers = [(name, value) for name, value in stage.before.items() if value.kind == "number"]
    return (
        _codes([stage.stage]),
        _codes(argument_words(stage.arguments.items())),
        _codes(argument_words(numbers)),
        _codes(argument_words(changed)),
        _condition_cell(stage.condition),
        tuple(Text(words) for words in shortcut_words(stage)),
    )


def _step_rows(walk: CodeWalk) -> Iterator[tuple[TextCell, ...]]:
    """Yields a row per step; of folded passes only the first, after a row with their count."""
    folds: dict[int, list[Fold]] = {}
    for fold in walk.folds:
        folds.setdefault(fold.start, []).append(fold)
    at = 0
    leaps: dict[int, int] = {}
    while at < len(walk):
        for fold in folds.get(at, ()):
            leaps[fold.start + fold.length] = fold.end
            yield _fold_row(walk.steps[at], fold)
        yield _step_row(walk, walk.steps[at])
        at += 1
        while at in leaps:
            at = leaps.pop(at)


def _fold_row(step: WalkStep, fold: Fold) -> tuple[TextCell, ...]:
    text = n_("the next step, × {n}", "the next {length} steps, × {n}", fold.length)
    words = text.format(length=fold.length, n=format_exact(fold.count))
    return (_words(f"{step.index + 1}–{fold.end}"), (), _words(words), (), (), ())


def _step_row(walk: CodeWalk, step: WalkStep) -> tuple[TextCell, ...]:
    return (
        _words(str(step.index + 1)),
        _words(f"{step.file.rpartition('/')[2]}:{step.line}"),
        _codes(["· " * step.depth + code_of(walk, step)]),
        _condition_cell(step.condition),
        _codes(change_words(step)),
        _codes(step.node_ids),
    )


def _condition_cell(condition: Condition | None) -> TextCell:
    if condition is None:
        return ()
    return tuple(Text(answer.code, True, f" → {answer.words}") for answer in answers_of(condition))


def _codes(lines: Sequence[str]) -> TextCell:
    return tuple(Text(line, True) for line in lines)


def _words(line: str) -> TextCell:
    return (Text(line),)


def _markdown(page: ExportPage) -> str:
    lines = [f"# {_plain_markdown(page.title)}", "", *(f"- {_plain_markdown(note)}" for note in page.notes), ""]
    lines += [_markdown_row([_plain_markdown(name) for name in page.head]), _markdown_row(["---"] * len(page.head))]
    lines += [_markdown_row(["<br>".join(map(_markdown_text, cell)) for cell in row]) for row in page.rows]
    return "\n".join([*lines, ""])


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_text(text: Text) -> str:
    if not text.is_code:
        return _plain_markdown(text.words)
    # In a table, `|` ends the cell even inside a code span.
    code = text.words.replace("|", "\\|")
    mark = "`" * (1 + max((len(run) for run in _runs_of_backticks(code)), default=0))
    space = " " if "`" in code else ""
    return f"{mark}{space}{code}{space}{mark}{_plain_markdown(text.after)}"


def _runs_of_backticks(text: str) -> Iterator[str]:
    return (run for run in "".join(sign if sign == "`" else " " for sign in text).split())


def _plain_markdown(text: str) -> str:
    """Returns text escaped for Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in text)


def _html(page: ExportPage) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in page.head)
    rows = "\n".join(f"<tr>{''.join(f'<td>{_html_cell(cell)}</td>' for cell in row)}</tr>" for row in page.rows)
    notes = "".join(f"<li>{escape(note)}</li>" for note in page.notes)
    title = escape(page.title)
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1><ul>{notes}</ul>\n<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n"
        "</tbody></table></body></html>\n"
    )


def _html_cell(cell: TextCell) -> str:
    return "<br>".join(
        f"<code>{escape(text.words)}</code>{escape(text.after)}" if text.is_code else escape(text.words)
        for text in cell
    )
