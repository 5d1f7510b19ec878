"""Training data as SageMaker's algorithms read it, and a model archive as its K-Means writes it."""

import gzip
import io
import struct
import tarfile
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

CSV, RECORDIO = "text/csv", "application/x-recordio-protobuf"
_RECORD_MAGIC = 0xCED7230A
_TENSOR_TYPES: dict[int, np.dtype] = {2: np.dtype("<f4"), 3: np.dtype("<f8")}  # by field number in the message Value
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5  # protobuf wire types


class DataError(ValueError):
    """The training data can't be read; the message says what is wrong with it."""


def read_vectors(content_type: str, files: dict[str, bytes]) -> NDArray[np.float32]:
    """The rows of all files, one after the other: (n_rows, n_features) float32.

    content_type : text/csv, with `label_size` columns to drop (1 if it is not said), or recordIO-protobuf.
    Raises DataError, naming the file.
    """
    kind, *options = (part.strip() for part in content_type.lower().split(";"))
    if kind == CSV:
        label_size = {name: size for name, _, size in (option.partition("=") for option in options)}.get("label_size", "1")
        if not label_size.isdecimal():
            raise DataError(f"label_size must be a number of columns, not '{label_size}'")
        tables = {name: _read_csv(data, int(label_size)) for name, data in files.items()}
    elif kind == RECORDIO:
        tables = {name: _read_recordio(name, data) for name, data in files.items()}
    else:
        raise DataError(f"content type '{content_type}' is not supported; use {CSV} or {RECORDIO}")
    tables = {name: table for name, table in tables.items() if len(table)}
    if not tables:
        raise DataError("the channel holds no rows")
    widths = {table.shape[1] for table in tables.values()}
    if len(widths) > 1:
        raise DataError(f"the files hold rows of different lengths: {sorted(widths)}")
    rows = np.concatenate(list(tables.values()))
    if not np.isfinite(rows).all():
        raise DataError("the data contains values that are not finite numbers")
    return rows


def model_archive(name: str, array: NDArray[np.float32]) -> bytes:
    """A .tar.gz with one file, an MXNet list of one unnamed array; the same array gives the same bytes."""
    content = mxnet_list(array)
    entry = tarfile.TarInfo(name)  # its time, owner and mode are constants
    entry.size = len(content)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), compresslevel=1, mtime=0)


def mxnet_list(array: NDArray[np.float32]) -> bytes:
    """What MXNet's `nd.save(file, [array])` would write.

    Source: apache/mxnet, src/ndarray/ndarray.cc, NDArray::Save.
    """
    dense, cpu, device, float32 = 0, 1, 0, 0
    return b"".join([
        struct.pack("<QQQ", 0x112, 0, 1),
        struct.pack("<Iii", 0xF993FAC9, dense, array.ndim),
        struct.pack(f"<{array.ndim}q", *array.shape),
        struct.pack("<iii", cpu, device, float32),
        np.ascontiguousarray(array, "<f4").tobytes(),
        struct.pack("<Q", 0),  # no names
    ])


def _read_csv(data: bytes, label_size: int) -> NDArray[np.float32]:
    if not data.strip():
        return np.empty((0, 0), np.float32)
    try:
        table = np.loadtxt(io.StringIO(data.decode()), dtype=np.float32, delimiter=",", comments=None, ndmin=2)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"unable to read the CSV data: {error}") from error
    return table[:, label_size:]


def _read_recordio(name: str, data: bytes) -> NDArray[np.float32]:
    try:
        rows = [_features(message) for message in _records(data)]
    except (IndexError, KeyError, StopIteration, TypeError, ValueError, struct.error) as error:
        raise DataError(f"unable to read the recordIO-protobuf data of {name}: {error}") from error
    if len({len(row) for row in rows}) > 1:
        raise DataError(f"{name} holds rows of different lengths: {sorted({len(row) for row in rows})}")
    return np.array(rows, dtype=np.float32)


def _records(data: bytes) -> Iterator[memoryview]:
    view, at = memoryview(data), 0
    while at < len(view):
        magic, length = struct.unpack_from("<II", view, at)
        if magic != _RECORD_MAGIC:
            raise ValueError(f"no record starts at byte {at}")
        if length >> 29:
            raise ValueError(f"the record at byte {at} is split into parts, which is not supported")
        at += 8
        if at + length > len(view):
            raise ValueError(f"the record at byte {at - 8} is cut off")
        yield view[at : at + length]
        at += length + (-length % 4)


def _features(message: memoryview) -> NDArray:
    """The values of the feature called "values" in a Record message."""
    for entry in (content for field, content in _fields(message) if field == 1):
        members = dict(_fields(entry))
        if bytes(members.get(1, b"")) == b"values":
            field, tensor = next(_fields(members[2]))
            if field not in _TENSOR_TYPES:
                raise ValueError("the vectors are neither float32 nor float64 tensors")
            return _tensor(tensor, _TENSOR_TYPES[field])
    raise ValueError('a record has no feature "values"')


def _tensor(message: memoryview, dtype: np.dtype) -> NDArray:
    """A dense vector; its numbers stand together in one field, or each in a field of its own."""
    fields = list(_fields(message))
    if any(field == 2 for field, _ in fields):
        raise ValueError("sparse vectors are not supported")
    return np.frombuffer(b"".join(content for field, content in fields if field == 1), dtype)


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Field numbers and contents of a protobuf message; varints, of which we need none, come without content."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire_type = tag & 7
        if wire_type == _VARINT:
            _, at = _varint(message, at)
            length = 0
        elif wire_type == _LENGTH:
            length, at = _varint(message, at)
        elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if wire_type == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"unknown protobuf wire type {wire_type}")
        if at + length > len(message):
            raise ValueError("a protobuf field is cut off")
        yield tag >> 3, message[at : at + length]
        at += length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
