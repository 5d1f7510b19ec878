"""Byte by byte against layouts that were written out by hand from the formats' definitions."""

import io
import struct
import tarfile

import numpy as np
import pytest

from helpers.kmeans_formats import arrays_in_mxnet_list, centroids_in_archive, to_csv, to_recordio

MATRIX = np.array([[1.0, 2.0], [-0.5, 3.25], [0.0, 100.0]], np.float32)
LIST_HEADER = "1201000000000000 0000000000000000 0100000000000000"
MATRIX_V2 = bytes.fromhex(
    LIST_HEADER
    + "c9fa93f9 00000000 02000000 0300000000000000 0200000000000000 01000000 00000000 00000000"
    + "0000803f 00000040 000000bf 00005040 00000000 0000c842"
    + "0000000000000000"
)


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def test_a_recordio_record_is_what_the_protobuf_definition_says():
    expected = bytes.fromhex(
        "0a23d7ce 18000000"  # magic 0xCED7230A, 24 bytes follow
        "0a16"  # Record.features, a map entry of 22 bytes
        "0a06 76616c756573"  # its key: "values"
        "120c"  # its value, 12 bytes
        "120a"  # Value.float32_tensor, 10 bytes
        "0a08 0000803f 00000040"  # Float32Tensor.values: 1.0 and 2.0, packed
    )
    assert to_recordio(MATRIX[:1]) == expected


def test_recordio_pads_records_to_four_bytes():
    data = to_recordio(np.ones((2, 29), np.float32))
    _, length = struct.unpack_from("<II", data)
    assert length == 133  # 29 floats, and 17 bytes around them: the outermost length, 130, takes two
    second = 8 + length + (-length % 4)
    assert struct.unpack_from("<I", data, second)[0] == 0xCED7230A
    assert len(data) == 2 * second


def test_recordio_needs_a_table():
    with pytest.raises(ValueError, match="n_items"):
        to_recordio(np.ones(3))


def test_csv_has_no_header_and_keeps_every_float32():
    numbers = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    text = to_csv(numbers).decode()
    assert to_csv(MATRIX) == b"1,2\n-0.5,3.25\n0,100\n"
    assert np.array_equal(np.loadtxt(io.StringIO(text), delimiter=",").astype(np.float32), numbers)


def test_an_mxnet_list_is_read_as_its_layout_says():
    (array,) = arrays_in_mxnet_list(MATRIX_V2)
    assert np.array_equal(array, MATRIX)


@pytest.mark.parametrize(
    "header",
    [
        "cafa93f9 00000000 02000000 0300000000000000 0200000000000000",  # V3
        "c8fa93f9 02000000 0300000000000000 0200000000000000",  # V1: no storage type
        "02000000 03000000 02000000",  # older still: the number of dimensions, short dimensions
    ],
    ids=["V3", "V1", "legacy"],
)
def test_other_versions_of_the_layout_are_read_too(header):
    data = bytes.fromhex(LIST_HEADER + header + "01000000 00000000 01000000") + MATRIX.astype("<f8").tobytes()
    (array,) = arrays_in_mxnet_list(data + bytes(8))
    assert np.array_equal(array, MATRIX)


def test_centroids_are_found_by_name_among_other_files():
    found = centroids_in_archive(archive(**{"log.txt": b"hello", "model_algo-1": MATRIX_V2}))
    assert np.array_equal(found, MATRIX)
    assert found.dtype == np.float32


def test_what_is_no_model_is_refused_with_a_reason():
    with pytest.raises(ValueError, match=r"log\.txt but no model_algo-1"):
        centroids_in_archive(archive(**{"log.txt": b"hello"}))
    with pytest.raises(ValueError, match="not an MXNet array list"):
        list(arrays_in_mxnet_list(b"x" * 100))
    with pytest.raises(ValueError, match="ends after"):
        list(arrays_in_mxnet_list(MATRIX_V2[:-20]))
