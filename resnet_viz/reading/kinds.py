"""Which kind of file this is, by its content alone: one that is read, or one that is told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import Words, _
from resnet_viz.reading.archives import GZIP_START, ZIP_START, nested_error, unwrapped, zip_kind
from resnet_viz.reading.faults import reader_errors_wrapped
from resnet_viz.reading.sources import Source

READ = ("pth", "legacy pth", "pickle", "safetensors", "npz")
"""The kinds that hold tensors and are read."""

INDEX = "index"
"""The index of a sharded set: JSON that tells which tensor is in which file."""

_WRAPPINGS = ("zip", "gzip")
_HEAD_BYTES = 512
# In a tar the first member's name, and where its magic word stands.
_TAR_NAME, _TAR_AT = 100, 257
# The members of the tars that the oldest torch wrote.
_OLD_MEMBERS = (b"sys_info", b"pickle", b"tensors", b"storages")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file, and how its first bytes begin: as a pattern, or where only a function can tell."""

    name: str
    start: bytes | Callable[[bytes], object]

    def is_of(self, head: bytes) -> bool:
        """Whether a file's first bytes are of this kind."""
        return head.startswith(self.start) if isinstance(self.start, bytes) else bool(self.start(head))


_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|\?xml|!--)", re.IGNORECASE)
# ir_version of at most 31, then one of the fields that ONNX writes first.
_ONNX = re.compile(rb"\x08[\x01-\x1f][\x12\x1a\x22\x2a\x32\x3a\x42][^{]")
_EXECUTORCH = re.compile(rb"....E[TH]\d\d", re.DOTALL)
_TFLITE = re.compile(rb"....TFL\d", re.DOTALL)
_SAFETENSORS = re.compile(rb"........\{", re.DOTALL)
_JSON = re.compile(rb"\{[^\0]{7}")
_COMPRESSED = re.compile(rb"BZh\d|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|\x28\xb5\x2f\xfd|Rar!\x1a\x07|\x04\x22\x4d\x18")
# torch's magic number in any protocol, in a frame or not.
_OLD_TORCH = re.compile(rb"\x80.{1,12}l\xfc\x9cF\xf9 j\xa8P\x19", re.DOTALL)
_DCP = re.compile(rb"\x80.{0,20}torch\.distributed\.checkpoint\.metadata", re.DOTALL)


def _is_tar(head: bytes) -> bool:
    return head[_TAR_AT:].startswith(b"ustar")


# In this order: a safetensors file begins with any eight bytes.
_KINDS = (
    _Kind("zip", ZIP_START),
    _Kind("gzip", GZIP_START),
    _Kind("git lfs", b"version https://git-lfs."),
    _Kind("html", _HTML.match),
    _Kind("dcp", _DCP.match),
    _Kind("executorch", _EXECUTORCH.match),
    _Kind("tflite", _TFLITE.match),
    _Kind("hdf5", b"\x89HDF\r\n\x1a\n"),
    _Kind("npy", b"\x93NUMPY"),
    _Kind("gguf", b"GGUF"),
    _Kind("old tar", lambda head: _is_tar(head) and head[:_TAR_NAME].rstrip(b"\0") in _OLD_MEMBERS),
    _Kind("tar", lambda head: _is_tar(head)),
    _Kind("compressed", _COMPRESSED.match),
    _Kind(INDEX, _JSON.match),
    _Kind("safetensors", _SAFETENSORS.match),
    _Kind("legacy pth", _OLD_TORCH.match),
    _Kind("pickle", b"\x80"),
    _Kind("onnx", _ONNX.match),
)

_TOLD: Mapping[str, Words] = {
    "torchscript": lambda: _(
        "The file is a TorchScript program, and programs are never run here: save its state_dict() instead."
    ),
    "pt2": lambda: _(
        "The file is a program of torch.export (.pt2), and programs are never run here: save the state_dict of "
        "torch.export.load(…) with torch.save, and choose that file."
    ),
    "executorch": lambda: _(
        "The file is an ExecuTorch program for devices, and programs are never run here: choose the checkpoint that it "
        "was made from."
    ),
    "tflite": lambda: _("The file is a TensorFlow Lite program: choose the checkpoint that it was made from."),
    "onnx": lambda: _(
        "The file is an ONNX graph, in which batch norms may be folded into convolutions: choose the checkpoint that "
        "it was exported from."
    ),
    "dcp": lambda: _(
        "The file is a part of a distributed checkpoint of torch: convert its folder with dcp_to_torch_save of "
        "torch.distributed.checkpoint.format_utils, and choose the file that this writes."
    ),
    "git lfs": lambda: _(
        "The file is a pointer of Git LFS, and the weights were not downloaded: run git lfs pull, and choose it again."
    ),
    "html": lambda: _(
        "The file is a web page, as a download that needs a login gives it: download the weights themselves."
    ),
    "hdf5": lambda: _(
        "The file is HDF5, as Keras writes it: save its arrays by name with numpy.savez, and choose that file."
    ),
    "keras": lambda: _(
        "The file is a net of Keras with its configuration: save its arrays by name with numpy.savez, and choose that "
        "file."
    ),
    "npy": lambda: _("The file is one array of numpy without a name: save all arrays by name with numpy.savez."),
    "gguf": lambda: _("The file is GGUF, which holds language models: choose a checkpoint of torch or safetensors."),
    "old tar": lambda: _(
        "The file is a checkpoint of torch before 0.2, a tar archive: read it with torch.load where you trust it, and "
        "save its state_dict() again."
    ),
    "tar": lambda: _("The file is a tar archive: unpack it, and choose a checkpoint in it."),
    "compressed": lambda: _("The file is compressed: unpack it, and choose a checkpoint in it."),
    INDEX: lambda: _(
        "The file is the index of a checkpoint in several files: choose these together with it, or pass its Path."
    ),
    "": lambda: _(
        "The file cannot be read as weights: it is neither what torch.save writes nor safetensors. Choose a "
        "checkpoint, which may have any name: .pth, .pt, .ckpt, .bin, .safetensors."
    ),
}
"""What is said of a kind that is not read."""


def kind_of_file(source: Source) -> str:
    """Returns the kind of a file by its content: one of `READ`, `zip` or `gzip` around another, or one that is told.

    It is empty for a file of no known kind.
    """
    head = source.head(_HEAD_BYTES)
    name = next((kind.name for kind in _KINDS if kind.is_of(head)), "")
    return zip_kind(source) if name == "zip" else name


def opened(source: Source) -> tuple[str, Source]:
    """Returns the kind of a file that is read, and the file: what is inside where it is a zip or gzip around one.

    Raises WeightsError with the sentence of its kind for any other file.
    """
    with reader_errors_wrapped():
        kind = kind_of_file(source)
        if kind in _WRAPPINGS:
            source = unwrapped(kind, source)
            kind = kind_of_file(source)
            if kind not in _TOLD and kind not in READ:
                raise nested_error()
    if kind in READ:
        return kind, source
    raise told_error(kind)


def told_error(kind: str) -> WeightsError:
    """Returns the error that says what a file of a kind is, and what to do."""
    return WeightsError(_TOLD[kind]()) if kind in _TOLD else nested_error()
