"""Pictures: every kind decodes right, and nothing but `ImageError` comes out."""

import csv
import io
import os
import pickle
import struct
import subprocess
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from resnet_viz.errors import ImageError
from resnet_viz.pictures.decoding import MAX_BYTES, MAX_PIXELS, load_image
from tests.places import TORTURE

# What damaged files make PIL say goes to the log, not into the tests' report; pytest resets our own filter.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

TORTURE_ROWS = list(csv.DictReader((TORTURE / "index.csv").open())) if TORTURE.exists() else []

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


# Files written by hand, so that PIL does not check itself.


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, bit_depth: int, colour_type: int, rows: list[bytes], extra: bytes = b"") -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + body + png_chunk(b"IEND", b"")


def tiff(width: int, height: int, pixels: bytes, tags: dict[int, tuple[int, ...]], order: str = "<") -> bytes:
    """One strip, uncompressed; `tags` maps a number to its (short) values."""
    all_tags = {256: (width,), 257: (height,), 259: (1,), 278: (height,), 279: (len(pixels),), **tags}
    all_tags.setdefault(277, (1,))
    values_at = 8 + 2 + 12 * (len(all_tags) + 1) + 4
    all_tags[273] = (values_at + 64,)
    entries, values = b"", b""
    for tag, numbers in sorted(all_tags.items()):
        packed = struct.pack(f"{order}{len(numbers)}H", *numbers)
        if len(packed) > 4:
            values += packed
            packed = struct.pack(f"{order}I", values_at + len(values) - len(packed))
        entries += struct.pack(f"{order}HHI", tag, 3, len(numbers)) + packed.ljust(4, b"\0")
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(all_tags))
    return start + entries + b"\0" * 4 + values.ljust(64, b"\0") + pixels


def encode(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


def levels(data: bytes) -> list[int]:
    """The first row of a grey picture."""
    pixels = np.asarray(load_image(data))
    assert (pixels == pixels[:, :, :1]).all()
    return [int(level) for level in pixels[0, :, 0]]


def small_picture() -> Image.Image:
    y, x = np.mgrid[:12, :16]
    return Image.fromarray(np.stack([x * 16, y * 20, (x * y) % 256], axis=-1).astype(np.uint8))


SMALL_FILES = {
    **{name: encode(small_picture(), name) for name in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "PPM", "TIFF")},
    "TIFF LZW": encode(small_picture(), "TIFF", compression="tiff_lzw"),
    "JPEG progressive": encode(small_picture(), "JPEG", progressive=True),
    "PNG palette": encode(small_picture().quantize(16), "PNG", transparency=0),
    "PNG 16": png(3, 1, 16, 0, [struct.pack(">3H", 0, 257, 65535)], png_chunk(b"tRNS", b"\0\0")),
    "PPM text": b"P3 2 2 255 # text\n 0 0 0 255 0 0 0 255 0 0 0 255 ",
}


# Grey of more than 8 bits: 65535 / 255 = 257, so 257 v must become v.


RAMP = [0, 1, 100, 128, 254, 255]


def test_grey_of_16_bits_in_png_is_scaled():
    assert levels(png(6, 1, 16, 0, [struct.pack(">6H", *(257 * v for v in RAMP))])) == RAMP


def test_grey_of_16_bits_is_rounded_to_the_nearest():
    values = [128, 129, 65535 - 129, 65535 - 128]  # half a level is 128.5
    assert levels(png(4, 1, 16, 0, [struct.pack(">4H", *values)])) == [0, 1, 254, 255]


def test_transparent_grey_of_16_bits_is_white():
    row = struct.pack(">3H", 0, 257 * 9, 257 * 80)
    assert levels(png(3, 1, 16, 0, [row], png_chunk(b"tRNS", struct.pack(">H", 257 * 9)))) == [0, 255, 80]


@pytest.mark.parametrize("order", ["<", ">"])
def test_grey_of_16_bits_in_tiff_is_scaled(order):
    pixels = struct.pack(f"{order}6H", *(257 * v for v in RAMP))
    assert levels(tiff(6, 1, pixels, {258: (16,), 262: (1,)}, order)) == RAMP


def test_tiff_whose_zero_is_white_is_inverted():
    pixels = struct.pack("<6H", *(257 * v for v in RAMP))
    assert levels(tiff(6, 1, pixels, {258: (16,), 262: (0,)})) == [255 - v for v in RAMP]
    assert levels(tiff(6, 1, bytes(RAMP), {258: (8,), 262: (0,)})) == [255 - v for v in RAMP]


def test_grey_of_12_bits_in_tiff_is_scaled_by_4095():
    packed = bytes([0x00, 0x08, 0x00, 0xFF, 0xFF, 0xFF])  # 0x000, 0x800, 0xFFF, 0xFFF
    assert levels(tiff(4, 1, packed, {258: (12,), 262: (1,)})) == [0, 128, 255, 255]


@pytest.mark.parametrize("white", [65535, 1023])
def test_grey_pgm_is_scaled_by_its_white(white):
    values = [white // 4, white // 2]
    binary = b"P5 2 1 %d\n" % white + struct.pack(">2H", *values)
    text = b"P2 2 1 %d %d %d\n" % (white, *values)
    assert levels(binary) == levels(text) == [64, 127]


def test_floats_are_stretched_from_least_to_greatest():
    values = [-1, 0, 1, np.nan, np.inf, -np.inf]
    assert levels(b"Pf\n6 1\n-1.0\n" + struct.pack("<6f", *values)) == [0, 128, 255, 0, 255, 0]


@pytest.mark.parametrize("values", [(-3e38, 0, 3e38), (1e-40, 1.5e-40, 2e-40), (7, 7, 7), (np.nan,) * 3])
def test_any_float_gives_a_picture(values):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = levels(tiff(3, 1, struct.pack("<3f", *values), {258: (32,), 262: (1,), 339: (3,)}))
    assert found == ([0, 128, 255] if values[0] == -3e38 else found)
    assert found == sorted(found)


@pytest.mark.parametrize(("code", "bits"), [("h", 16), ("i", 32)])
def test_signed_greys_are_stretched(code, bits):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    assert levels(tiff(3, 1, struct.pack(f"<3{code}", low, 0, high), {258: (bits,), 262: (1,), 339: (2,)})) == [
        0,
        128,
        255,
    ]


# Colours


def test_cmyk_tiff():
    inks = bytes([255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0])
    found = np.asarray(load_image(tiff(4, 1, inks, {258: (8,) * 4, 262: (5,), 277: (4,)})))
    assert found[0].tolist() == [[0, 255, 255], [255, 0, 0], [0, 0, 0], [255, 255, 255]]


def test_cmyk_jpeg():
    found = load_image(encode(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95))
    assert np.abs(np.asarray(found, dtype=int) - RED).max() < 8


def test_lab_tiff():
    # L* 100, 0 and 50.2 without colour, the last grey 119 in sRGB; and pure red, L* 54.3, a* 80.8, b* 69.9 under D50.
    pixels = bytes([255, 0, 0, 0, 0, 0, 128, 0, 0, 138, 81, 70])
    found = np.asarray(load_image(tiff(4, 1, pixels, {258: (8,) * 3, 262: (8,), 277: (3,)})), dtype=int)
    assert np.abs(found[0] - [WHITE, BLACK, (119, 119, 119), RED]).max() <= 6


def test_palette_with_transparency_lies_on_white():
    extra = png_chunk(b"PLTE", bytes(RED + BLUE + GREEN)) + png_chunk(b"tRNS", bytes([0, 128]))
    found = np.asarray(load_image(png(3, 1, 8, 3, [bytes([0, 1, 2])], extra)))
    assert found[0].tolist() == [[255, 255, 255], [127, 127, 255], [0, 255, 0]]


def test_rgba_lies_on_white():
    found = np.asarray(load_image(png(3, 1, 8, 6, [bytes((*RED, 0, *RED, 51, *RED, 255))])))
    assert found[0].tolist() == [[255, 255, 255], [255, 204, 204], [255, 0, 0]]


def test_grey_with_alpha_lies_on_white():
    assert levels(png(3, 1, 8, 4, [bytes([0, 0, 0, 51, 0, 255])])) == [255, 204, 0]
    # In TIFF, 338 = 2 is plain alpha and 1 is premultiplied.
    assert levels(tiff(3, 1, bytes([0, 0, 0, 51, 0, 255]), {258: (8, 8), 262: (1,), 277: (2,), 338: (2,)})) == [
        255,
        204,
        0,
    ]
    premultiplied = load_or_refuse(tiff(2, 1, bytes([0, 51, 9, 255]), {258: (8, 8), 262: (1,), 277: (2,), 338: (1,)}))
    assert premultiplied is None or np.asarray(premultiplied)[0, :, 0].tolist() == [204, 9]  # None in older Pillow


def test_one_bit_is_black_and_white():
    assert levels(png(8, 1, 1, 0, [b"\x55"])) == [0, 255] * 4


# Upright, first, small


def _store(upright: np.ndarray, orientation: int) -> np.ndarray:
    """As a camera stores it: EXIF tells which side of the scene row 0 and column 0 are."""
    mirrored, flipped = upright[:, ::-1], upright[::-1]
    columns = {5: upright, 6: mirrored, 7: mirrored[::-1], 8: flipped}
    rows = {1: upright, 2: mirrored, 3: mirrored[::-1], 4: flipped}
    return rows[orientation] if orientation in rows else columns[orientation].transpose(1, 0, 2)


def _corners() -> np.ndarray:
    """16×32 pixels, red and green above blue and white."""
    top = np.repeat([RED, GREEN], 16, axis=0)
    bottom = np.repeat([BLUE, WHITE], 16, axis=0)
    return np.array([top] * 8 + [bottom] * 8, dtype=np.uint8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_turned_is_upright(file_format, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.fromarray(np.ascontiguousarray(_store(_corners(), orientation)))
    every: dict[str, dict[str, Any]] = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}
    options = every.get(file_format, {})
    found = load_image(encode(stored, file_format, exif=exif, **options))
    assert np.abs(np.asarray(found, dtype=int) - _corners()).max() <= (8 if file_format == "JPEG" else 0)
    assert not found.info


@pytest.mark.parametrize(
    ("exif", "turned"),
    [
        (b"Exif\0\0", False),
        (b"Exif\0\0II*\0", False),
        (b"Exif\0\0II*\0\xff\xff\xff\xff", False),
        (b"Exif\0\0nonsense", False),
        # Orientation 6, but with a second entry that PIL cannot write back: a rational without a value.
        (
            b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x1a\x01\x05\0\0\0\0\0\x1a\0\0\0\0\0\0\0",
            True,
        ),
        (b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0", False),
    ],
)
def test_broken_exif_spoils_no_pixel(exif, turned):
    found = load_image(encode(Image.fromarray(_corners()), "JPEG", exif=exif))
    assert found.size == ((16, 32) if turned else (32, 16))


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_first_of_several_pictures(file_format):
    first, second = Image.new("RGB", (5, 4), RED), Image.new("RGB", (5, 4), BLUE)
    options = {"lossless": True} if file_format == "WEBP" else {}
    found = load_image(encode(first, file_format, save_all=True, append_images=[second], **options))
    assert (np.asarray(found) == RED).all()


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000)])
def test_thin_pictures(size):
    picture = load_image(encode(Image.new("RGB", size, GREEN), "PNG"))
    assert picture.size == size
    assert np.unique(np.asarray(picture).reshape(-1, 3), axis=0).tolist() == [list(GREEN)]


@pytest.mark.parametrize("name", SMALL_FILES)
def test_picture_is_independent_of_its_bytes(name, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a file was opened")

    data = bytearray(SMALL_FILES[name])
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    picture = load_image(data)  # type: ignore[arg-type]  # so that the bytes can be changed
    before = picture.tobytes()
    data[:] = b"\0" * len(data)
    assert picture.tobytes() == before
    assert (type(picture), picture.mode) == (Image.Image, "RGB")


# Refused


@pytest.mark.parametrize("got", ["cat.png", None, 3])
def test_only_the_bytes_of_a_file_are_read(got):
    with pytest.raises(ImageError, match=f"Got {type(got).__name__} for a picture. Pass the bytes of its file"):
        load_image(got)


def test_empty_is_refused():
    with pytest.raises(ImageError, match=r"0 bytes.*PNG, JPEG"):
        load_image(b"")


def test_too_many_bytes_are_refused():
    with pytest.raises(ImageError, match=r"20\.0 MiB"):
        load_image(SMALL_FILES["PNG"] + b"\0" * MAX_BYTES)
    load_image(SMALL_FILES["PNG"].ljust(MAX_BYTES, b"\0"))


def _deflated_zeros(n_bytes: int) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(n_bytes // 2**20 + 1))
    return packed + packer.flush()


def _png_claiming(width: int, height: int) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = png_chunk(b"IDAT", _deflated_zeros((width // 8 + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + body + png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_png_claiming(12_000, 12_000), "12,000×12,000"),
        (_png_claiming(1, MAX_PIXELS + 1), "1×50,000,001"),
        (_png_claiming(20_000, 20_000), "huge"),
        (b"P6 7072 7072 255\n", "7,072×7,072"),
        (b"P6 99999 99999 255\n", "huge"),
        (tiff(4, 4, b"", {258: (8,), 262: (1,), 322: (40_000,), 323: (40_000,)}), "40,000×40,000"),
    ],
)
def test_too_many_pixels_are_refused_before_decoding(data, words, monkeypatch):
    def refuse(picture):
        raise AssertionError("decoded")

    for plugin in (ImageFile.ImageFile, *ImageFile.ImageFile.__subclasses__()):
        if "load" in vars(plugin):
            monkeypatch.setattr(plugin, "load", refuse)
    with pytest.raises(ImageError, match=words) as caught:
        load_image(data)
    assert "at most 50.0 M" in str(caught.value)


def test_as_many_pixels_as_allowed_reach_the_decoder():
    with pytest.raises(ImageError, match="cut short"):
        load_image(b"P6 5000 10000 255\n")


def test_a_refusal_prints_nothing_and_leaves_pil_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    data = _png_claiming(12_000, 12_000)
    assert len(data) < 20_000
    with pytest.raises(ImageError, match="12,000"):
        load_image(data)
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    assert capfd.readouterr() == ("", "")


def _progressive_jpeg(n_scans: int) -> bytes:
    """8×8 grey, with the last scan of a progressive JPEG repeated."""
    data = encode(Image.new("L", (8, 8), 50), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * n_scans + data[-2:]


def test_a_jpeg_of_endless_scans_is_refused():
    assert load_image(_progressive_jpeg(50)).size == (8, 8)
    with pytest.raises(ImageError, match="scans"):
        load_image(_progressive_jpeg(101))


def test_a_text_ppm_of_endless_comments_is_refused():
    assert load_image(b"P2 1 1 255\n" + b"#\n" * 1000 + b"9 ").size == (1, 1)
    with pytest.raises(ImageError, match="comments"):
        load_image(b"P2 1 1 255\n" + b"#\n" * 1_000_000 + b"9 ")


@pytest.mark.parametrize("file_format", ["ICO", "TGA", "SGI", "PCX", "DDS", "JPEG2000", "PDF", "EPS", "ICNS"])
def test_other_formats_are_refused(file_format, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a program was started")

    data = encode(Image.new("RGB", (64, 64), RED), file_format)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(ImageError, match="no picture that can be read here"):
        load_image(data)


def test_eps_is_a_picture_to_pil_but_starts_no_program():
    # That PIL, left alone, knows EPS is what makes the test above worth its time.
    assert Image.open(io.BytesIO(encode(Image.new("RGB", (8, 8)), "EPS"))).format == "EPS"


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b" " * 100,
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"<svg/>",
        b"8BPS\0\1",
        pickle.dumps({"GIF89a": b"GIF89a"}),
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ImageError):
        load_image(data)


def load_or_refuse(data: bytes) -> Image.Image | None:
    """The picture, or nothing where it is refused; any other error fails the test."""
    try:
        picture = load_image(data)
    except ImageError:
        return None
    assert picture.mode == "RGB"
    assert len(picture.tobytes()) == 3 * picture.width * picture.height
    return picture


@pytest.mark.parametrize("name", SMALL_FILES)
def test_cut_short_anywhere(name):
    data = SMALL_FILES[name]
    found = [load_or_refuse(data[:length]) for length in range(len(data))]
    assert load_or_refuse(data)
    assert not any(found[: len(data) // 2])


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, SyntaxError, struct.error, zlib.error, AssertionError])
@pytest.mark.parametrize("step", ["_open", "load"])
def test_whatever_a_decoder_raises_is_told(step, error, monkeypatch):
    def fail(picture):
        raise error("as found in some file")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, step, fail)
    with pytest.raises(ImageError):
        load_image(SMALL_FILES["PNG"])


@settings(max_examples=400)
@given(
    name=st.sampled_from(sorted(SMALL_FILES)),
    edits=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_flipped_bytes(name, edits):
    data = bytearray(SMALL_FILES[name])
    for place, value in edits:
        data[place % len(data)] = value
    load_or_refuse(bytes(data))


@settings(max_examples=200)
@given(start=st.sampled_from([b"", *(data[:24] for data in SMALL_FILES.values())]), rest=st.binary(max_size=200))
def test_random_bytes(start, rest):
    load_or_refuse(start + rest)


@pytest.mark.parametrize("row", TORTURE_ROWS, ids=lambda row: row["name"])
def test_torture(row):
    picture = load_or_refuse((TORTURE / row["name"]).read_bytes())
    if row["expected"] == "decodes":
        assert picture is not None
    if row["expected"] == "refuse cleanly":
        assert picture is None
    if picture and row["size"]:
        width, height = map(int, row["size"].split("x"))
        assert picture.size == ((height, width) if int(row["orientation"] or 1) >= 5 else (width, height))
    if picture and "naive convert" in row["note"]:
        assert np.asarray(picture).mean() < 200
