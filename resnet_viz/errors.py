"""The exceptions a user can cause; any input ends in a result or in one of these.

    ResnetVizError            base class; the message is a sentence for the user
    ├── SpecError             a ResNet that cannot exist: wrong block list, groups, size, link, or too large to fit;
    │                         a name that no preset and no installed library has
    ├── TraceError            a module or node that cannot be traced, or an unknown node id
    │   └── TraceFileError    a file that is no trace file, is damaged, too large or of another version
    ├── DrawError             a drawing that cannot be made: unknown level, format or theme
    ├── ImageError            bytes that are no picture, a damaged or oversized one, or a net that takes no picture
    ├── WeightsError          weights that cannot be read or downloaded, or do not fit the net
    └── DeviceError           a device this machine does not have

Each message gives the value received, the allowed values and what to do.
"""

from typing import Any


class ResnetVizError(Exception):
    """Base class of all errors of this package."""


class SpecError(ResnetVizError, ValueError):
    """A ResNet that cannot be built from its settings, or a name that no net has."""


class TraceError(ResnetVizError):
    """A module that cannot be traced, or a node id that is not in the trace.

    `partial`: where a forward pass ended with an error, the Trace of what ran until then, whose `failed` says at which
    op and why; None where nothing ran.
    """

    def __init__(self, message: str = "", *, partial: Any = None) -> None:
        super().__init__(message)
        self.partial = partial


class TraceFileError(TraceError):
    """A file that cannot be read as a Trace, or a Trace that cannot be written as one."""


class DrawError(ResnetVizError, ValueError):
    """A drawing that cannot be made with the given options."""


class ImageError(ResnetVizError):
    """Bytes that cannot be decoded as a picture, or a picture that does not suit the net."""


class WeightsError(ResnetVizError):
    """Weights that cannot be read or downloaded, or do not fit the net; the net is unchanged.

    On a mismatch the message names a few keys; the attributes hold all of them: `missing`, keys of the net not in the
    file; `unexpected`, keys of the file not in the net; `misshapen`, keys with another shape; `invalid`, keys, in the
    file or the net, whose value is not a dense tensor of torch's own class, has another dtype, or holds NaN or infinite
    values.
    """

    def __init__(
        self,
        message: str = "",
        *,
        missing: tuple[str, ...] = (),
        unexpected: tuple[str, ...] = (),
        misshapen: tuple[str, ...] = (),
        invalid: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.missing = missing
        self.unexpected = unexpected
        self.misshapen = misshapen
        self.invalid = invalid


class DeviceError(ResnetVizError):
    """A device this machine does not have."""
