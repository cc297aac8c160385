"""Checkpoints in several files: which these are, what their index says, and that nothing is missing or there twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os.path import isdir, isfile  # which are also False for a name that no file can have
from pathlib import Path

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.faults import damaged_error, reader_errors_wrapped, shown_name
from resnet_viz.reading.headers import read_json
from resnet_viz.reading.kinds import INDEX, kind_of_file, told_error
from resnet_viz.reading.sources import Source, check_length, source_of

_MAX_INDEX_BYTES = 16 * 2**20
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of one checkpoint, and which of them an index names for each tensor, if there is one."""

    sources: tuple[Source, ...]
    index: Mapping[str, str]


def find_parts(data: object) -> Parts:
    """Returns the files of a checkpoint: bytes, a `Path` (of an index, too), or a sequence of these.

    Raises WeightsError for what is no file, a folder, an index without its files, or too large in total.
    """
    given = list(data) if isinstance(data, list | tuple) else [data]
    if len(given) == 1 and isinstance(given[0], Path) and isdir(given[0]):
        raise _folder_error(given[0])
    sources = [source_of(item) for item in given]
    indexes = [source for source in sources if kind_of_file(source) == INDEX]
    sources = [source for source in sources if source not in indexes]
    if len(indexes) > 1:
        raise told_error(INDEX)
    index = _read_index(indexes[0]) if indexes else {}
    if not sources:
        sources = _named_beside(indexes[0], index) if indexes else [source_of(data)]
    check_length(sum(source.size for source in sources))
    return Parts(tuple(sources), index)


def _folder_error(path: Path) -> WeightsError:
    if (path / ".metadata").is_file():
        return told_error("dcp")
    text = _("“{name}” is a folder: choose a checkpoint in it, or the index of one in several files.")
    return WeightsError(text.format(name=shown_name(path.name)))


def _read_index(source: Source) -> dict[str, str]:
    """Returns the file that holds each tensor. Raises WeightsError for JSON that is no such index."""
    if source.size > _MAX_INDEX_BYTES:
        raise damaged_error()
    with reader_errors_wrapped():
        content = read_json(source.read())
    names = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(names, dict) or not names or not all(isinstance(name, str) for name in names.values()):
        raise WeightsError(_("The file is JSON and no index of a checkpoint: choose a file of weights."))
    for name in names.values():
        _check_name(name)
    return names


def _check_name(name: str) -> None:
    """Raises WeightsError unless a name is that of a file beside the index: nothing else is ever opened."""
    if name in ("", ".", "..") or any(sign in name for sign in "/\\:\0"):
        text = _("The index names {name}, which is no file beside it: only files in the same folder are opened.")
        raise WeightsError(text.format(name=shown_name(name)))


def _named_beside(source: Source, index: Mapping[str, str]) -> list[Source]:
    """Returns the files that an index names, in its folder."""
    if not isinstance(source.data, Path):
        raise told_error(INDEX)
    paths = {name: source.data.parent / name for name in index.values()}
    missing = [name for name, path in paths.items() if not isfile(path)]
    if missing:
        raise _missing_error(missing)
    return [source_of(path) for path in paths.values()]


def check_complete(index: Mapping[str, str], names: Iterable[str]) -> None:
    """Raises WeightsError where a tensor of the index is in no file, with the files that should hold it."""
    present = set(names)
    missing = dict.fromkeys(file for name, file in index.items() if name not in present)
    if missing:
        raise _missing_error(list(missing))


def _missing_error(names: Sequence[str]) -> WeightsError:
    text = _("Files of the index are missing, or hold other tensors: {names}. Choose all files of one checkpoint.")
    shown = ", ".join(shown_name(name) for name in names[:_MAX_NAMED])
    return WeightsError(text.format(names=f"{shown}, …" if len(names) > _MAX_NAMED else shown))
