"""Finds a net's state dict in a checkpoint, and classifies its entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import printable, shown_name
from resnet_viz.model.weights.pickled_names import StandIn, kind_of
from resnet_viz.model.weights.prefixes import KeyTree, Prefixes
from resnet_viz.model.weights.words import listed
from resnet_viz.recognition.found import Recognition

# Names of the state dict in training scripts, by precedence: the trained weights before their moving average.
NESTS = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "ema",
    "ema_state_dict",
    "state_dict_ema",
    "model_ema",
)
MAX_NESTS = 5
COUNTER = "num_batches_tracked"
# Buffers that the profiler thop adds to every module.
PROFILED = ("total_ops", "total_params")
PLAIN = (Tensor, nn.Parameter)


@dataclass(frozen=True, slots=True)
class StateDict:
    """The entries of a checkpoint by the net's keys; a value is a plain tensor, or what the file has instead.

    `nest`: path of the state dict, as in `checkpoint.model`. `prefix`: removed from the keys. Both may be empty.
    `unexpected`: keys of another net. `ignored`: batch counters of norms that have none in this net. `left_out`: full
    keys of entries outside the net: a loss, the counter of an average, a number. `found`: what the file was recognised
    as, where its keys are not the net's own. `kept`: the net's keys that the file has nothing for, its head's. `told`:
    which other net the file is of, in words. `made_plain`: how weights were stored that are plain in the net.
    """

    values: Mapping[str, object]
    nest: str = ""
    prefix: str = ""
    unexpected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    found: Recognition | None = None
    kept: tuple[str, ...] = ()
    told: str = ""
    made_plain: tuple[str, ...] = ()


class Expected:
    """A net's state dict: its tensors by key, and the names of all its modules."""

    def __init__(self, tensors: Mapping[str, Tensor], modules: Collection[str]) -> None:
        self.tensors = tensors
        self.modules = frozenset(modules)
        self.required = frozenset(key for key in tensors if not is_counter(key))
        parts = {name.partition(".")[0] for name in (*modules, *tensors) if name}
        self.families = frozenset(_family(part) for part in parts)

    def fits(self, values: Mapping[str, object], prefix: str) -> bool:
        """Whether all of the net's keys present under a prefix have the net's shapes."""
        return all(
            is_shaped(values[prefix + key], target) for key, target in self.tensors.items() if prefix + key in values
        )

    def is_idle(self, key: str) -> bool:
        """Whether it is the batch counter of a norm that is frozen in this net; torchvision drops it, too."""
        return is_counter(key) and key not in self.tensors and f"{key.rpartition('.')[0]}.running_mean" in self.tensors

    def is_foreign(self, key: str, value: object) -> bool:
        """Whether an entry shows that the file is for another net, as `layer1.2.conv1.weight` may.

        It does unless it cannot belong to a net like this one: it is no tensor, its name is neither a child of the net
        nor one with another number, or it is a counter that a profiler left in a module.
        """
        if key in self.tensors or self.is_idle(key) or not _is_tensor(value):
            return False
        if _family(key.partition(".")[0]) not in self.families:
            return False
        module, _dot, name = key.rpartition(".")
        return module not in self.modules or not _counts(name, value)


def find_state_dict(content: object, expected: Expected) -> StateDict:
    """Returns the state dict for a net in `content`. Raises WeightsError where there is none, or more than one."""
    path: list[str] = []
    entries = _entries(content)
    while len(path) < MAX_NESTS and (name := _nest_in(entries)):
        path.append(name)
        entries = _entries(entries[name])
    values = _checked(entries)
    nameless = tuple(
        shown_name(key) for key, value in entries.items() if not isinstance(key, str) and _is_tensor(value)
    )
    prefixes = Prefixes(values, expected.required)
    whole = [prefix for prefix in prefixes.whole if expected.fits(values, prefix)]
    fitting = [prefix for prefix in whole if not _foreign_under(prefix, prefixes.tree, values, expected)]
    if len(fitting) > 1:
        raise _ambiguous_error(fitting)
    prefix = (fitting or whole or prefixes.whole or [prefixes.best])[0]
    return _classify(values, expected, StateDict({}, ".".join(path), prefix, nameless), bool(prefixes.whole))


def is_counter(key: str) -> bool:
    """Whether the key is a batch norm's `num_batches_tracked`."""
    return key.rpartition(".")[2] == COUNTER


def is_shaped(value: object, target: Tensor) -> bool:
    """Whether it is a plain tensor of the target's shape. Subclasses are not queried: that would run their code."""
    return type(value) in PLAIN and isinstance(value, Tensor) and value.shape == target.shape


def _entries(content: object) -> dict[object, object]:
    if isinstance(content, StandIn) and content.is_net:
        raise _pickled_net_error(content)
    if not isinstance(content, dict):
        text = _("The file holds no dictionary of weights but {got}: save the net's state_dict() and choose that file.")
        raise WeightsError(text.format(got=shown_name(kind_of(content))))
    # By dict's own method: torch's unpickler may set an attribute `items` on an OrderedDict that would hide it.
    return dict(dict.items(content))


def _nest_in(entries: dict[object, object]) -> str | None:
    return next((name for name in NESTS if isinstance(entries.get(name), dict) and entries[name]), None)


def _checked(entries: dict[object, object]) -> dict[str, object]:
    """Returns the entries with string keys; of a dict that has tensors only in nested dicts, those dicts' entries."""
    if not any(_is_tensor(value) for value in entries.values()):
        net = next((value for value in entries.values() if isinstance(value, StandIn) and value.is_net), None)
        if net is not None:
            raise _pickled_net_error(net)
        names = ", ".join(shown_name(name) for name in list(entries)[:5]) or "–"
        entries = dict(_from_dicts(entries))
        if not entries:
            text = _("The file holds no weights, only: {names}. Save the net's state_dict() and choose that file.")
            raise WeightsError(text.format(names=names))
    named = {key: value for key, value in entries.items() if isinstance(key, str) or not _is_tensor(value)}
    return {key if isinstance(key, str) else shown_name(key): _plain(value) for key, value in named.items()}


def _from_dicts(entries: dict[object, object]) -> Iterator[tuple[str, object]]:
    """Yields the entries of nested dicts with tensors, as in `student` and `teacher`, the dict's name as a prefix."""
    for name, nest in entries.items():
        if isinstance(name, str) and isinstance(nest, dict):
            inside = dict(dict.items(nest))
            if any(_is_tensor(value) for value in inside.values()):
                yield from ((f"{name}.{key}", value) for key, value in inside.items() if isinstance(key, str))


def _plain(value: object) -> object:
    """Returns a tensor without the attributes that a pickle may have set: one named `to` would hide the method.

    A tensor of another class is returned as it is: its own methods would run.
    """
    return Tensor.detach(value) if type(value) in PLAIN and isinstance(value, Tensor) else value


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, StandIn) and value.is_tensor)


def _family(name: str) -> str:
    """Returns a child's name without its number: `layer` of `layer3`."""
    return name.rstrip("0123456789")


def _counts(name: str, value: object) -> bool:
    """Whether a value is a counter: a single integer, or one of thop's.

    A single float may be a learned parameter, such as the gain that some nets have on each branch.
    """
    if (
        not isinstance(value, Tensor)
        or type(value) not in PLAIN
        or value.numel() != 1
        or name in ("weight", "bias", COUNTER)
    ):
        return False
    return name in PROFILED or not (name.startswith("running_") or value.is_floating_point() or value.is_complex())


def _foreign_under(prefix: str, tree: KeyTree, values: Mapping[str, object], expected: Expected) -> bool:
    return any(expected.is_foreign(key.removeprefix(prefix), values[key]) for key in tree.under(prefix))


def _classify(values: Mapping[str, object], expected: Expected, found: StateDict, is_whole: bool) -> StateDict:
    """Sorts the entries into the net's own and the other categories.

    Where keys of the net are missing, nothing is left out: the other entries may be the misnamed ones.
    """
    own: dict[str, object] = {}
    unexpected, ignored, left_out = list(found.unexpected), [], []
    for full, value in values.items():
        key = full.removeprefix(found.prefix)
        is_under = full.startswith(found.prefix)
        if is_under and key in expected.tensors:
            own[key] = value
        elif is_under and expected.is_idle(key):
            ignored.append(key)
        elif is_whole and not (is_under and expected.is_foreign(key, value)):
            left_out.append(printable(full))
        else:
            unexpected.append(printable(key))
    return StateDict(own, found.nest, found.prefix, tuple(unexpected), tuple(ignored), tuple(left_out))


def _pickled_net_error(net: StandIn) -> WeightsError:
    text = _(
        "The file holds a whole net ({name}), saved with its code, and code in a file is never run here: save its "
        "state_dict() with torch.save, and choose that file."
    )
    return WeightsError(text.format(name=shown_name(net.name)))


def _ambiguous_error(prefixes: list[str]) -> WeightsError:
    names = [f"“{shown_name(prefix)}”" if prefix else _("no prefix") for prefix in prefixes]
    text = _(
        "The file holds {n} nets that fit this one, under {prefixes}: choose one of them, save its entries alone, and "
        "load that file. Nothing was loaded."
    )
    return WeightsError(text.format(n=len(prefixes), prefixes=listed(names)))
