"""Files that are damaged, lie about their lengths or swell, made from good ones."""

import gzip
import io
import pickle
import struct
import warnings
import zipfile
from collections.abc import Callable

import numpy as np

from tests.reading.made_files import STATE, arrays, npz, pth, safe, zipped

NPZ = npz(arrays(STATE))
MEMBERS = {name: zipfile.ZipFile(io.BytesIO(NPZ)).read(name) for name in zipfile.ZipFile(io.BytesIO(NPZ)).namelist()}
PICKLE = pickle.dumps(arrays(STATE), 4)
ZEROS = bytes(20 * 2**20)


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An npz, one member as `change` will have it."""
    return zipped({**MEMBERS, f"{name}.npy": change(MEMBERS[f"{name}.npy"])}, zipfile.ZIP_STORED)


def _other_header(text: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body[:8] + struct.pack("<H", len(text)) + text + body[-40:]


def _header(shape: str, descr: str = "'<f4'") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".encode()


def _twice() -> bytes:
    file = io.BytesIO(NPZ)
    with warnings.catch_warnings(), zipfile.ZipFile(file, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("fc.bias.npy", MEMBERS["bn1.bias.npy"])
    return file.getvalue()


def bad_files() -> dict[str, bytes]:
    """Files by what is wrong with them."""
    data, good = MEMBERS["fc.bias.npy"], safe(STATE)
    header = good[8 : 8 + int.from_bytes(good[:8], "little")]
    array = pickle.dumps({"a": np.arange(10, dtype="float32")}, 4)
    again = header.replace(b'"bn1.bias"', b'"fc.bias"').ljust(len(header))
    return {
        "npz: a shape of another size": changed("fc.bias", _other_header(_header("(11,)"))),
        "npz: a huge shape": changed("fc.bias", _other_header(_header("(1180591620717411303424,)"))),
        "npz: sizes below zero": changed("fc.bias", _other_header(_header("(-10,)"))),
        "npz: a header that calls": changed("fc.bias", _other_header(_header("__import__('os').getpid()"))),
        "npz: nested brackets": changed("fc.bias", _other_header(b"[" * 9_000)),
        "npz: a header longer than the array": changed("fc.bias", lambda body: body[:8] + b"\xff\xff" + body[10:]),
        "npz: no array": changed("fc.bias", lambda _body: b"text"),
        "npz: an array cut short": changed("fc.bias", lambda body: body[:-1]),
        "npz: a name twice": _twice(),
        "npz: a bomb": zipped({"a.npy": data + ZEROS}),
        "zip: a bomb": zipped({"a.pth": pth(STATE) + ZEROS}),
        "gzip: a bomb": gzip.compress(ZEROS),
        "gzip: cut short": gzip.compress(pth(STATE))[:-9],
        "gzip: of nothing": gzip.compress(b""),
        "gzip: something behind": gzip.compress(pth(STATE)) + b"more",
        "zip: a flipped byte in the pickle": pth(STATE).replace(b"bn1.bias", b"bn2.bias", 1),
        "safetensors: a name twice": good.replace(header, again),
        "safetensors: places that are no numbers": good.replace(b"[0,", b"[0.0,").replace(b" ", b"", 2),
        "pickle: cut short": PICKLE[:-20],
        "pickle: two of them": PICKLE + PICKLE,
        "pickle: an array of fewer bytes": array.replace(b"K\x0a\x85", b"K\x0b\x85"),
        "pickle: the same bytes many times": _again(300),
        "pickle: a storage that is no file": b"\x80\x02ctorch.storage\n_load_from_bytes\nK\x03\x85R.",
    }


def _again(n_times: int) -> bytes:
    """A pickle that has a text's bytes made many times, from one text."""
    text = b"X" + struct.pack("<I", 100_000) + b"a" * 100_000
    encoding = b"X\x06\x00\x00\x00latin1"
    return b"\x80\x04(c_codecs\nencode\n\x94" + text + encoding + b"\x86\x94" + b"h\x00h\x01R" * n_times + b"."
