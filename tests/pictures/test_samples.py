"""The samples: all there, none downloaded, and the patterns are what their names say."""

import importlib.util
import socket
from importlib.metadata import files
from types import ModuleType

import numpy as np
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from PIL import Image
from sklearn.datasets import load_digits

from resnet_viz.errors import ImageError
from resnet_viz.pictures import samples
from resnet_viz.pictures.samples import DIGITS, PATTERN_DIR, PATTERNS, PHOTOGRAPHS, SAMPLES, sample_image
from tests.places import ROOT


@pytest.fixture(scope="module")
def draw_patterns() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_patterns", ROOT / "assets" / "draw_patterns.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_sample_says_what_and_whose_it_is():
    assert len({sample.key for sample in SAMPLES}) == len(SAMPLES) == 17
    assert all(sample.title and sample.credit for sample in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_samples_load_without_a_network(sample, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    picture = sample_image(sample.key)
    assert picture.mode == "RGB"
    assert picture.size == (8, 8) if sample in DIGITS else min(picture.size) >= 224


def test_photographs_are_inside_the_wheel():
    names = {path.name for path in files("scikit-image") or ()}
    assert names >= {"chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png"}
    pixels = {sample.key: sample_image(sample.key).size for sample in PHOTOGRAPHS}
    assert pixels == {"cat": (451, 300), "coffee": (600, 400), "rocket": (640, 427), "astronaut": (512, 512)}


def test_digits_are_held_out_and_of_each_class() -> None:
    library = load_digits()
    held = [image.tobytes() for image in library.images[-297:]]
    for sample in DIGITS:
        pixels = np.asarray(sample_image(sample.key), dtype=float)[:, :, 0] * 16 / 255
        place = held.index(pixels.round().tobytes())
        assert library.target[-297:][place] == sample.digit
        assert sample.name() == f"Digit {sample.digit} (held out)"


def test_unknown_key_is_refused():
    with pytest.raises(ImageError, match=r"“dog”.*cat, coffee"):
        sample_image("dog")


def test_titles_reach_the_catalogue():
    found = extract_from_file("python", samples.__file__, keywords={**DEFAULT_KEYWORDS, "_": None})
    assert {sample.title for sample in SAMPLES} <= {message for _, message, *_ in found}


@pytest.mark.parametrize("sample", PATTERNS, ids=lambda sample: sample.key)
def test_patterns_are_as_drawn(sample, draw_patterns):
    path = PATTERN_DIR / f"{sample.key}.png"
    with Image.open(path) as picture:
        stored = np.asarray(picture, dtype=int)
    drawn = draw_patterns.PATTERNS[sample.key]()
    assert stored.shape == drawn.shape
    assert stored.shape[:2] == (256, 256)
    # Another machine's cosine may round differently in the last place.
    assert np.abs(stored - drawn).max() <= 1
    assert path.stat().st_size <= 60_000


def test_no_pattern_is_left_over(draw_patterns):
    names = {path.stem for path in PATTERN_DIR.iterdir()}
    assert names == {sample.key for sample in PATTERNS} == set(draw_patterns.PATTERNS)


@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("column", range(4))
def test_gratings_have_the_period_and_direction_of_their_place(row, column):
    grey = np.asarray(sample_image("gratings"), dtype=float)[:, :, 0]
    tile = grey[64 * row : 64 * row + 64, 64 * column : 64 * column + 64]
    strength = np.abs(np.fft.fft2(tile - tile.mean()))
    down, right = np.unravel_index(strength.argmax(), strength.shape)
    found = abs(np.fft.fftfreq(64)[right]), abs(np.fft.fftfreq(64)[down])
    period, angle = (4, 8, 16, 32)[column], np.radians(45 * row)
    assert np.abs(np.subtract(found, (abs(np.cos(angle)) / period, abs(np.sin(angle)) / period))).max() < 1 / 64


def test_diagonal_gratings_differ_in_direction():
    grey = np.asarray(sample_image("gratings"), dtype=float)[:, :, 0]
    down, up = grey[64:128, 128:192], grey[192:, 128:192]
    # Along a line of stripes nothing changes: x + y stays the same in the second row, x - y in the fourth.
    assert np.abs(down[1:, :-1] - down[:-1, 1:]).max() <= 1
    assert np.abs(up[1:, 1:] - up[:-1, :-1]).max() <= 1


def test_zone_plate_narrows_outwards_to_the_finest_stripes():
    diagonal = np.asarray(sample_image("zone_plate"), dtype=int)[:, :, 0].diagonal()[128:]
    turns = np.flatnonzero(np.diff(np.sign(np.diff(diagonal)))) + 1
    assert np.diff(turns)[0] > 4
    assert (np.diff(turns)[-8:] <= 2).all()


def test_colours_are_grey_inside_and_show_every_hue():
    pixels = np.asarray(sample_image("colours"), dtype=int)
    assert np.ptp(pixels[127, 127]) <= 3
    hues = np.asarray(sample_image("colours").convert("HSV"))[:, :, 0]
    assert set(range(255)) <= set(hues.flat)
