"""Errors about files that cannot be read, and names from a file as they may be shown."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.pickled_names import kind_of


def shown_name(name: object) -> str:
    """Returns a name from a file for a message: short, on one line, and encodable."""
    if not isinstance(name, str):
        name = kind_of(name)  # str() of nested tuples could take forever
    text = " ".join(printable(name[:200]).split())
    return f"{text[:80]}…" if len(text) > 80 else text


def printable(name: str) -> str:
    """Returns `name` with lone surrogates, which a pickle may contain and no encoding can write, replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def damaged_error() -> WeightsError:
    """Returns the error for a file whose parts contradict each other, or end too early."""
    return WeightsError(
        _("The file is damaged or cut short and cannot be read: copy or save it again, or choose another.")
    )


def swollen_error() -> WeightsError:
    """Returns the error for a file that would take far more memory than it has bytes."""
    return WeightsError(
        _(
            "The file is compressed or claims to hold more than it has, which no checkpoint does: "
            "save it with torch.save, or unpack it and choose what is inside."
        )
    )


def twice_error(name: str) -> WeightsError:
    """Returns the error for a tensor that two files, or one file twice, have under the same name."""
    text = _("There are two tensors of the name {name}: give each a name of its own, and save them again.")
    return WeightsError(text.format(name=shown_name(name)))


@contextmanager
def reader_errors_wrapped() -> Iterator[None]:
    """Converts exceptions of torch, safetensors, zipfile, json and pickle about the data to WeightsError.

    Catches `Exception`, because there is no complete list: damaged files raise RuntimeError, KeyError,
    UnicodeDecodeError, MemoryError, struct.error and more. So wrap nothing but these readers and the checks before
    them.
    """
    try:
        yield
    except WeightsError:
        raise
    except pickle.UnpicklingError as error:
        raise WeightsError(
            _(
                "The file holds more than tensors, or is damaged. Code in a file is never run here: save the "
                "net's state_dict() with torch.save, and choose that file."
            )
        ) from error
    except Exception as error:
        raise damaged_error() from error
