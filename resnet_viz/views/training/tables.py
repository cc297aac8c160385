"""The curves of runs as CSV, one row for each step of each run."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from resnet_viz.training.run import Run

_COLUMNS = ("net", "seed", "step", "loss_train_mode", "error_train_mode", "held_out_error_eval_mode", "seconds")


def curves_csv(runs: Sequence[tuple[str, Run]]) -> str:
    """Returns labelled runs as CSV; steps count from 1, the held out error is that after the step, where measured.

    Columns of gradient norms, by place and in train mode, follow where all runs have the same places.
    """
    places = _places(runs)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, *(f"gradient_norm {place}" for place in places)])
    for label, run in runs:
        writer.writerows(_rows(label, run, with_norms=bool(places)))
    return text.getvalue()


def _rows(label: str, run: Run, *, with_norms: bool) -> Iterator[list[object]]:
    held = dict(zip(run.held_steps.tolist(), run.held_errors, strict=True))
    for at in range(run.n_steps):
        norms = [str(norm) for norm in run.gradient_norms[at]] if with_norms else []
        step = at + 1
        figures = [str(run.losses[at]), str(run.errors[at]), str(held[step]) if step in held else ""]
        yield [label, run.plan.seed, step, *figures, str(run.seconds[at]), *norms]


def _places(runs: Sequence[tuple[str, Run]]) -> tuple[str, ...]:
    found = {run.places for _label, run in runs}
    return next(iter(found)) if len(found) == 1 else ()
