"""The command `train`: arguments, what is printed meanwhile, and the run's files."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_viz.commands.nets import add_net, read_net
from resnet_viz.downloads.fetch import CHUNK_BYTES
from resnet_viz.downloads.pictures import download_data
from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.fitting import fitted
from resnet_viz.training.plan import DATA, STARTS, Plan, Recipe
from resnet_viz.units import format_bytes

if TYPE_CHECKING:
    from resnet_viz.training.run import Run, Step

_TELL_BYTES = 16 * 2**20


def add_train(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `train`."""
    usual, plan = Recipe(), Plan.__dataclass_fields__
    add_net(parser)
    parser.add_argument("--data", choices=DATA, default=DATA[0], help=_("what it is trained with (digits)"))
    parser.add_argument("--steps", type=int, default=plan["steps"].default, help=_("how many updates (300)"))
    parser.add_argument("--seed", type=int, default=0, help=_("of the start and of the order of pictures (0)"))
    parser.add_argument("--device", default="cpu", help=_("cpu, cuda:0 or mps (cpu)"))
    parser.add_argument("--batch", type=int, default=usual.batch, help=_("pictures a step (64)"))
    parser.add_argument("--lr", type=float, default=usual.lr, help=_("learning rate (0.05)"))
    parser.add_argument("--momentum", type=float, default=usual.momentum, help=_("of the descent (0.9)"))
    parser.add_argument("--weight-decay", type=float, default=usual.weight_decay, help=_("of all parameters (0)"))
    parser.add_argument("--start", choices=STARTS, default=usual.start, help=_("He et al.'s weights or torch's (he)"))
    parser.add_argument("--download", action="store_true", help=_("fetch the data first if it is not here (163 MiB)"))
    text = _("the new file, as in run.json; its weights go beside it, as in run.safetensors")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=text)


def train_net(chosen: argparse.Namespace) -> None:
    """Trains a net, tells on the standard error how far it is, saves the run and prints its path and outcome."""
    from resnet_viz.training.write import check_places, save_run  # imported late: `--help` needs none of it

    net, _link = read_net(chosen.net)
    if not isinstance(net, ResNetSpec):
        raise SpecError(
            _("{got} cannot be trained here: choose a net of settings, as in cifar20.").format(got=chosen.net[:60])
        )
    path = Path(chosen.output)
    check_places(path)
    recipe = Recipe(**{field.name: getattr(chosen, field.name) for field in fields(Recipe)})
    spec = fitted(net, chosen.data)
    plan = Plan(spec, chosen.data, chosen.steps, chosen.seed, recipe)
    if chosen.download and chosen.data == DATA[1]:
        download_data(_tell_bytes)
    run = _train(plan, chosen.device)
    save_run(run, path)
    print(path)
    print(_outcome(run))


def _train(plan: Plan, device: str) -> Run:
    from resnet_viz.model.train.loop import train  # imported late: torch takes seconds to import

    def tell(step: Step) -> None:
        if step.held_error is not None:
            text = _("step {n} of {all}: loss {loss:.3g}, error {error:.1%}, held out {held:.1%}")
            values = {"n": step.number + 1, "all": plan.steps, "loss": step.loss, "error": step.error}
            print(text.format(**values, held=step.held_error), file=sys.stderr)

    return train(plan.spec, plan.data, plan.steps, plan.seed, device, plan.recipe, tell)


def _tell_bytes(done: int, total: int) -> None:
    if done == total or done % _TELL_BYTES < CHUNK_BYTES:
        text = _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))
        print(text, file=sys.stderr)


def _outcome(run: Run) -> str:
    if run.has_diverged:
        text = _("{name}: the loss is no number after {n} steps; try a lower learning rate.")
        return text.format(name=run.plan.spec.name, n=run.n_steps)
    text = _(
        "{name}: after {n} steps the training loss is {loss:.3g} and the training error {error:.1%} (last ten steps, "
        "train mode), the error on pictures held out {held:.1%} (eval mode)."
    )
    return text.format(
        name=run.plan.spec.name, n=run.n_steps, loss=run.final_loss, error=run.final_error, held=run.held_error
    )
