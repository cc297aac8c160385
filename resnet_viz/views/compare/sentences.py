"""A summary of the compared nets in a sentence or two, generated from the figures alone."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _, n_
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels, format_shape
from resnet_viz.views.compare.ratios import NumberWords, against, growth_text, is_times, share_text
from resnet_viz.views.compare.rows import CompareRow, Comparison, blocks_words, part_words

# The fewest parts that hold this share of a difference are named.
_MOST_OF_IT = 0.75


def describe_comparison(comparison: Comparison) -> str:
    """Returns the summary: ratio and location of costs, what is equal, where each net has its parameters."""
    rest = [text for text in (_sizes_text(comparison), _keeping_text(comparison)) if text]
    return _sentences(comparison, [_input_text(comparison), _semicolons(_costs(comparison)), _semicolons(rest)])


def describe_shortly(comparison: Comparison) -> tuple[str, str]:
    """Returns the same in two: what the costs are, which comes first, and the rest."""
    first, *costs = _costs(comparison)
    rest = [text for text in (_sizes_text(comparison), _keeping_text(comparison)) if text]
    lead = _sentences(comparison, [_input_text(comparison), first])
    return lead, _sentences(comparison, [_semicolons(costs), _semicolons(rest)])


def _sentences(comparison: Comparison, parts: Sequence[str]) -> str:
    return " ".join(f"{_as_start(part, comparison.names)}." for part in parts if part)


def _as_start(text: str, names: Sequence[str]) -> str:
    """Capitalises the first letter, except of a net's name."""
    return text if text.startswith(tuple(names)) else f"{text[0].upper()}{text[1:]}"


# Costs


def _costs(comparison: Comparison) -> list[str]:
    return _pair_costs(comparison) if len(comparison.names) == 2 else _many_costs(comparison)


def _pair_costs(comparison: Comparison) -> list[str]:
    larger = _larger(comparison)
    measures = ("n_params", *(() if _with_bound(comparison) else ("n_macs",)), "act_bytes")
    measure = next((name for name in measures if _is_unequal(comparison, name)), None)
    costs = _("{params}, {macs}").format(
        params=_params_text(comparison, larger),
        macs=_macs_text(comparison, larger, _is_unequal(comparison, "n_params")),
    )
    if measure == "act_bytes":
        return [costs, _activations_text(comparison)]
    return [costs, _where_text(comparison, measure)] if measure else [costs]


def _params_text(comparison: Comparison, larger: int) -> str:
    own, other = (_total(comparison, "n_params", net) for net in (larger, 1 - larger))
    x, y = comparison.names[larger], comparison.names[1 - larger]
    if own == other:
        names = _listed(comparison.names)
        return _("{names} have the same number of parameters ({n})").format(names=names, n=format_count(own))
    ratio = own / other if other else None
    text = (
        _("{x} has {n} times the parameters of {y} ({figures})")
        if is_times(ratio)
        else _("{x} has {n} more parameters than {y} ({figures})")
    )
    return text.format(x=x, y=y, n=growth_text(own, other), figures=against(own, other, format_count))


def _macs_text(comparison: Comparison, larger: int, has_subject: bool) -> str:
    """The second half of the sentence about parameters: the net with more multiply-adds."""
    if _with_bound(comparison):
        return _unknown_macs_text(comparison)
    needy = max(range(2), key=lambda net: _total(comparison, "n_macs", net))
    own, other = (_total(comparison, "n_macs", net) for net in (needy, 1 - needy))
    if own == other:
        return _("and both need the same number of multiply-adds ({n})").format(n=format_macs(own))
    is_many = is_times(own / other if other else None)
    if needy == larger and has_subject:
        text = (
            _("and it needs {n} times the multiply-adds ({figures})")
            if is_many
            else _("and it needs {n} more multiply-adds ({figures})")
        )
    else:
        text = (
            _("but {x} needs {n} times the multiply-adds ({figures})")
            if is_many
            else _("but {x} needs {n} more multiply-adds ({figures})")
        )
    figures = against(own, other, format_macs)
    return text.format(x=comparison.names[needy], n=growth_text(own, other), figures=figures)


def _unknown_macs_text(comparison: Comparison) -> str:
    """That multiply-adds cannot be compared, with what is known of them."""
    cells = [cell for cell in comparison.totals.cells if cell]
    names = _listed(_with_bound(comparison))
    figures = _listed([cell.macs.text for cell in cells])
    return _("not all multiply-adds of {names} are known ({figures})").format(names=names, figures=figures)


def _with_bound(comparison: Comparison) -> list[str]:
    """The nets whose multiply-adds are not all known."""
    totals = comparison.totals
    return [name for net, name in enumerate(comparison.names) if totals.is_bound("n_macs", net)]


def _activations_text(comparison: Comparison) -> str:
    needy = max(range(2), key=lambda net: _total(comparison, "act_bytes", net))
    own, other = (_total(comparison, "act_bytes", net) for net in (needy, 1 - needy))
    return _("{x} makes more activations ({figures})").format(
        x=comparison.names[needy], figures=against(own, other, format_bytes)
    )


def _where_text(comparison: Comparison, measure: str) -> str:
    """The parts that make the difference; if some have more and some less, the one with the largest gap."""
    gaps = [(row, (row.value(measure, 1) or 0) - (row.value(measure, 0) or 0)) for row in comparison.rows]
    gaps = sorted((gap for gap in gaps if gap[1]), key=lambda gap: -abs(gap[1]))
    is_one_way = all(gap > 0 for _row, gap in gaps) or all(gap < 0 for _row, gap in gaps)
    chosen = _fewest(gaps) if is_one_way else gaps[:1]
    rows = [row for row, _gap in chosen]
    names = _listed([_place(comparison, row) for row in comparison.rows if row in rows])
    what = {"n_params": _("parameters"), "n_macs": _("multiply-adds")}[measure]
    if not is_one_way:
        return _("they differ most in the {what} of {names}").format(what=what, names=names)
    share = sum(abs(gap) for _row, gap in chosen) / sum(abs(gap) for _row, gap in gaps)
    if share == 1:
        return _("all of the difference in {what} is in {names}").format(what=what, names=names)
    return _("{share} of the difference in {what} is in {names}").format(
        share=share_text(share), what=what, names=names
    )


def _fewest(gaps: Sequence[tuple[CompareRow, int]]) -> list[tuple[CompareRow, int]]:
    """The largest gaps that hold `_MOST_OF_IT` of the sum, and those equal to the smallest of these."""
    whole, so_far = sum(abs(gap) for _row, gap in gaps), 0
    for n, (_row, gap) in enumerate(gaps):
        so_far += abs(gap)
        if so_far >= _MOST_OF_IT * whole:
            return [other for m, other in enumerate(gaps) if m <= n or abs(other[1]) == abs(gap)]
    return list(gaps)


def _place(comparison: Comparison, row: CompareRow) -> str:
    """A part's name, with both kinds of blocks if they differ."""
    words = [blocks_words(cell.blocks) if cell else "" for cell in row.cells]
    name = _name(row)
    if words[0] == words[1] or not all(words):
        return name
    return _("{part} ({first} against {second})").format(part=name, first=words[0], second=words[1])


def _many_costs(comparison: Comparison) -> list[str]:
    """The extremes of three or more nets."""
    return [
        _extremes(
            comparison,
            "n_params",
            format_count,
            (
                _("all have the same number of parameters ({n})"),
                _("most parameters: {most} ({own}), {n} {fewest} ({other})"),
            ),
        ),
        _many_macs(comparison),
    ]


def _many_macs(comparison: Comparison) -> str:
    if _with_bound(comparison):
        return _unknown_macs_text(comparison)
    texts = (
        _("all need the same number of multiply-adds ({n})"),
        _("most multiply-adds: {most} ({own}), {n} {fewest} ({other})"),
    )
    return _extremes(comparison, "n_macs", format_macs, texts)


def _extremes(comparison: Comparison, measure: str, words: NumberWords, texts: tuple[str, str]) -> str:
    values = [_total(comparison, measure, net) for net in range(len(comparison.names))]
    own, other = max(values), min(values)
    if own == other:
        return texts[0].format(n=words(own))
    most, fewest = (
        _listed([name for name, value in zip(comparison.names, values, strict=True) if value == end])
        for end in (own, other)
    )
    growth = _("{n} times as many as") if is_times(own / other if other else None) else _("{n} more than")
    return texts[1].format(
        most=most, fewest=fewest, own=words(own), other=words(other), n=growth.format(n=growth_text(own, other))
    )


# What is equal, and where parameters are


def _input_text(comparison: Comparison) -> str:
    shapes = list(dict.fromkeys(format_shape(shape) for shape in comparison.in_shapes))
    if len(shapes) == 1:
        return ""
    return _("the inputs differ: {shapes}").format(shapes=_listed([format_shape(s) for s in comparison.in_shapes]))


def _sizes_text(comparison: Comparison) -> str:
    """That each stage's maps have the same height and width in all nets; empty if they differ."""
    stages = comparison.stages
    if not stages or any(cell is None or len(cell.out_shape) != 4 for row in stages for cell in row.cells):
        return ""
    sizes = [[cell.out_shape[2:] for cell in row.cells if cell] for row in stages]
    if any(len(set(row)) > 1 for row in sizes):
        return ""
    words = _listed(["×".join(map(str, row[0])) for row in sizes])
    return n_(
        "the maps at the end of the stage have the same size ({sizes})",
        "the maps at the end of each stage have the same size ({sizes})",
        len(stages),
    ).format(sizes=words)


def _keeping_text(comparison: Comparison) -> str:
    """Where each net has most of its parameters; if that is equal, how the receptive fields differ."""
    tops = [_top_row(comparison, net) for net in range(len(comparison.names))]
    shares = [share_text(comparison.share(row, "n_params", net)) for net, row in enumerate(tops)]
    fields = [_total_field(comparison, net) for net in range(len(comparison.names))]
    is_alike = len({row.name for row in tops}) == 1 and len(set(shares)) == 1
    if is_alike and len(set(fields)) > 1 and None not in fields:
        sizes = _listed([format_pixels(*size) for size in fields if size])
        return _("the receptive fields after the last stage differ: {sizes}").format(sizes=sizes)
    return _semicolons(_keeps(comparison, tops))


def _keeps(comparison: Comparison, tops: Sequence[CompareRow]) -> list[str]:
    """Where each net has most of its parameters, grouped by equal shares."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for net, row in enumerate(tops):
        shares = [share_text(comparison.share(row, measure, net)) for measure in ("n_params", "n_macs")]
        if comparison.totals.is_bound("n_macs", net):
            shares[1] = _("an unknown share")
        groups.setdefault((shares[0], shares[1], _name(row)), []).append(comparison.names[net])
    return [
        n_(
            "{names} keeps {params} of its parameters and {macs} of its multiply-adds in {part}",
            "{names} keep {params} of their parameters and {macs} of their multiply-adds in {part}",
            len(names),
        ).format(names=_listed(names), params=params, macs=macs, part=part)
        for (params, macs, part), names in groups.items()
    ]


def _top_row(comparison: Comparison, net: int) -> CompareRow:
    return max(comparison.rows, key=lambda row: row.value("n_params", net) or 0)


# Words


def _is_unequal(comparison: Comparison, measure: str) -> bool:
    return _total(comparison, measure, 0) != _total(comparison, measure, 1)


def _larger(comparison: Comparison) -> int:
    """The net of a pair with more parameters; if equal, with more multiply-adds."""
    return max(range(2), key=lambda net: (_total(comparison, "n_params", net), _total(comparison, "n_macs", net)))


def _total(comparison: Comparison, measure: str, net: int) -> int:
    return comparison.totals.value(measure, net) or 0


def _total_field(comparison: Comparison, net: int) -> tuple[int, int] | None:
    cell = comparison.totals.cells[net]
    return cell.field if cell else None


def _name(row: CompareRow) -> str:
    words = {"stem": _("the stem"), "head": _("the head"), "rest": _("the rest")}
    return words.get(row.kind) or part_words(row.name)


def _listed(words: Sequence[str]) -> str:
    """Words with commas and an `and`."""
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])


def _semicolons(texts: Sequence[str]) -> str:
    return "; ".join(texts)
