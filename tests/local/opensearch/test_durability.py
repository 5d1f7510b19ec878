"""Kernels that are killed, and kernels that share the folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from opensearchpy import TransportError
from vectors_of_a_kind import clustered

from helpers.local.opensearch.catalog import Catalog
from helpers.local.opensearch.errors import OpenSearchError
from helpers.local.store import Store

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
from opensearchpy import OpenSearch
from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from pathlib import Path

folder, name, n_bulks = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(folder))
for bulk in range(n_bulks):
    lines = []
    for number in range(20):
        doc_id = f"{name}-{bulk}-{number}"
        lines += [{"index": {"_index": "pictures", "_id": doc_id}},
                  {"image_id": doc_id, "image_vector": [bulk, number, len(name)] + [0.5] * 253}]
    assert not client.bulk(body=lines)["errors"]
    print(bulk, flush=True)
"""


def start(folder, name, n_bulks):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", WRITER, str(folder), name, str(n_bulks)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def check_vectors(client, name, bulk):
    source = client.get(index="pictures", id=f"{name}-{bulk}-7")["_source"]
    assert source["image_vector"][:3] == [float(bulk), 7.0, float(len(name))]


def test_what_was_acknowledged_survives_kill_9(client, connect, pictures, tmp_path):
    pictures(256)
    for attempt in range(3):
        name = f"w{attempt}"
        writer = start(tmp_path, name, 10_000)
        for _ in range(3 + attempt):
            acknowledged = int(writer.stdout.readline())
        time.sleep(0.003 * attempt)
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0].split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        survivor = connect()
        survivor.indices.refresh(index="pictures")
        query = {"query": {"ids": {"values": [f"{name}-{b}-{n}" for b in range(acknowledged + 1) for n in range(20)]}}}
        assert survivor.count(index="pictures", body=query)["count"] == 20 * (acknowledged + 1)
        for bulk in range(acknowledged + 1):
            check_vectors(survivor, name, bulk)


def test_half_a_line_and_half_a_vector_are_forgotten(client, connect, pictures, put, tmp_path):
    pictures()
    put("pictures", [{"image_vector": [1, 2, 3]}, {"image_vector": [4, 5, 6]}])
    with open(tmp_path / "pictures" / "documents.jsonl", "ab") as file:
        file.write(b'{"id":"torn","version":1,"sour')
    with open(tmp_path / "pictures" / "image_vector.float32", "ab") as file:
        file.write(b"\0\0\0\0\0")
    other = connect()
    assert other.count(index="pictures")["count"] == 2
    other.index(index="pictures", id="2", body={"image_vector": [7, 8, 9]}, refresh=True)
    for reader in (client, connect()):
        assert reader.count(index="pictures")["count"] == 3
        assert reader.get(index="pictures", id="2")["_source"]["image_vector"] == [7.0, 8.0, 9.0]
        assert not reader.exists(index="pictures", id="torn")


def test_vectors_of_a_bulk_that_was_killed_take_no_space(client, connect, pictures, put, tmp_path):
    pictures()
    put("pictures", [{"image_vector": [1, 2, 3]}])
    file = tmp_path / "pictures" / "image_vector.float32"
    with open(file, "ab") as vectors:
        vectors.write(np.arange(300, dtype="<f4").tobytes())  # the lines that would name them were never written
    other = connect()
    other.index(index="pictures", id="1", body={"image_vector": [4, 5, 6]}, refresh=True)
    assert np.fromfile(file, dtype="<f4").tolist() == [1, 2, 3, 4, 5, 6]
    assert client.get(index="pictures", id="1")["_source"]["image_vector"] == [4, 5, 6]


def test_a_killed_deletion_is_finished_by_the_next_one(client, pictures, tmp_path):
    (tmp_path / ".deleted-half").mkdir()
    pictures()
    client.indices.delete(index="pictures")
    assert list(tmp_path.glob(".deleted-*")) == []


def test_two_processes_write_into_one_index(client, pictures, tmp_path):
    pictures(256)
    writers = [start(tmp_path, name, 15) for name in ("a", "bb")]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    client.indices.refresh(index="pictures")
    assert client.count(index="pictures")["count"] == 2 * 15 * 20
    for name in ("a", "bb"):
        for bulk in range(15):
            check_vectors(client, name, bulk)


def test_the_next_kernel_finds_the_graph_and_the_same_neighbours(client, connect, pictures, put, tmp_path, ids):
    vectors = clustered(600)
    pictures(32)
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])
    body = {"size": 50, "query": {"knn": {"image_vector": {"vector": clustered(1, seed=3)[0].tolist(), "k": 50}}}}
    first = client.search(index="pictures", body=body)["hits"]
    [graph] = (tmp_path / "pictures").glob("*.hnsw")
    written = graph.stat().st_mtime_ns
    assert connect().search(index="pictures", body=body)["hits"] == first
    assert graph.stat().st_mtime_ns == written
    graph.write_bytes(b"spoilt")
    assert connect().search(index="pictures", body=body)["hits"] == first


def test_nothing_is_written_into_an_index_that_was_made_anew_meanwhile(tmp_path):
    catalog, other = Catalog(Store(tmp_path)), Catalog(Store(tmp_path))
    catalog.create("pictures", {})
    opened = catalog.open("pictures")
    other.delete(other.open("pictures"))
    other.create("pictures", {})
    with pytest.raises(OpenSearchError, match="no such index"), opened.writing():
        pass


def test_another_kernel_sees_documents_and_fields_at_once(client, connect, pictures):
    pictures(dynamic=True)
    other = connect()
    assert other.count(index="pictures")["count"] == 0
    client.index(index="pictures", id="1", body={"mood": "calm"}, refresh=True)
    assert other.count(index="pictures", body={"query": {"match": {"mood": "Calm"}}})["count"] == 1


def test_the_files_can_be_read_by_people(client, pictures, put, tmp_path):
    pictures()
    put("pictures", [{"image_id": "a", "title": "Café", "image_vector": [1, 2, 3]}])
    line = (tmp_path / "pictures" / "documents.jsonl").read_text(encoding="utf-8")
    assert line == '{"id":"0","version":1,"source":{"image_id":"a","title":"Café"},"rows":{"image_vector":0}}\n'


def test_a_deleted_index_leaves_no_file(client, pictures, put, tmp_path):
    pictures()
    put("pictures", [{"image_vector": [1, 2, 3]}])
    client.indices.delete(index="pictures")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []


def test_another_kernel_sees_that_an_index_was_made_anew(client, connect, pictures, put):
    pictures(3)
    put("pictures", [{"image_vector": [1, 2, 3]}])
    other = connect()
    assert other.count(index="pictures")["count"] == 1
    client.indices.delete(index="pictures")
    pictures(2)
    assert other.count(index="pictures")["count"] == 0
    other.index(index="pictures", body={"image_vector": [1, 2]}, refresh=True)
    assert client.count(index="pictures")["count"] == 1


def test_names_never_leave_the_folder(client, tmp_path):
    with pytest.raises(TransportError):
        client.transport.perform_request("PUT", "/..%2Foutside")
    assert not (tmp_path.parent / "outside").exists()


def test_indexing_the_same_pictures_again_costs_no_vectors(client, pictures, put, tmp_path):
    pictures()
    documents = [{"image_vector": [n, 1, 2]} for n in range(50)]
    put("pictures", documents)
    size = (tmp_path / "pictures" / "image_vector.float32").stat().st_size
    put("pictures", documents)
    assert (tmp_path / "pictures" / "image_vector.float32").stat().st_size == size == 50 * 3 * 4
    assert client.count(index="pictures")["count"] == 50
