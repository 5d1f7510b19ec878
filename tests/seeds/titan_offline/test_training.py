"""The parts of training. They need torch, which the workshop itself does not: see seeds/titan_offline/requirements.txt."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs seeds/titan_offline/requirements.txt")
pytest.importorskip("onnx", reason="training needs seeds/titan_offline/requirements.txt")

from helpers.local.engines.embedding import Encoder  # noqa: E402
from helpers.local.engines.text_features import featurize  # noqa: E402
from seeds.titan_offline.augment import restyle, shatter, vary  # noqa: E402
from seeds.titan_offline.captions import ANY, NOTHING, Vocabulary  # noqa: E402
from seeds.titan_offline.drawings import SIDE, Drawings  # noqa: E402
from seeds.titan_offline.export import export  # noqa: E402
from seeds.titan_offline.losses import (  # noqa: E402
    PLAIN_LEAN,
    UNKNOWN,
    calibration,
    composition,
    contrastive,
    plain_lean,
    relevance,
)
from seeds.titan_offline.model import ImageNetwork, TextNetwork  # noqa: E402
from seeds.titan_offline.train import BATCH, train  # noqa: E402

PHOTOGRAPHIC = 0
LABELS = torch.tensor([[1, PHOTOGRAPHIC, 5], [1, 2, 5], [1, UNKNOWN, UNKNOWN], [UNKNOWN, 2, UNKNOWN]])
CLAIMS = torch.tensor([[1, ANY, ANY], [ANY, 2, ANY], [1, 2, ANY], [3, ANY, ANY], [NOTHING] * 3])
EVERY_PAIR = torch.ones(6, 4, dtype=torch.bool)


def test_relevance_by_hand():
    fits, misfits = relevance(CLAIMS, LABELS, EVERY_PAIR)
    assert fits.int().tolist() == [[1, 0, 0, 0, 0], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]
    assert misfits.int().tolist() == [[0, 1, 1, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]]


def test_a_pair_without_pictures_does_not_drive_its_parts_apart():
    trained = EVERY_PAIR.clone()
    trained[1, 2] = False
    claims = torch.tensor([[ANY, 2, ANY], [1, ANY, ANY], [3, 2, ANY], [3, ANY, ANY]])
    labels = torch.tensor([[1, 0, 5], [4, 2, 5]])
    _, misfits = relevance(claims, labels, trained)
    assert misfits.int().tolist() == [[0, 0, 1, 1], [0, 0, 1, 1]]
    _, misfits = relevance(claims, labels, EVERY_PAIR)
    assert misfits.int().tolist() == [[1, 0, 1, 1], [0, 1, 1, 1]]


def test_the_contrastive_loss_falls_when_what_fits_comes_nearer():
    fits, misfits = relevance(CLAIMS, LABELS, EVERY_PAIR)
    good, bad = fits.float(), misfits.float()
    scale = torch.tensor(20.0)
    assert contrastive(good, scale, fits, misfits) < contrastive(good * 0, scale, fits, misfits)
    assert contrastive(good * 0, scale, fits, misfits) < contrastive(bad, scale, fits, misfits)


def test_cosines_that_mean_what_they_should_cost_nothing():
    fits, _ = relevance(CLAIMS, LABELS, EVERY_PAIR)
    cosines = fits * 0.6
    cosines[:, -1] = -0.1
    assert calibration(cosines, CLAIMS, LABELS, fits).item() == pytest.approx(0, abs=1e-6)
    assert calibration(torch.ones_like(cosines), CLAIMS, LABELS, fits) > 1


def test_a_plain_word_that_leans_to_photographs_enough_costs_nothing():
    cosines = torch.zeros(4, 5)
    assert plain_lean(cosines, CLAIMS, LABELS, PHOTOGRAPHIC).item() == pytest.approx(PLAIN_LEAN**2)
    cosines[0, 0] = PLAIN_LEAN
    assert plain_lean(cosines, CLAIMS, LABELS, PHOTOGRAPHIC).item() == 0


def test_a_pair_half_way_between_its_parts_costs_nothing():
    subject, style = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert composition(torch.tensor([[0.5**0.5, 0.5**0.5]]), subject, style).item() == pytest.approx(0, abs=1e-6)
    assert composition(subject, subject, style).item() > 0.2


def test_pictures_are_varied_within_their_range_and_each_in_its_own_way():
    torch.manual_seed(0)
    images = torch.randint(0, 256, (1, 80, 80, 3), dtype=torch.uint8).expand(4, 80, 80, 3)
    for pixels in (vary(images), restyle(vary(images))):
        assert pixels.shape == (4, 3, 64, 64)
        assert pixels.min() >= 0
        assert pixels.max() <= 1
        assert not torch.allclose(pixels[0], pixels[1], atol=0.01)


def test_a_shattered_picture_has_the_same_pixels_in_whole_tiles():
    pixels = torch.arange(2.0 * 3 * 64 * 64).view(2, 3, 64, 64)
    shattered = shatter(pixels)
    assert torch.equal(shattered.flatten(1).sort(1).values, pixels.flatten(1))
    rows = shattered[0, 0, :16, :16]
    assert torch.equal(rows[1:] - rows[:-1], torch.full((15, 16), 64.0))
    assert torch.equal(shattered[0, 1] - shattered[0, 0], torch.full((64, 64), 4096.0))  # channels stay together


def test_training_from_the_same_seed_gives_the_same_networks():
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, BATCH) for size in (2, 2, 12)], axis=1)
    drawings = Drawings(rng.integers(0, 256, (BATCH, SIDE, SIDE, 3), dtype=np.uint8), labels)
    vocabulary = Vocabulary(["cat", "boat"], ["photographic", "clay"])
    first, second = (train(drawings, vocabulary, steps=2, seed=3) for _ in "ab")
    for one, other in zip(first, second, strict=True):
        for name, weights in one.state_dict().items():
            torch.testing.assert_close(other.state_dict()[name], weights, rtol=1e-3, atol=1e-5, msg=name)
    assert not torch.equal(first[0].head.weight, ImageNetwork().head.weight)


@pytest.mark.filterwarnings("ignore")
def test_exported_networks_answer_as_the_trained_ones_do(tmp_path):
    torch.manual_seed(0)
    image_network, text_network = ImageNetwork().eval(), TextNetwork().eval()
    export(image_network, text_network, tmp_path)
    encoder = Encoder(tmp_path / "image.onnx", tmp_path / "text.onnx")
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    texts = ["a cat", "", "three comic butterflies"]
    with torch.no_grad():
        pictures = image_network(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255).numpy()
        words = text_network(*(torch.from_numpy(slots) for slots in featurize(texts))).numpy()
    np.testing.assert_allclose(encoder.embed_images(images), pictures, atol=2e-3)  # half precision
    np.testing.assert_allclose(encoder.embed_texts(texts), words, atol=2e-3)
