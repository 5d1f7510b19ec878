"""Reading training data and writing models, against hand-made bytes and the helpers on the other side of the wire."""

import io
import struct
import tarfile

import numpy as np
import pytest

from helpers.kmeans_formats import centroids_in_archive, to_csv, to_recordio
from helpers.local.services.sagemaker.formats import DataError, model_archive, mxnet_list, read_vectors

CSV, RECORDIO = "text/csv;label_size=0", "application/x-recordio-protobuf"
ROWS = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)


def record(message: bytes) -> bytes:
    return struct.pack("<II", 0xCED7230A, len(message)) + message + bytes(-len(message) % 4)


@pytest.mark.parametrize(("content_type", "encode"), [(CSV, to_csv), (RECORDIO, to_recordio)])
def test_what_helpers_write_is_read_back_file_after_file(content_type, encode):
    files = {"a": encode(ROWS[:2]), "b": b"", "c": encode(ROWS[2:])}
    assert np.array_equal(read_vectors(content_type, files), ROWS)


def test_csv_without_label_size_loses_its_first_column():
    assert np.array_equal(read_vectors("text/csv", {"a": to_csv(ROWS)}), ROWS[:, 1:])
    assert np.array_equal(read_vectors("text/csv; label_size=2", {"a": to_csv(ROWS)}), ROWS[:, 2:])


def test_other_spellings_of_a_protobuf_record_are_read():
    floats = struct.pack("<2d", 1.5, -2.0)
    in_float64 = b"\x0a\x1e" + b"\x0a\x06values" + b"\x12\x14" + b"\x1a\x12" + b"\x0a\x10" + floats
    one_by_one = b"\x0d" + struct.pack("<f", 1.5) + b"\x0d" + struct.pack("<f", -2.0)
    unpacked = b"\x0a\x16" + b"\x0a\x06values" + b"\x12\x0c" + b"\x12\x0a" + one_by_one
    with_uid = unpacked + b"\x1a\x02id"
    data = record(in_float64) + record(unpacked) + record(with_uid)
    assert read_vectors(RECORDIO, {"a": data}).tolist() == [[1.5, -2.0]] * 3


@pytest.mark.parametrize(
    ("content_type", "data", "reason"),
    [
        ("image/png", b"x", "not supported"),
        ("text/csv;label_size=x", b"1,2", "label_size"),
        (CSV, b"", "no rows"),
        (CSV, b"a,b\n1,2\n", "unable to read the CSV"),
        (CSV, b"1,2\n1,2,3\n", "unable to read the CSV"),
        (CSV, b"\xff\xfe", "unable to read the CSV"),
        (CSV, b"1,nan\n", "not finite"),
        (RECORDIO, b"1,2\n3,4\n5", "no record starts"),
        (RECORDIO, to_recordio(ROWS)[:-9], "cut off"),
        (RECORDIO, to_recordio(ROWS)[:5], "unable to read"),
        (RECORDIO, to_recordio(ROWS) + to_recordio(ROWS[:, 1:]), "different lengths"),
        (RECORDIO, record(b"\x0a\x04\x0a\x02ab"), 'no feature "values"'),
        (RECORDIO, record(b"\x0a\x08\x0a\x06values"), "unable to read"),
        (RECORDIO, record(b"\x0a\xff\xff\xff"), "unable to read"),
    ],
)
def test_unreadable_data_is_refused_with_a_reason(content_type, data, reason):
    with pytest.raises(DataError, match=reason):
        read_vectors(content_type, {"part-0": data})


def test_random_bytes_are_refused_and_never_crash():
    rng, good = np.random.default_rng(0), to_recordio(ROWS[:1])
    refused = 0
    for _ in range(300):
        broken = bytearray(good)
        broken[rng.integers(0, 30)] = rng.integers(0, 256)
        try:
            read_vectors(RECORDIO, {"a": bytes(broken)})
        except DataError:
            refused += 1
    assert refused > 100


def test_files_of_different_width_do_not_mix():
    with pytest.raises(DataError, match="different lengths"):
        read_vectors(CSV, {"a": b"1,2\n", "b": b"1,2,3\n"})


def test_the_mxnet_list_starts_with_the_known_bytes():
    data = mxnet_list(np.ones((2, 3), np.float32))
    assert data[:56].hex() == (
        "1201000000000000000000000000000001000000000000"
        "00c9fa93f900000000020000000200000000000000030000000000000001000000"
    )
    assert len(data) == 56 + 8 + 2 * 3 * 4 + 8


def test_the_archive_holds_one_file_and_is_repeatable():
    centroids = ROWS[:3]
    data = model_archive("model_algo-1", centroids)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        assert archive.getnames() == ["model_algo-1"]
    assert np.array_equal(centroids_in_archive(data), centroids)
    assert model_archive("model_algo-1", centroids) == data
