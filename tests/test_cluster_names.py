"""Names come from words and centroids alone, are distinct, and mostly say what a cluster shows."""

import inspect
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from helpers import cluster_names
from helpers.catalog import load_catalog
from helpers.cluster_names import GENERIC_WORDS, ClusterName, name_clusters, read_names, write_names
from helpers.clustering import assign_clusters
from helpers.local.engines.embedding import Encoder
from helpers.local.engines.kmeans import KMeansSettings, train_kmeans
from helpers.settings import REPOSITORY, SHIPPED_DATA, read_settings
from helpers.workshop import connect

PLACES = {"cat": [1, 0, 0, 0], "dog": [0, 1, 0, 0], "ink": [0, 0, 1, 0], "oil": [0, 0, 0, 1]}
WORDS = {"subject": ["cat", "dog"], "style": ["ink", "oil"]}


class FourWords:
    """A model that knows four words, each a direction of its own; remembers what it was asked."""

    model, dimension, on_bedrock = "four words", 4, False

    def __init__(self):
        self.asked = []

    def embed(self, *, text=None, image=None, purpose="query"):
        assert image is None and purpose == "query"
        self.asked.append(text)
        return PLACES[text]


MIDDLES = np.array([[2, 0, 0, 1], [0.5, 0.4, 1, 0], [9, 9, 9, 9], [1, 0, 0, 0.9]], np.float32)
CLUSTERS = ["0", "0", "1", "3", "1"]
PICTURES = (MIDDLES[[0, 0, 1, 3, 1]] + np.array([[0.2], [0.1], [0], [0], [0.3]])).astype(np.float32)
IDS = ["a", "b", "c", "d", "e"]


def named(**options):
    model = FourWords()
    return name_clusters(IDS, PICTURES, MIDDLES, CLUSTERS, embedder=model, **options), model


def test_a_hand_computed_set_of_clusters():
    names, titan = named(words=WORDS)
    assert list(names) == ["0", "1", "3"]  # 2 has no picture
    assert [name.name for name in names.values()] == ["cat, oil", "cat, ink", "cat, oil 2"]
    assert names["0"].words == names["3"].words == ("cat", "oil")
    assert [name.typical for name in names.values()] == [("b", "a"), ("c", "e"), ("d",)]
    assert [name.size for name in names.values()] == [2, 2, 1]
    assert names["1"].margin == pytest.approx(0.1 / math.sqrt(1.41), rel=1e-5)  # cat against dog
    assert titan.asked == ["cat", "dog", "ink", "oil"]


def test_a_word_that_hardly_leads_is_left_out():
    names, _ = named(words=WORDS, least_margin=0.2)
    assert names["1"].name == "ink" and names["1"].margin == pytest.approx(1 / math.sqrt(1.41), rel=1e-5)
    names, _ = named(words=WORDS, least_margin=0.9)
    assert [name.name for name in names.values()] == ["like b", "like c", "like d"]


def test_without_words_titan_is_not_asked_and_a_typical_picture_lends_its_name():
    names, titan = named(words={}, n_typical=1)
    assert titan.asked == [] and replace(names["1"], margin=0.0) == ClusterName("1", "like c", (), ("c",), 2, 0.0)
    assert math.isnan(names["1"].margin)


def test_one_word_is_no_choice_and_no_words_are_a_mistake():
    names, _ = named(words={"subject": ["dog"]})
    assert [name.name for name in names.values()] == ["dog", "dog 2", "dog 3"]
    assert math.isnan(names["0"].margin)
    with pytest.raises(ValueError, match="style"):
        named(words={"style": []})


def test_names_stay_distinct_when_a_word_looks_like_a_number_was_added(monkeypatch):
    monkeypatch.setitem(PLACES, "cat 2", [0.4, 0.2, 1, 0])
    names, _ = named(words={"subject": ["cat", "cat 2"]})
    assert [name.name for name in names.values()] == ["cat", "cat 2", "cat 3"]
    monkeypatch.setitem(PLACES, "cat 2", [1, 0, 0, 0.9])
    names, _ = named(words={"subject": ["cat 2", "cat"]})
    assert len({name.name for name in names.values()}) == 3


def test_names_come_back_from_their_file(tmp_path):
    names, _ = named(words=WORDS)
    write_names(names, tmp_path / "names.json")
    assert read_names(tmp_path / "names.json") == names
    plain, _ = named(words={})
    write_names(plain, tmp_path / "names.json")
    again = read_names(tmp_path / "names.json")
    assert again["3"].typical == ("d",) and math.isnan(again["3"].margin)
    assert {path.name for path in tmp_path.iterdir()} == {"names.json", "names.json.lock"}  # no draft
    with pytest.raises(FileNotFoundError, match="notebook 02"):
        read_names(tmp_path / "none.json")


def test_words_without_a_model_and_words_of_another_length_say_what_to_do():
    with pytest.raises(ValueError, match=r"pass embedder=aws\.embedder"):
        name_clusters(IDS, PICTURES, MIDDLES, CLUSTERS)
    with pytest.raises(ValueError, match="4 numbers, the centroids have 3; run notebooks 01 and 02"):
        name_clusters(IDS, PICTURES[:, :3], MIDDLES[:, :3], CLUSTERS, words=WORDS, embedder=FourWords())


def test_no_label_of_a_picture_can_reach_a_name():
    parameters = inspect.signature(name_clusters).parameters
    assert list(parameters)[:4] == ["image_ids", "vectors", "centroids", "clusters"]
    assert "catalog" not in vars(cluster_names) and "load_catalog" not in vars(cluster_names)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """(pictures, vectors, centroids, clusters, embedder): 7 subjects in 10 styles, 8 pictures a pair, twice as many clusters."""
    settings = read_settings({"WORKSHOP_DATA": str(tmp_path_factory.mktemp("data"))})
    embedder = connect(announce=False, settings=settings).embedder
    catalog = load_catalog(SHIPPED_DATA)
    some = catalog[catalog["subject"].isin(sorted(catalog["subject"].unique())[::3])]
    some = some.groupby(["subject", "style"]).head(8)
    weights = REPOSITORY / "seeds" / "titan_offline"
    encoder = Encoder(weights / "image.onnx", weights / "text.onnx")
    vectors = encoder.embed_images([np.asarray(Image.open(SHIPPED_DATA / file).convert("RGB")) for file in some["file"]])
    k = 2 * some.groupby(["subject", "style"]).ngroups
    centroids = train_kmeans(vectors, KMeansSettings(k=k, local_lloyd_num_trials=1)).centroids
    return some, vectors, centroids, assign_clusters(vectors, centroids), embedder


def test_nine_names_in_ten_are_the_commonest_label_of_their_cluster(shipped):
    pictures, vectors, centroids, clusters, embedder = shipped
    words = {kind: sorted(load_catalog(SHIPPED_DATA)[kind].unique()) for kind in ("subject", "style")}
    names = name_clusters(pictures.index, vectors, centroids, clusters, words=words, embedder=embedder)
    labels = (pictures["subject"] + ", " + pictures["style"]).groupby(clusters).agg(lambda pair: pair.mode()[0])
    right = np.array([", ".join(names[c].words) == label for c, label in labels.items()])
    margins = np.array([names[c].margin for c in labels.index])
    assert right.mean() >= 0.9
    assert np.median(margins[right]) > 3 * np.median(margins[~right]) if not right.all() else True
    assert len({name.name for name in names.values()}) == len(names)


def test_generic_words_name_clusters_without_any_vocabulary_of_ours(shipped):
    pictures, vectors, centroids, clusters, embedder = shipped
    names = name_clusters(pictures.index, vectors, centroids, clusters, embedder=embedder)
    chosen = {word for name in names.values() for word in name.words}
    assert chosen <= {word for choices in GENERIC_WORDS.values() for word in choices} and len(chosen) >= 10
    subjects = pictures["subject"].groupby(clusters).agg(lambda subject: subject.mode()[0])
    both = set(GENERIC_WORDS["subject"])
    known = [names[c].words[0] == subject for c, subject in subjects.items() if subject in both]
    assert len(known) >= 20 and np.mean(known) >= 0.8
