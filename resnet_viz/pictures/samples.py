"""Sample pictures: photographs from scikit-image's wheel, digits from scikit-learn's, test patterns of this project.

Nothing is downloaded. `assets/draw_patterns.py` draws the patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
from PIL import Image

from resnet_viz.datasets.digits import CLASSES, CREDIT, load_digits
from resnet_viz.errors import ImageError
from resnet_viz.i18n import _
from resnet_viz.pictures.decoding import load_image
from resnet_viz.places import ASSETS

PATTERN_DIR = ASSETS / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample picture: its key, English title (display `sample.name()`), and author and licence."""

    key: str
    title: str
    credit: str
    digit: int | None = None
    """The label of a digit, which the title has as `{n}`."""

    def name(self) -> str:
        """Returns the title in the reader's language."""
        return _(self.title).format(n=self.digit)


def N_(message: str) -> str:
    """Marks a message for extraction; `_` translates it on use, when the reader's language is known."""
    return message


# Keys are function names in `skimage.data`, by whose files they are read: to import it takes half a second, for all of
# scipy comes with it. The credits are from their docstrings.
_FILES = {"cat": "chelsea.png", "coffee": "coffee.png", "rocket": "rocket.jpg", "astronaut": "astronaut.png"}
PHOTOGRAPHS = (
    Sample("cat", N_("Cat"), "Stefan van der Walt, CC0, via scikit-image"),
    Sample("coffee", N_("Cup of coffee"), "Rachel Michetti, Pikolo Espresso Bar, CC0, via scikit-image"),
    Sample("rocket", N_("Rocket"), "SpaceX, public domain, via scikit-image"),
    Sample("astronaut", N_("Astronaut"), "NASA Great Images, public domain, via scikit-image"),
)
# Keys are file names in `PATTERN_DIR`.
PATTERNS = (
    Sample("zone_plate", N_("Zone plate: stripes of all directions and widths"), "drawn for resnet_viz"),
    Sample("gratings", N_("Gratings: stripes in four directions and four widths"), "drawn for resnet_viz"),
    Sample("colours", N_("Colours: all hues, grey in the middle"), "drawn for resnet_viz"),
)
# Of the digits held out, which no net here has been trained with, the first of each class.
DIGITS = tuple(
    Sample(f"digit{name}", N_("Digit {n} (held out)"), CREDIT, digit=digit) for digit, name in enumerate(CLASSES)
)
SAMPLES = PHOTOGRAPHS + PATTERNS + DIGITS
CAT: Final = "cat"
DIGIT: Final = "digit3"
"""The samples shown at first: of most nets, and of those trained on digits."""


def sample_image(key: str) -> Image.Image:
    """Returns a sample as an RGB picture. Raises ImageError for a key that is not in `SAMPLES`."""
    if key in _FILES:
        return load_image(files("skimage").joinpath("data", _FILES[key]).read_bytes())
    if key in {sample.key for sample in PATTERNS}:
        return load_image((PATTERN_DIR / f"{key}.png").read_bytes())
    digit = next((sample.digit for sample in DIGITS if sample.key == key), None)
    if digit is not None:
        return _held_out(digit)
    text = _("There is no sample picture “{key}”: choose one of {keys}.")
    raise ImageError(text.format(key=key, keys=", ".join(sample.key for sample in SAMPLES)))


def _held_out(digit: int) -> Image.Image:
    """Returns the first digit of a class that is held out: RGB, 8×8, light ink on black as in the data."""
    digits = load_digits()
    place = digits.n_train + int(np.argmax(digits.labels[digits.n_train :] == digit))
    return Image.fromarray(np.rint(digits.images[place, 0] * 255).astype(np.uint8)).convert("RGB")
