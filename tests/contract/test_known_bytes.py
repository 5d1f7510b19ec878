"""Files that AWS reads and writes, against bytes written out by hand from the definitions of their formats.

MXNet: src/ndarray/ndarray.cc (NDArray::Save, Load, LegacyLoad). RecordIO: dmlc-core's recordio.h; the message in it is
`Record` of SageMaker's "Common Data Formats for Training". All numbers are little-endian.
"""

from __future__ import annotations

import numpy as np
import pytest

from helpers.kmeans_formats import arrays_in_mxnet_list, to_recordio
from helpers.local.services.sagemaker.formats import mxnet_list, read_vectors

MATRIX = np.array([[1.0, 2.0, -0.5], [3.25, 0.0, 100.0]], np.float32)
NUMBERS = "0000803f 00000040 000000bf  00005040 00000000 0000c842"
ONE_ARRAY = "1201000000000000 0000000000000000 0100000000000000"  # magic 0x112, reserved, how many arrays
TWO_BY_THREE = "0200000000000000 0300000000000000"
ON_CPU = "01000000 00000000"
NO_NAMES = "0000000000000000"

V2 = f"{ONE_ARRAY} c9fa93f9 00000000 02000000 {TWO_BY_THREE} {ON_CPU} 00000000 {NUMBERS} {NO_NAMES}"
LISTS = {
    "V1": f"{ONE_ARRAY} c8fa93f9 02000000 {TWO_BY_THREE} {ON_CPU} 00000000 {NUMBERS} {NO_NAMES}",  # no storage type
    "V2": V2,
    "V3": V2.replace("c9fa93f9", "cafa93f9"),  # shapes as NumPy has them
    "legacy": f"{ONE_ARRAY} 02000000 02000000 03000000 {ON_CPU} 00000000 {NUMBERS} {NO_NAMES}",  # short dimensions
    "named": V2.removesuffix(NO_NAMES) + "0100000000000000 0100000000000000 63",  # one name, one letter: c
}
TYPES = {  # code in the file, the numbers 1, 2, 3
    "float32": "00000000 0000803f 00000040 00004040",
    "float64": "01000000 000000000000f03f 0000000000000040 0000000000000840",
    "float16": "02000000 003c 0040 0042",
    "uint8": "03000000 01 02 03",
    "int32": "04000000 01000000 02000000 03000000",
    "int8": "05000000 01 02 03",
    "int64": "06000000 0100000000000000 0200000000000000 0300000000000000",
}

# One record of the row 1, 2, -0.5 and one of the row 3.25, 0, 100: features {"values": float32_tensor}.
RECORDIO = (
    "0a23d7ce 1c000000  0a1a 0a06 76616c756573 1210 120e 0a0c 0000803f 00000040 000000bf"
    "0a23d7ce 1c000000  0a1a 0a06 76616c756573 1210 120e 0a0c 00005040 00000000 0000c842"
)
# A label, a uid and the row 1.5: 28 bytes and one letter, so three zeros fill the last four bytes.
WITH_LABEL_AND_UID = (
    "0a23d7ce 2d000000"
    "0a12 0a06 76616c756573 1208 1206 0a04 0000c03f"  # features
    "1212 0a06 76616c756573 1208 1206 0a04 00000040"  # label: 2
    "1a03 616263"  # uid: abc
    "000000"
)


@pytest.mark.parametrize("version", LISTS)
def test_every_version_of_mxnets_list_is_read(version):
    (array,) = arrays_in_mxnet_list(bytes.fromhex(LISTS[version]))
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, MATRIX)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_of_number_is_read(name):
    header = f"{ONE_ARRAY} c9fa93f9 00000000 01000000 0300000000000000 {ON_CPU}"
    (array,) = arrays_in_mxnet_list(bytes.fromhex(f"{header} {TYPES[name]} {NO_NAMES}"))
    assert array.dtype == np.dtype(name)
    assert array.tolist() == [1, 2, 3]


def test_several_arrays_of_different_versions_stand_in_one_list():
    arrays = "c8fa93f9 02000000 {0} {1} 00000000 {2}  c9fa93f9 00000000 02000000 {0} {1} 00000000 {2}"
    two = ONE_ARRAY[:-16] + "0200000000000000" + arrays.format(TWO_BY_THREE, ON_CPU, NUMBERS) + NO_NAMES
    first, second = arrays_in_mxnet_list(bytes.fromhex(two))
    np.testing.assert_array_equal(first, MATRIX)
    np.testing.assert_array_equal(second, MATRIX)


def test_sparse_arrays_are_refused_by_name():
    with pytest.raises(ValueError, match="sparse type 1"):
        list(arrays_in_mxnet_list(bytes.fromhex(V2.replace("c9fa93f9 00000000", "c9fa93f9 01000000"))))


def test_the_stand_in_writes_what_the_container_writes():
    assert mxnet_list(MATRIX) == bytes.fromhex(V2)


def test_the_stand_in_writes_the_same_bytes_whatever_the_arrays_memory_looks_like():
    assert mxnet_list(np.asfortranarray(MATRIX)) == mxnet_list(MATRIX.astype(np.float64)) == bytes.fromhex(V2)


def test_rows_are_written_as_records():
    assert to_recordio(MATRIX) == bytes.fromhex(RECORDIO)
    assert to_recordio(MATRIX.astype(np.float64)) == bytes.fromhex(RECORDIO)


def test_lengths_above_127_take_two_bytes():
    """30 numbers are 120 bytes; their three wrappers make 122, 124 and, with the name, 134: only the last is long."""
    data = to_recordio(np.zeros((1, 30), np.float32))
    assert data[:29] == bytes.fromhex("0a23d7ce 89000000  0a8601 0a06 76616c756573 127c 127a 0a78 00000000")
    assert len(data) == 8 + 0x89 + 3


def test_records_are_read_by_the_stand_in():
    read = read_vectors("application/x-recordio-protobuf", {"part-0": bytes.fromhex(RECORDIO)})
    np.testing.assert_array_equal(read, MATRIX)


def test_labels_uids_and_padding_are_passed_over():
    data = bytes.fromhex(WITH_LABEL_AND_UID * 2)
    assert read_vectors("application/x-recordio-protobuf", {"part-0": data}).tolist() == [[1.5], [1.5]]
