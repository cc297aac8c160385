"""Pictures of phones: HEIF files, written by the decoder's own encoder."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resnet_viz.errors import ImageError
from resnet_viz.pictures.decoding import load_image
from resnet_viz.ui.picture.source import UPLOAD_TYPES

RED, BLUE = (255, 0, 0), (0, 0, 255)
_SIZE = b"ispe" + bytes(4)


def heif(picture: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, "HEIF", quality=-1, **options)
    return file.getvalue()


def halves(mode: str = "RGB") -> Image.Image:
    """128×64: the left half red, the right half blue."""
    picture = Image.new("RGB", (128, 64), RED)
    picture.paste(BLUE, (64, 0, 128, 64))
    return picture.convert(mode)


def is_near(picture: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = np.asarray(picture)[at[1], at[0]].astype(int)
    return bool(np.abs(found - np.array(colour)).max() < 12)


def test_a_phones_picture_is_read_and_its_endings_are_taken() -> None:
    picture = load_image(heif(halves()))
    assert (picture.mode, picture.size, picture.info) == ("RGB", (128, 64), {})
    assert is_near(picture, (5, 5), RED)
    assert is_near(picture, (120, 60), BLUE)
    assert {"heic", "heif"} <= set(UPLOAD_TYPES)


def test_it_is_turned_upright_once() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right by a quarter
    picture = load_image(heif(halves(), exif=exif.tobytes()))
    assert picture.size == (64, 128)
    assert is_near(picture, (5, 5), RED)
    assert is_near(picture, (60, 120), BLUE)


def test_transparency_depth_and_several_pictures() -> None:
    clear = halves("RGBA")
    clear.putalpha(0)
    assert is_near(load_image(heif(clear)), (5, 5), (255, 255, 255))
    ramp = Image.fromarray((np.mgrid[:64, :128][1] * 512).astype(np.uint16))  # 12 bits in the file
    grey = np.asarray(load_image(heif(ramp)))[32, :, 0].astype(int)
    assert np.abs(grey - np.arange(128) * 2).max() < 4
    second = heif(halves(), save_all=True, append_images=[Image.new("RGB", (64, 64), BLUE)], primary_index=1)
    assert load_image(second).size == (64, 64)


@pytest.mark.parametrize("side", [7_500, 60_000])
def test_a_huge_one_is_refused_by_its_header(side: int) -> None:
    huge = heif(halves()).replace(_SIZE + struct.pack(">II", 128, 64), _SIZE + struct.pack(">II", side, side))
    with pytest.raises(ImageError, match="pixels"):
        load_image(huge)


def test_a_header_that_makes_it_smaller_than_it_is_lets_nothing_be_decoded() -> None:
    lying = heif(Image.new("RGB", (2_000, 2_000))).replace(
        _SIZE + struct.pack(">II", 2_000, 2_000), _SIZE + struct.pack(">II", 64, 64)
    )
    with pytest.raises(ImageError, match="damaged"):
        load_image(lying)


@pytest.mark.parametrize("keep", [20, 300, -10])
def test_what_is_cut_short_is_told(keep: int) -> None:
    with pytest.raises(ImageError, match=r"damaged or cut short|HEIC"):
        load_image(heif(halves())[:keep])
