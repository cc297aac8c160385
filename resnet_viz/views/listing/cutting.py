"""Python code that cuts a net behind a node: a feature extractor, a truncated Sequential, or a hook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import FileNet, ShownNet
from resnet_viz.views.inspect.cut import Cut
from resnet_viz.views.inspect.libraries import module_path
from resnet_viz.views.inspect.names import feature_name
from resnet_viz.views.listing.snippet import write_building, write_named_snippet
from resnet_viz.views.parts.subject import Thing, subject_of

_EXTRACTOR = "from torchvision.models.feature_extraction import create_feature_extractor"


@dataclass(frozen=True, slots=True)
class CutCode:
    """One way to cut: its title, a sentence on it, and runnable code that ends with `out`; none where it cannot."""

    title: str
    note: str
    code: str


class _NoSequential(Exception):
    """Modules called one after the other do not give this output."""


def write_cuts(trace: Trace, net: ShownNet, thing: Thing, cut: Cut, weights: str = "") -> tuple[CutCode, ...]:
    """Returns the ways to cut a net behind a node.

    weights: of a net that comes trained, the name of its weights, which are then loaded.
    """
    node = subject_of(thing).last
    if not isinstance(net, ResNetSpec):
        return (_write_hook(trace, net, node, cut),)
    building = write_building(net, weights)
    return _write_extractor(trace, building, node, cut), _write_sequential(trace, building, cut)


# torchvision's feature extraction


def _write_extractor(trace: Trace, building: str, node: Node, cut: Cut) -> CutCode:
    title, name = _("Feature extraction"), feature_name(trace, node)
    if not name:
        return CutCode(
            title,
            _("Not here: to it a squeeze-and-excitation is one operation. Choose {id}.").format(id=_gate(node)),
            "",
        )
    lines = [
        f'cut = create_feature_extractor(model, {{"{name}": "out"}})',
        f'out = cut({_picture(trace)})["out"]  # {_shape(cut)}',
    ]
    note = _("It keeps what this output needs, shortcuts among it, and leaves out the rest.")
    return CutCode(title, note, _join(_with_import(building, _EXTRACTOR), lines))


def _gate(node: Node) -> str:
    return node.id.partition(".se.")[0] + ".se"


# A Sequential of the net's own modules


def _write_sequential(trace: Trace, building: str, cut: Cut) -> CutCode:
    title = _("A Sequential of its modules")
    op = trace.nodes[cut.op]
    try:
        parts = list(_modules(trace, trace.network, op))
    except _NoSequential:
        return CutCode(title, _no_sequential(trace, op), "")
    lines = [
        "cut = torch.nn.Sequential(",
        *(f"    {part}," for part in parts),
        ")",
        f"out = cut({_picture(trace)})  # {_shape(cut)}",
    ]
    note = _("One module after the other, with the same weights; it can end only where a module or a block ends.")
    return CutCode(title, note, _join(building, lines))


def _no_sequential(trace: Trace, op: Node) -> str:
    block = next((node for node in trace.ancestors(op) if isinstance(node, Block)), None)
    if block is None or block.shortcut == "none":
        return _("Not here: it can end only where a module or a block ends, and this is inside of one.")
    return _(
        "Not inside a block: a Sequential calls one module after the other, and the shortcut of {block} would be lost."
    ).format(block=block.id)


def _modules(trace: Trace, group: Node, last: Node) -> Iterator[str]:
    """Yields the modules inside a group up to an op, as code. Raises _NoSequential where there is no such list."""
    for child in trace.children_of(group):
        path = module_path(child)
        if child.kind == "input" or child.order > last.order:
            continue
        if trace.last_op(child).order <= last.order and path:
            yield _access(path)
        elif isinstance(child, Stage):
            yield f"{_access(path)}[:{_blocks_up_to(trace, child, last)}]"
        elif child.op == "flatten":
            yield "torch.nn.Flatten()"
        elif child.kind in ("stem", "head", "group"):
            yield from _modules(trace, child, last)
        else:
            raise _NoSequential


def _blocks_up_to(trace: Trace, stage: Stage, last: Node) -> int:
    """How many blocks of a stage there are up to the one that ends with an op."""
    for n, child in enumerate(trace.children_of(stage), start=1):
        if trace.last_op(child).id == last.id:
            return n
    raise _NoSequential


def _access(path: str) -> str:
    """`model.conv1[0]` for the path `conv1.0`."""
    return "model" + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))


# A hook


def _write_hook(trace: Trace, net: NamedNet | FileNet, node: Node, cut: Cut) -> CutCode:
    title, path = _("A forward hook"), module_path(node)
    if not path or _is_reused(trace, node):
        note = _("Not here: a hook hears modules, and none of them ends here alone. Choose a group.")
        return CutCode(title, note, "")
    note = _(
        "The whole net still runs: what can be left out of other people's nets, only their code tells. "
        "Feature extraction (torch.fx) can read many of them, not all."
    )
    if isinstance(net, FileNet):
        building = "import torch\n\n# model: the net that the Trace is of, in eval mode; a Trace holds no code"
    else:
        building = write_named_snippet(net)
        building = building if building.startswith("import torch\n") else f"import torch\n{building}"
    lines = [
        "found = {}",
        f'module = model.get_submodule("{path}")',
        "module.register_forward_hook(lambda module, args, output: found.update(out=output.clone()))",
        "with torch.no_grad():",
        f"    model({_picture(trace)})",
        f'out = found["out"]  # {_shape(cut)}',
    ]
    return CutCode(title, note, _join(building, lines))


def _is_reused(trace: Trace, node: Node) -> bool:
    return node.kind == "op" and any(op.module == node.module and op.id != node.id for op in trace.ops)


# Lines


def _with_import(building: str, line: str) -> str:
    imports, rest = building.split("\n\n", 1)
    return f"{imports}\n{line}\n\n{rest}"


def _join(building: str, lines: Sequence[str]) -> str:
    return "\n".join([building, "", *lines])


def _picture(trace: Trace) -> str:
    return f"torch.randn({', '.join(map(str, trace.input.shape))})"


def _shape(cut: Cut) -> str:
    return f"({', '.join(map(str, cut.out_shape))})"
