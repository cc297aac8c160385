"""A picture becomes a net's input: to the bit as torchvision's transforms make it, and never larger than allowed."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.models import ResNet50_Weights
from torchvision.transforms import functional
from torchvision.transforms._presets import ImageClassification

from resnet_viz.errors import ImageError
from resnet_viz.pictures.decoding import MAX_PIXELS
from resnet_viz.pictures.preparing import crop_preview, prepare_input, prepare_steps
from resnet_viz.pictures.samples import PHOTOGRAPHS, sample_image
from resnet_viz.records.preparation import Crop, Preparation

RED, GREEN = (255, 0, 0), (0, 255, 0)


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000)])
def test_a_thin_picture_fills_the_input(size):
    seen = crop_preview(Image.new("RGB", size, GREEN), (224, 224))
    assert np.unique(np.asarray(seen).reshape(-1, 3), axis=0).tolist() == [list(GREEN)]


@pytest.mark.parametrize("sample", PHOTOGRAPHS, ids=lambda sample: sample.key)
def test_photographs_give_the_input_of_torchvision(sample):
    photograph = sample_image(sample.key)
    expected = ImageClassification(crop_size=224, resize_size=256)(photograph)
    assert np.array_equal(prepare_input(photograph, (224, 224)), expected.unsqueeze(0).numpy())


@settings(max_examples=40)
@given(width=st.integers(1, 500), height=st.integers(1, 500), crop=st.sampled_from([1, 2, 7, 32, 64, 224, 299]))
def test_any_square_gives_the_input_of_torchvision(width, height, crop):
    noise = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    preset = ImageClassification(crop_size=crop, resize_size=round(crop * 256 / 224))
    found = prepare_input(Image.fromarray(noise), (crop, crop))
    assert np.array_equal(found[0], preset(Image.fromarray(noise)).numpy())


def test_the_input_is_the_preview_normalised():
    picture = sample_image("cat")
    found = prepare_input(picture, (60, 100))
    assert (found.dtype, found.shape) == (np.dtype(np.float32), (1, 3, 60, 100))
    assert found.flags.c_contiguous
    pixels = np.asarray(crop_preview(picture, (60, 100)), dtype=np.float64) / 255
    expected = (pixels - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    assert np.abs(found[0].transpose(1, 2, 0) - expected).max() < 1e-5


@pytest.mark.parametrize("size", [(70, 70), (70, 140), (140, 70), (35, 210), (210, 35)])
@pytest.mark.parametrize(("width", "height"), [(200, 200), (240, 120), (120, 240)])
def test_preview_shows_the_middle_at_one_scale(width, height, size):
    # Red says how far right and green how far down, so each pixel of the preview tells where it came from.
    y, x = np.mgrid[:height, :width]
    ramps = Image.fromarray(np.stack([x, y, 0 * x], axis=-1).astype(np.uint8))
    found = np.asarray(crop_preview(ramps, size), dtype=float)
    assert found.shape == (*size, 3)
    scale = max(side * 256 / 224 / length for side, length in zip(size, (height, width), strict=True))
    for channel, (pixels, length) in enumerate([(size[1], width), (size[0], height)]):
        expected = length / 2 - 0.5 + (np.arange(pixels) - (pixels - 1) / 2) / scale
        seen = found[:, :, channel].mean(axis=1 if channel else 0)
        assert np.abs(seen - expected).max() < 1.5


def note_sizes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The (H, W) of whatever is cropped and scaled from now on, which is not done."""
    asked: list[tuple[int, int]] = []

    def give(width: int, height: int) -> Image.Image:
        asked.append((height, width))
        return Image.new("1", (width, height))

    monkeypatch.setattr(Image.Image, "crop", lambda _picture, box: give(box[2] - box[0], box[3] - box[1]))
    monkeypatch.setattr(Image.Image, "resize", lambda _picture, size, _filter: give(*size))
    return asked


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 1), (224, 224), (4096, 4096)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 10_000), (10_000, 1), (1, 50_000_000), (3, 4)])
def test_resizing_is_bounded(size, shape, monkeypatch):
    asked = note_sizes(monkeypatch)
    crop_preview(Image.new("1", (shape[1], shape[0])), size)
    assert all(np.prod(sides) <= MAX_PIXELS for sides in asked)
    bounded, resized, cropped = (np.array(sides) for sides in asked)
    assert (bounded >= 1).all()
    assert (bounded <= shape).all()
    assert (resized >= cropped).all()
    assert (cropped == size).all()


def test_the_far_ends_of_a_thin_picture_are_cut_off_evenly():
    row = np.random.default_rng(0).integers(0, 256, (1, 10_000, 3), dtype=np.uint8)
    middle = Image.fromarray(np.ascontiguousarray(row[:, 4990:5010]))
    expected = ImageClassification(crop_size=224, resize_size=256)(middle)
    assert np.abs(prepare_input(Image.fromarray(row), (224, 224)) - expected.numpy()).max() < 0.02


def test_what_is_beyond_float32_is_infinite_as_in_torchvision():
    mean, std = (1e300, -1e300, 0.5), (0.5, 1e300, 2.0**-149)
    preset = ImageClassification(crop_size=8, resize_size=9, mean=mean, std=std)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8))
    steps = prepare_steps(noise, Preparation((8, 8), 9, 8, mean, std))
    assert np.array_equal(steps.input[0], preset(noise).numpy(), equal_nan=True)
    assert steps.seen.size == (8, 8)


# Preparations of one's own


@pytest.mark.parametrize("resize", [256, 232])
@pytest.mark.parametrize("sample", PHOTOGRAPHS, ids=lambda sample: sample.key)
def test_both_recipes_give_the_input_of_torchvision(sample, resize):
    photograph = sample_image(sample.key)
    weights = ResNet50_Weights.IMAGENET1K_V1 if resize == 256 else ResNet50_Weights.IMAGENET1K_V2
    expected = weights.transforms()(photograph)
    assert np.array_equal(prepare_input(photograph, Preparation(resize=resize))[0], expected.numpy())
    assert np.array_equal(prepare_steps(photograph, Preparation(resize=resize)).input[0], expected.numpy())


@settings(max_examples=40)
@given(
    width=st.integers(1, 500),
    height=st.integers(1, 500),
    crop=st.integers(1, 300),
    enlarge=st.floats(1, 1.5),
    mean=st.tuples(*[st.floats(0, 1)] * 3),
    std=st.tuples(*[st.floats(0.1, 2)] * 3),
)
def test_any_square_recipe_gives_the_input_of_torchvision(width, height, crop, enlarge, mean, std):
    noise = Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8))
    resize = int(crop * enlarge)
    preset = ImageClassification(crop_size=crop, resize_size=resize, mean=mean, std=std)
    prepared = Preparation((crop, crop), resize, crop, mean, std)
    assert np.array_equal(prepare_input(noise, prepared)[0], preset(noise).numpy())


@pytest.mark.parametrize(
    "preparation",
    [(60, 100), Preparation(), Preparation((33, 97), resize=232), Preparation((50, 40), crop=Crop(0.1, 0.3, 0.5, 0.6))],
)
def test_steps_lead_to_what_the_net_sees(preparation):
    picture = sample_image("cat")
    steps = prepare_steps(picture, preparation)
    assert steps.cropped.tobytes() == crop_preview(picture, preparation).tobytes()
    assert np.array_equal(steps.input, prepare_input(picture, preparation))
    assert steps.seen.tobytes() == steps.cropped.tobytes()
    assert (steps.cropped.height, steps.cropped.width) == steps.input.shape[2:]
    part = steps.scaled.crop(steps.box)
    if isinstance(preparation, Preparation) and preparation.crop:
        assert steps.scaled.tobytes() == picture.tobytes()
        part = functional.resize(part, preparation.size, antialias=True)
    assert part.tobytes() == steps.cropped.tobytes()


@settings(max_examples=60)
@given(
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    shares=st.tuples(*[st.floats(-0.5, 1.5)] * 2, *[st.floats(1e-9, 1.5)] * 2),
)
@example(width=3, height=1, size=(1, 1), shares=(0.5, 0.0, 0.125, 1.0))
def test_any_crop_is_a_part_of_the_picture(width, height, size, shares):
    crop = Crop(*shares)
    assert crop.left >= 0
    assert crop.top >= 0
    assert crop.left + crop.width <= 1
    assert crop.top + crop.height <= 1
    assert Crop(crop.left, crop.top, crop.width, crop.height) == crop
    left, top, right, bottom = crop.box(height, width)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert abs(left - crop.left * width) <= 1
    assert abs(right - (crop.left + crop.width) * width) <= 1
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))
    assert prepare_steps(noise, Preparation(size, crop=crop)).seen.size == size[::-1]


def test_a_crop_shows_its_part_alone():
    halves = Image.new("RGB", (100, 50), RED)
    halves.paste(GREEN, (50, 0, 100, 50))
    for left, colour in ((0.0, RED), (0.5, GREEN)):
        seen = crop_preview(halves, Preparation((30, 20), crop=Crop(left, 0, 0.5, 1)))
        assert seen.getcolors() == [(600, colour)]


def test_what_is_scaled_down_is_smoothed():
    stripes = Image.fromarray(np.tile(np.array([0, 255], np.uint8), (64, 32))).convert("RGB")
    seen = np.asarray(crop_preview(stripes, Preparation((8, 8), crop=Crop(0, 0, 1, 1))))
    assert np.abs(seen.astype(int) - 127).max() <= 8


@pytest.mark.parametrize(
    "shares",
    [(0, 0, 0, 1), (0, 0, 1, -1), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1), ("0", 0, 1, 1), (0, 0, True, 1)],
)
def test_crops_that_cannot_be(shares):
    with pytest.raises(ImageError, match="Crop: got"):
        Crop(*shares)


@pytest.mark.parametrize(
    "values",
    [
        {"size": (0, 5)},
        {"size": (5, 4097)},
        {"size": (5,)},
        {"size": 224},
        {"size": "ab"},
        {"size": (2.5, 5)},
        {"resize": 223},
        {"resize": 337},
        {"resize": 250.0},
        {"crop_side": 0, "resize": 0},
        {"mean": (0, 0)},
        {"mean": (0, 0, float("nan"))},
        {"std": (1, 1, 0)},
        {"std": 1},
        {"crop": (0, 0, 1, 1)},
    ],
)
def test_preparations_that_cannot_be(values):
    with pytest.raises(ImageError, match="got"):
        Preparation(**values)


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 4096)])
@pytest.mark.parametrize("shape", [(1, 10_000), (10_000, 1), (1, 50_000_000)])
def test_the_largest_resize_is_bounded(size, shape, monkeypatch):
    asked = note_sizes(monkeypatch)
    crop_preview(Image.new("1", (shape[1], shape[0])), Preparation(size, resize=336))
    assert all(1 <= np.prod(to) <= MAX_PIXELS for to in asked)


def test_no_torch_is_needed():
    code = (
        "import sys; from PIL import Image; from resnet_viz import load_image\n"
        "from resnet_viz.pictures.preparing import prepare_steps\n"
        "assert prepare_steps(Image.new('RGB', (30, 20)), (8, 8)).input.shape == (1, 3, 8, 8)\n"
        "found = {'torch', 'torchvision', 'streamlit'} & set(sys.modules)\nassert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
