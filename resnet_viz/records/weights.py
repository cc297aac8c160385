"""The weights of a net: what is known of a published set, and what was loaded from a file."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.records.preparation import Preparation


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """One set of weights for one net.

    name: the member of torchvision's enum, as in `IMAGENET1K_V2`; title: with the enum's name in front.
    size: file size in bytes, to torchvision's precision (three digits of a MiB).
    top1, top5: top-1 and top-5 accuracy on ImageNet's 50,000 validation pictures, in percent.
    recipe: URL of the training recipe. num_params: number of parameters.
    n_macs: multiply-adds of one pass at the input size of the accuracy figures, to torchvision's precision (three
    digits after the GMAC).
    file_name: in the cache folder; hash_prefix: the first digits of the file's SHA-256.
    categories: class names, in order. preparation: for these weights and the spec's input size.
    """

    name: str
    title: str
    url: str
    size: int
    top1: float
    top5: float
    recipe: str
    num_params: int
    n_macs: int
    file_name: str
    hash_prefix: str
    categories: tuple[str, ...]
    preparation: Preparation

    @property
    def hash_name(self) -> str:
        """The function of `hash_prefix`."""
        return "sha256"


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """What was loaded.

    format: `pth`, `legacy pth`, `safetensors` or `torchvision`.
    title: torchvision's name of the weights, or the file name; the format where there is neither.
    n_tensors, n_values: number of tensors and of values from the file.
    filled: batch counters missing in an old file, set to 0; ignored: batch counters of norms that have none in this
    net.
    prefix, nest: the removed key prefix, as in `module.`, and the path to the state dict, as in `state_dict`.
    converted: dtypes that were converted to the net's, as in `float16`; None without conversion.
    left_out: unused keys outside the net, as in `criterion.weight`. set_aside: unused classes named in the file, as in
    `argparse.Namespace`.
    names: the library whose names the keys were, as in `timm`; "" where they were the net's own.
    part, parts: which net of the file was taken, as in `teacher`, and all of them; empty where it holds one.
    kept: the net's keys that the file has nothing for, those of its head, which are as they were.
    made_plain: how weights were stored that are plain in the net, as in `pruned`, `weight norm`, `spectral norm`,
    `quantised` and `of another class`.
    """

    format: str
    title: str
    n_tensors: int
    n_values: int
    filled: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    prefix: str = ""
    nest: str = ""
    converted: str | None = None
    left_out: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    names: str = ""
    part: str = ""
    parts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    made_plain: tuple[str, ...] = ()
