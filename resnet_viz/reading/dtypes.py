"""Shapes, and the dtypes of tensors by torch's short names, their sizes, and what files call them."""

from __future__ import annotations

from collections.abc import Mapping

# numpy's limits for both: products of these stay quick.
_MAX_AXES, _END = 64, 2**63

ITEM_SIZES: Mapping[str, int] = {
    **dict.fromkeys(("float64", "double", "int64", "long", "uint64", "complex64", "cfloat"), 8),
    **dict.fromkeys(("float32", "float", "int32", "int", "uint32", "complex32", "chalf", "bcomplex32", "qint32"), 4),
    **dict.fromkeys(("float16", "half", "bfloat16", "int16", "short", "uint16", "bits16"), 2),
    **dict.fromkeys(("complex128", "cdouble"), 16),
    **dict.fromkeys(("bool", "int8", "uint8", "qint8", "quint8", "quint4x2", "quint2x4"), 1),
    **dict.fromkeys(("bit", "bits8", "bits4x2", "bits2x4", "bits1x8"), 1),
    **dict.fromkeys(("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"), 1),
    **dict.fromkeys(("float4_e2m1fn_x2", *(f"{kind}{n}" for kind in ("int", "uint") for n in range(1, 8))), 1),
}
"""Bytes of one element, by each name that torch has for a dtype."""

STORAGES: Mapping[str, str] = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "QInt8Storage": "qint8",
    "QInt32Storage": "qint32",
    "QUInt8Storage": "quint8",
    "QUInt4x2Storage": "quint4x2",
    "QUInt2x4Storage": "quint2x4",
}
"""The dtype of each of torch's storage classes."""

SAFETENSORS: Mapping[str, str] = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu",
    "U16": "uint16",
    "I16": "int16",
    "F16": "float16",
    "BF16": "bfloat16",
    "U32": "uint32",
    "I32": "int32",
    "F32": "float32",
    "U64": "uint64",
    "I64": "int64",
    "F64": "float64",
    "C64": "complex64",
}
"""What safetensors calls them."""

# A dtype's letter and size as numpy writes it, behind the sign of its byte order.
_NUMPY: Mapping[str, str] = {
    "b1": "bool",
    **{f"i{n}": f"int{8 * n}" for n in (1, 2, 4, 8)},
    **{f"u{n}": f"uint{8 * n}" for n in (1, 2, 4, 8)},
    **{f"f{n}": f"float{8 * n}" for n in (2, 4, 8)},
    **{f"c{n}": f"complex{8 * n}" for n in (8, 16)},
}


def numpy_dtype(written: object) -> str | None:
    """Returns the dtype that numpy writes as `<f4`; None for text, objects, records and what torch does not have."""
    return _NUMPY.get(written.lstrip("<>|=")) if isinstance(written, str) else None


def is_shape(shape: object) -> bool:
    """Whether these are the sizes of an array: not too many whole numbers, none below zero or beyond 64 bits."""
    if not isinstance(shape, list | tuple) or len(shape) > _MAX_AXES:
        return False
    # Not all() of a generator, which takes three times as long: each tensor of a file is asked about twice.
    for size in shape:  # noqa: SIM110
        if type(size) is not int or not 0 <= size < _END:
            return False
    return True
