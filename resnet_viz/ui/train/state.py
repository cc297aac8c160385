"""The state of the page Training, and its runs in this session."""

from __future__ import annotations

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.training.plan import Plan
from resnet_viz.ui.cache.runs.live import LiveRun
from resnet_viz.ui.cache.runs.session import own_runs
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.train import LEAST, MOST, TrainView, fit_net, read_train, write_train

ERROR = "train_error"

train = PageState("train", read_train, write_train, forget=[ERROR])


def nets_of(view: TrainView) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the nets of a view of this page, and the index of the chosen one: none is, so the first."""
    return view.nets, 0


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for nets made for small pictures; for others those of its usual nets."""
    small = [net for net in nets if isinstance(net, ResNetSpec) and net.stem == "3x3"]
    if len(small) < len(nets) or not LEAST <= len(nets) <= MOST:
        return {}
    view = TrainView()
    return write_train(TrainView(tuple(fit_net(net, view.side, view.data) for net in small)))


def runs_of(view: TrainView, device: str) -> tuple[tuple[LiveRun, ...], ...]:
    """Returns the runs of each net that are in this session, in the order of the seeds."""
    runs = own_runs()
    found = ([runs.find(plan, device) for plan in view.plans_of(net)] for net in range(len(view.nets)))
    return tuple(tuple(run for run in each if run is not None) for each in found)


def all_plans(view: TrainView) -> tuple[Plan, ...]:
    """Returns all plans of a view, seed by seed, so that nets of one seed are trained side by side."""
    of_nets = [view.plans_of(net) for net in range(len(view.nets))]
    return tuple(dict.fromkeys(plans[at] for at in range(len(view.seeds)) for plans in of_nets))
