"""What a tensor beside a net is, by its name: of a head, a queue, a copy, a loss, a counter or an optimiser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# By kind, in the order in which they are tried: names of modules and tensors, or words of such names.
_WORDS: Mapping[str, str] = {
    "optimiser": "optimizer optimizers optim exp_avg exp_avg_sq max_exp_avg_sq momentum_buffer square_avg",
    # Those of profilers (thop) and of averages (torch's AveragedModel) among them.
    "counter": "total_ops total_params n_averaged num_updates epoch step global_step iteration iterations",
    "queue": "queue queue2 memory_bank",
    "momentum": "k key target momentum teacher",
    "average": "ema swa averaged averaging shadow",
    "loss": "criterion loss losses pos_weight center centers arcface",
    "head": "head heads fc classifier classifiers linear logits projector projection predictor predictions prototypes "
    "mlp output cls",
}
_NAMES = {kind: frozenset(words.split()) for kind, words in _WORDS.items()}
# Left by profilers in any module, and so among the layers of a net.
PROFILED = ("total_ops", "total_params")
KINDS = (*_WORDS, "net", "other")


def kind_of(key: str) -> str:
    """Returns one of `KINDS` for a key that is no part of the net; `other` where its name tells nothing."""
    words = set(words_of(key))
    # A tensor's own name says more than the module that it is in, as `total_ops` of a head.
    last = key.rpartition(".")[2]
    if last in _NAMES["counter"]:
        return "counter"
    return next((kind for kind, names in _NAMES.items() if kind != "counter" and words & names), "other")


def words_of(path: str) -> Iterator[str]:
    """Yields the names on a path, and the words they are made of: `encoder_k`, `encoder` and `k`."""
    for name in re.split(r"[./]", path):
        yield name
        if "_" in name:
            yield from name.split("_")
