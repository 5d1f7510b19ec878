"""How good the shipped encoder is, and that its measures can tell good from bad."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.local.engines.embedding import Encoder, shrink
from seeds.pictures.catalog import STYLES, SUBJECTS
from seeds.titan_offline.captions import Vocabulary
from seeds.titan_offline.drawings import Drawings
from seeds.titan_offline.examination import Examination
from seeds.titan_offline.table import BARS, reached

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / "seeds" / "titan_offline"


@pytest.fixture(scope="module")
def metrics():
    return json.loads((WEIGHTS / "metrics.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("network", ["image", "text"])
def test_metrics_were_measured_on_the_weights_that_ship(metrics, network):
    assert metrics["shipped"]["sha256"][network] == hashlib.sha256((WEIGHTS / f"{network}.onnx").read_bytes()).hexdigest()


@pytest.mark.parametrize("name", BARS)
def test_the_recipe_reaches_every_bar_on_pairs_it_never_saw(metrics, name):
    splits = [report["bars"][name] for report in metrics["held_out"]]
    assert len(splits) == 3
    assert {report["training"]["split"] for report in metrics["held_out"]} == {5, 6, 7}
    assert reached(BARS[name], splits)


def test_the_networks_that_ship_reach_every_bar_that_is_left_to_measure(metrics):
    ships = metrics["shipped"]["bars"]
    assert BARS.keys() - ships.keys() == {"precision_unseen_pairs", "precision_worst_unseen_pair", "subject_of_unseen_pairs"}
    assert [name for name in ships if not reached(BARS[name], [ships[name]])] == []


def test_both_networks_fit_into_six_megabytes():
    assert sum((WEIGHTS / f"{network}.onnx").stat().st_size for network in ("image", "text")) <= 6_000_000


def test_pictures_of_the_catalogue_are_recognised():
    with open(ROOT / "data" / "catalog.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::7]
    encoder = Encoder(WEIGHTS / "image.onnx", WEIGHTS / "text.onnx")
    pictures = encoder.embed_images([pixels_of(ROOT / "data" / row["file"]) for row in rows])
    for column, names, text in (("subject", SUBJECTS, "picture of a {}"), ("style", STYLES, "{} style")):
        words = encoder.embed_texts([text.format(name) for name in names])
        found = (pictures @ words.T).argmax(1)
        assert np.mean([names[number] == row[column] for number, row in zip(found, rows, strict=True)]) >= 0.93


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return shrink(np.asarray(image.convert("RGB")))


class FromLabels:
    """An encoder that knows everything: a picture's pixels are its labels, a text's words are looked up."""

    def __init__(self, vocabulary: Vocabulary, noise: float):
        self.vocabulary, self.noise, self.rng = vocabulary, noise, np.random.default_rng(0)

    def embed_images(self, images):
        return self._noisy(np.array([self._vector(*image[0, 0, :2]) for image in images]))

    def embed_texts(self, texts):
        def number(groups, text):
            found = [n for n, names in enumerate(groups) for name in names if name in text.lower()]
            return found[0] if found else None

        return self._noisy(np.array([
            self._vector(number(self.vocabulary.subjects, text), number(self.vocabulary.styles, text)) for text in texts
        ]))

    def _vector(self, subject, style):
        vector = np.full(1024, 1e-6)
        if subject is not None:
            vector[subject] = 1
        if style is not None:
            vector[100 + style] = 1
        return vector / np.linalg.norm(vector)

    def _noisy(self, vectors):
        return vectors + self.noise * self.rng.normal(size=vectors.shape)


@pytest.fixture(scope="module")
def examine():
    vocabulary = Vocabulary(["cat", "boat", "tree"], ["photographic", "clay"])
    labels = np.array([(subject, style, -1) for subject in range(3) for style in range(2) for _ in range(12)])
    images = np.zeros((len(labels), 1, 1, 3), np.uint8)
    images[:, 0, 0] = np.maximum(labels, 0)

    def examine(noise):
        return Examination(FromLabels(vocabulary, noise), Drawings(images, labels), vocabulary, {(0, 1)})

    return examine


def test_an_encoder_that_knows_everything_gets_full_marks(examine):
    perfect = examine(noise=0)
    assert perfect.pairs(unseen=True) == perfect.pairs(unseen=False) == {"mean": 1.0, "worst": 1.0}
    assert set(perfect.classification().values()) == {1.0}
    assert perfect.similarity()["both_agree"] == pytest.approx(1, abs=1e-3)
    assert perfect.similarity()["neither_agrees"] == pytest.approx(0, abs=1e-3)
    assert perfect.clusters(6) == {"k": 6, "purity": 1.0, "nmi": pytest.approx(1)}


def test_an_encoder_that_knows_nothing_fails(examine):
    blind = examine(noise=30.0)
    assert blind.pairs(unseen=False)["mean"] < 0.5
    assert blind.classification()["subject_trained"] < 0.6
    assert blind.clusters(6)["purity"] < 0.6
