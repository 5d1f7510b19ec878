"""Planned faults: as many as the plan says, the same ones for the same calls, and none that was not asked for."""

from __future__ import annotations

import threading

import pytest
from opensearchpy import ConnectionTimeout, TransportError

from helpers.disk import DiskError
from helpers.faults import FaultPlan
from helpers.index_flavours import FLAVOURS
from helpers.local.cloud import LocalCloud
from helpers.local.faults import PlannedFaults
from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from helpers.local.store import Store
from helpers.opensearch_client import PatientClient
from helpers.vector_index import VECTOR_FIELD, IndexingError, create_index, index_images, knn_search


def kinds(plan: FaultPlan, root, calls) -> list[str]:
    faults = PlannedFaults(plan, root)
    return [faults.passing(call) for call in calls]


def test_the_same_calls_meet_the_same_faults(tmp_path):
    plan = FaultPlan(throttling=0.3, server=0.05, timeouts=0.02, seed=3)
    calls = ["s3.put_object", "s3.get_object"] * 500
    assert kinds(plan, tmp_path, calls) == kinds(plan, tmp_path, calls)
    assert kinds(plan, tmp_path, calls) != kinds(FaultPlan(throttling=0.3, server=0.05, timeouts=0.02, seed=4), tmp_path, calls)


def test_what_one_operation_meets_does_not_depend_on_the_others(tmp_path):
    plan = FaultPlan(throttling=0.3, seed=3)
    alone = kinds(plan, tmp_path, ["s3.put_object"] * 100)
    assert kinds(plan, tmp_path, ["s3.put_object", "sts.get_caller_identity"] * 100)[::2] == alone


def test_rates_are_the_plan_s(tmp_path):
    found = kinds(FaultPlan(throttling=0.3, server=0.05, timeouts=0.1), tmp_path, ["a"] * 10_000)
    assert [round(found.count(kind) / 10_000, 2) for kind in ("throttling", "server", "timeouts")] == [0.3, 0.05, 0.1]


def test_threads_meet_as_many_as_one_does(tmp_path):
    faults = PlannedFaults(FaultPlan(throttling=0.3, seed=5), tmp_path)
    threads = [threading.Thread(target=lambda: [faults.passing("a") for _ in range(250)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults.met["throttling"] == kinds(FaultPlan(throttling=0.3, seed=5), tmp_path, ["a"] * 1000).count("throttling")


@pytest.mark.parametrize("kind", ["training", "imports", "versions"])
def test_a_counted_fault_is_counted_across_kernels(tmp_path, kind):
    plan = FaultPlan(**{kind: 2})
    met = [bool(PlannedFaults(plan, tmp_path).reason_to_fail(kind)) for _ in range(4)]
    assert met == [True, True, False, False]
    assert not any(PlannedFaults(plan, tmp_path).reason_to_fail(other) for other in {"training", "imports", "versions"} - {kind})


def test_a_full_disk_is_met_at_some_write_so_many_times(tmp_path):
    plan = FaultPlan(full_disk=2, seed=1)
    store, failed = Store(tmp_path, PlannedFaults(plan, tmp_path).before_write), []
    for number in range(400):
        try:
            store.write("things", str(number), {})
        except DiskError:
            failed.append(number)
    assert len(failed) == 2 and failed[0] > 0
    assert len(store.all("things")) == 398


def test_a_slow_disk_takes_its_time(tmp_path, monkeypatch):
    slept = []
    monkeypatch.setattr("helpers.local.faults.time.sleep", slept.append)
    Store(tmp_path, PlannedFaults(FaultPlan(slow_disk=5), tmp_path).before_write).write("things", "a", {})
    assert slept == [0.005]


def test_a_cloud_without_a_plan_meets_nothing(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    cloud.session.client("s3").list_buckets()
    assert not cloud.planned.met and not (tmp_path / "faults").exists()


def test_every_client_meets_the_plan_s_faults_and_says_how_often_it_tried(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path, faults=FaultPlan(throttling=0.4, server=0.1, seed=1))
    s3 = cloud.session.client("s3")
    retries = sum(s3.list_buckets()["ResponseMetadata"]["RetryAttempts"] for _ in range(20))
    assert retries == cloud.planned.met.total() > 0


@pytest.fixture
def opensearch(tmp_path):
    """A function from a plan to a client of a node that meets its faults."""

    def client(**plan):
        node = Node(tmp_path, faults=PlannedFaults(FaultPlan(**plan), tmp_path))
        rules = FLAVOURS["domain"].without_waits()
        return PatientClient([{"host": "local"}], flavour=rules, connection_class=LocalConnection, node=node), node._faults

    return client


def test_a_busy_node_is_asked_again(opensearch):
    client, faults = opensearch(throttling=0.2, server=0.1, timeouts=0.1, seed=1)
    assert [client.count()["count"] for _ in range(50)] == [0] * 50
    assert min(faults.met[kind] for kind in ("throttling", "server", "timeouts")) > 2


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [("throttling", TransportError, 429), ("server", TransportError, 503), ("timeouts", ConnectionTimeout, "TIMEOUT")],
)
def test_a_node_that_stays_busy_is_given_up(opensearch, kind, error, status):
    client, faults = opensearch(**{kind: 1})
    with pytest.raises(error) as caught:
        client.count()
    assert caught.value.status_code == status and faults.met == {kind: 11}


def pictures(n):
    return [{"image_id": f"p{i}", "title": "", "cluster": "1", VECTOR_FIELD: [float(i == j) for j in range(4)]} for i in range(n)]


def test_a_load_sends_refused_documents_again_until_all_are_there(opensearch):
    client, faults = opensearch(bulk=0.5, throttling=0.2, seed=2)
    create_index(client, "shelf", dimension=4)
    assert index_images(client, "shelf", pictures(300), chunk_size=100) == 300
    assert client.count(index="shelf")["count"] == 300
    assert faults.met["bulk"] > 150


def test_a_load_that_gets_nowhere_names_the_pictures_that_are_missing(opensearch):
    client, faults = opensearch(bulk=1)
    create_index(client, "shelf", dimension=4)
    with pytest.raises(IndexingError, match="refused 2 of 2 pictures"):
        index_images(client, "shelf", pictures(2), max_retries=1)
    assert faults.met == {"bulk": 4}


def test_a_load_waits_until_a_stale_search_sees_it(opensearch, capsys):
    client, _ = opensearch(stale=4)
    create_index(client, "shelf", dimension=4)
    client.index(index="shelf", id="early", body=pictures(1)[0], refresh=True)
    looks = [len(knn_search(client, "shelf", [1, 0, 0, 0])) for _ in range(5)]
    assert looks == [0, 0, 0, 1, 1]
    assert index_images(client, "shelf", pictures(3)) == 3
    assert len(knn_search(client, "shelf", [1, 0, 0, 0])) == 4
