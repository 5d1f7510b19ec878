"""The file formats of SageMaker's K-Means: vectors as it reads them, centroids as it writes them.

SageMaker SDK v3 has no code for either. Both are small enough to read byte by byte, and MXNet, which wrote the model
format, is retired.
"""

import io
import struct
import tarfile
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MODEL_FILE = "model_algo-1"  # unconfirmed: which other files the archive holds, so this one is found by its name
RECORD_MAGIC = 0xCED7230A
LIST_MAGIC = 0x112
ARRAY_V1, ARRAY_V2, ARRAY_V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
_TYPES = {0: "<f4", 1: "<f8", 2: "<f2", 3: "u1", 4: "<i4", 5: "i1", 6: "<i8"}
_FLOAT32_TENSOR = 2  # field number in the protobuf message Value


def to_recordio(vectors: NDArray[np.floating]) -> bytes:
    """The vectors (n_items, n_features) as recordIO-protobuf: binary, a third of the size of CSV.

    A record is a magic number, a length, a protobuf message {features: {"values": float32 tensor}}, and zeros up to
    the next multiple of four bytes. Content type: application/x-recordio-protobuf.

    Source: SageMaker guide, "Common Data Formats for Training"; MXNet's recordio.h.
    """
    rows = np.ascontiguousarray(vectors, dtype="<f4")
    if rows.ndim != 2:
        raise ValueError(f"vectors must have the shape (n_items, n_features); these have {rows.shape}")
    n_bytes = rows.shape[1] * 4
    # Each message wraps the one before; as all rows are equally long, all records start alike.
    message = _prefix(1, n_bytes)  # Float32Tensor.values, packed
    message = _prefix(_FLOAT32_TENSOR, len(message) + n_bytes) + message
    message = _prefix(1, 6) + b"values" + _prefix(2, len(message) + n_bytes) + message  # a map entry: key, value
    message = _prefix(1, len(message) + n_bytes) + message  # Record.features
    length = len(message) + n_bytes
    start = struct.pack("<II", RECORD_MAGIC, length) + message
    end = bytes(-length % 4)
    return b"".join(start + row.tobytes() + end for row in rows)


def to_csv(vectors: NDArray[np.floating]) -> bytes:
    """The vectors as lines of numbers, without header and label; nine digits keep every float32 exact.

    Content type: text/csv;label_size=0. Without `label_size=0` K-Means takes the first column for a label.
    """
    lines = (",".join(f"{number:.9g}" for number in row) for row in np.asarray(vectors, np.float32).tolist())
    return ("\n".join(lines) + "\n").encode()


def centroids_in_archive(archive: bytes) -> NDArray[np.float32]:
    """The centroids (k, n_features) in the bytes of a K-Means `model.tar.gz`.

    Raises ValueError when the archive holds no K-Means model.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:  # read in memory: nothing is unpacked to a path
            names = files.getnames()
            found = [name for name in names if name.rpartition("/")[2] == MODEL_FILE]
            content = files.extractfile(found[0]) if found else None
            if content is None:
                raise ValueError(f"this archive holds {', '.join(names) or 'nothing'} but no {MODEL_FILE}: not K-Means")
            arrays = list(arrays_in_mxnet_list(content.read()))
    except (tarfile.TarError, EOFError, OSError, zlib.error, struct.error, KeyError) as error:
        raise ValueError(f"this is no readable model.tar.gz ({error}); train again, or fetch the job's own file") from error
    if len(arrays) != 1 or arrays[0].ndim != 2:
        raise ValueError(f"{MODEL_FILE} should hold one matrix; it holds {[array.shape for array in arrays]}")
    return arrays[0].astype(np.float32)


def arrays_in_mxnet_list(data: bytes) -> Iterator[NDArray]:
    """The dense arrays in a file that MXNet's `nd.save` wrote (little-endian throughout).

    Source: apache/mxnet, src/ndarray/ndarray.cc, NDArray::Load and NDArray::LegacyLoad.
    """
    file = _Reader(data)
    magic, _, n_arrays = file.take("<QQQ")
    if magic != LIST_MAGIC:
        raise ValueError(f"not an MXNet array list: it starts with {magic:#x} instead of {LIST_MAGIC:#x}")
    for _ in range(n_arrays):
        (version,) = file.take("<I")
        if version in (ARRAY_V2, ARRAY_V3):
            (storage,) = file.take("<i")
            if storage != 0:
                raise ValueError(f"the array is stored as sparse type {storage}; only dense arrays can be read")
        if version in (ARRAY_V1, ARRAY_V2, ARRAY_V3):
            (n_dimensions,) = file.take("<i")
            shape = file.take(f"<{n_dimensions}q")
        else:  # before there were versions, the number of dimensions stood here
            shape = file.take(f"<{version}I")
        _, _, type_code = file.take("<iii")  # device type and number first
        dtype = np.dtype(_TYPES[type_code])
        yield np.frombuffer(file.bytes(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape)


class _Reader:
    """Bytes read from front to back."""

    def __init__(self, data: bytes):
        self._data, self._at = data, 0

    def bytes(self, n: int) -> bytes:
        part = self._data[self._at : self._at + n]
        if len(part) < n:
            raise ValueError(f"the file ends after {len(self._data)} bytes, in the middle of an array")
        self._at += n
        return part

    def take(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))


def _prefix(field: int, length: int) -> bytes:
    """What stands before a protobuf field of `length` bytes: its number and type, then the length as a varint."""
    varint = bytearray()
    while length > 0x7F:
        varint.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([field << 3 | 2, *varint, length])
