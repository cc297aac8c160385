"""The errors a user can cause. Whatever somebody sends ends in a result or in one of these.

    ResnetVizError            everything below; the message is a sentence for the user
    ├── SpecError             a ResNet that cannot be: wrong block list, groups, size, link, or too large to fit
    ├── TraceError            a module or node that cannot be traced, or a node id that is not there
    ├── DrawError             a drawing that cannot be made: unknown level, format or theme
    ├── ImageError            bytes that are no picture, a damaged or oversized one, or a net that takes no picture
    ├── WeightsError          weights that cannot be read, fetched, or do not fit the net
    └── DeviceError           a device this machine does not have

Each message says what was got, what is allowed and what to do.
"""


class ResnetVizError(Exception):
    """The root of the family; catch it to catch all."""


class SpecError(ResnetVizError, ValueError):
    """A ResNet that cannot be built as described."""


class TraceError(ResnetVizError):
    """A module that cannot be traced, or a node that is not in the trace."""


class DrawError(ResnetVizError, ValueError):
    """A drawing that cannot be made as asked."""


class ImageError(ResnetVizError):
    """Bytes that do not make a picture, or a picture that does not suit the net."""


class WeightsError(ResnetVizError):
    """Weights that cannot be read, cannot be fetched, or do not fit the net; the net is left as it was.

    Where they do not fit, the message names a few keys and these name all: `missing` are those of the net that the
    file lacks, `unexpected` those that the net lacks, `misshapen` those of another shape, and `invalid` those that are
    no numbers of the right kind (no dense tensor of torch's own class, another type, NaN or infinite values), in the
    file or in the net.
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
    """A device that is not there."""
