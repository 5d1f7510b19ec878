"""The parts of training. They need torch, which the workshop itself does not: see seeds/titan_offline/requirements.txt."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs seeds/titan_offline/requirements.txt")
pytest.importorskip("onnx", reason="training needs seeds/titan_offline/requirements.txt")

import seeds.titan_offline.fitting as fitting  # noqa: E402
from helpers.local.engines.embedding import Encoder  # noqa: E402
from helpers.local.engines.text_features import featurize  # noqa: E402
from seeds.titan_offline.augment import restyle, shatter, vary  # noqa: E402
from seeds.titan_offline.captions import ANY, NOTHING, Vocabulary  # noqa: E402
from seeds.titan_offline.drawings import SIDE, Drawings  # noqa: E402
from seeds.titan_offline.export import export, export_text  # noqa: E402
from seeds.titan_offline.losses import (  # noqa: E402
    PLAIN_LEAN,
    UNKNOWN,
    calibration,
    composition,
    contrastive,
    plain_lean,
    relevance,
    togetherness,
)
from seeds.titan_offline.model import ImageNetwork, Palette, TextNetwork, edges, foreign_manner  # noqa: E402
from seeds.titan_offline.polish import load_texts, polish_folder  # noqa: E402
from seeds.titan_offline.train import train  # noqa: E402

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


@pytest.fixture(scope="module")
def drawings():
    rng = np.random.default_rng(0)
    labels = np.array([(subject, style, rng.integers(12)) for subject in range(2) for style in range(2) for _ in range(4)])
    images = rng.integers(0, 256, (2, len(labels), SIDE, SIDE, 3), dtype=np.uint8)
    return Drawings(images[0], labels, images[1])


@pytest.fixture
def small_batches(monkeypatch):
    for name, value in {"PAIRS": 4, "RESTYLED": slice(0, 2), "SHATTERED": slice(2, 4), "CLEAR": slice(4, 8), "TWINS": 2}.items():
        monkeypatch.setattr(fitting, name, value)


VOCABULARY = Vocabulary(["cat", "boat"], ["photographic", "clay"])


def assert_same(first, second):
    for one, other in zip(first, second, strict=True):
        for name, weights in one.state_dict().items():
            torch.testing.assert_close(other.state_dict()[name], weights, rtol=1e-3, atol=1e-5, msg=name)


def test_training_from_the_same_seed_gives_the_same_networks(drawings, small_batches):
    first, second = (train(drawings, VOCABULARY, steps=2, seed=3) for _ in "ab")
    assert_same((first.images, first.texts), (second.images, second.texts))
    assert not torch.equal(first.images.head.weight, ImageNetwork().head.weight)


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(drawings, small_batches, tmp_path):
    whole = fitting.Fitting(drawings, VOCABULARY, 4, seed=3)
    for _ in range(3):
        whole.step()
    stopped = fitting.Fitting(drawings, VOCABULARY, 4, seed=3)
    stopped.step()
    stopped.save(tmp_path / "checkpoint.pt")
    resumed = fitting.Fitting(drawings, VOCABULARY, 4, seed=5)
    resumed.load(tmp_path / "checkpoint.pt")
    for _ in range(2):
        resumed.step()
    assert resumed.done == 3
    assert_same((whole.images, whole.texts), (resumed.images, resumed.texts))


@pytest.mark.filterwarnings("ignore")
def test_polishing_changes_the_texts_only_and_drives_nonsense_away(drawings, tmp_path):
    torch.manual_seed(0)
    export(ImageNetwork().eval(), TextNetwork().eval(), tmp_path)
    image = (tmp_path / "image.onnx").read_bytes()
    encoder, polished = (Encoder(tmp_path / "image.onnx", folder / "text.onnx") for folder in (tmp_path, tmp_path / "polished"))
    polish_folder(tmp_path, drawings, VOCABULARY, steps=12, seed=0, output=tmp_path / "polished")
    pictures, texts = encoder.embed_images(drawings.images), ["cat", "boat", "kwrpt", "lorem ipsum"]
    before, after = (pictures @ one.embed_texts(texts).T for one in (encoder, polished))
    assert (tmp_path / "image.onnx").read_bytes() == image
    assert after[:, 2:].max() - after[:, :2].max() < before[:, 2:].max() - before[:, :2].max()


@pytest.mark.filterwarnings("ignore")
def test_a_network_that_was_exported_can_be_loaded_again(tmp_path):
    network = TextNetwork().eval()
    export_text(network, tmp_path)
    for one, other in zip(network.parameters(), load_texts(tmp_path / "text.onnx").parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)


def test_a_batch_has_two_pictures_of_each_pair(drawings):
    labels = drawings.labels[fitting.Fitting(drawings, VOCABULARY, 4, seed=3).batch()]
    assert (labels[::2, :2] == labels[1::2, :2]).all()


def test_both_versions_of_a_picture_are_changed_in_the_same_way():
    torch.manual_seed(0)
    images = torch.randint(0, 256, (4, 80, 80, 3), dtype=torch.uint8)
    one, other = vary(torch.cat([images, images], 3)).split(3, dim=1)
    assert torch.equal(one, other)


def test_words_are_pooled_alike_while_training_and_after():
    network = TextNetwork()
    slots = [torch.from_numpy(part) for part in featurize(["a cat", "", "three comic butterflies"])]
    with torch.no_grad():
        torch.testing.assert_close(network.train()(*slots), network.eval()(*slots))


def test_edges_are_where_the_light_changes():
    pixels = torch.zeros(1, 3, 8, 8)
    pixels[..., 4:] = 1
    strength = edges(pixels)[0, 0]
    assert (strength[:, 3:5] > 1).all()
    assert (strength[:, [0, 1, 2, 5, 6, 7]] < 0).all()


def test_a_foreign_manner_changes_means_and_leaves_what_is_drawn():
    torch.manual_seed(0)
    maps = torch.randn(16, 3, 8, 8) * torch.rand(16, 3, 1, 1) + torch.randn(16, 3, 1, 1)
    changed = foreign_manner(maps)

    def bare(values):
        return (values - values.mean((2, 3), keepdim=True)) / values.std((2, 3), keepdim=True)

    torch.testing.assert_close(bare(changed), bare(maps), atol=0.05, rtol=0.05)
    moved = (changed - maps).abs().amax((1, 2, 3)) > 1e-3
    assert 0 < moved.sum() < 16


def test_a_palette_tells_which_colours_there_are():
    palette = Palette(channels=4, colors=2)
    palette.colors.data = torch.tensor([[1.0, -1, -1], [-1, -1, 1]])
    pixels = torch.tensor([1.0, -1, -1]).view(1, 3, 1, 1).expand(1, 3, 64, 64)
    torch.testing.assert_close(palette(pixels, torch.zeros(1, 4, 8, 8)), torch.tensor([[1.0, 0, 1, 0]]), atol=1e-3, rtol=0)


def test_pictures_together_enough_cost_nothing():
    vectors = torch.eye(3)
    assert togetherness(vectors, vectors).item() == 0
    assert togetherness(vectors, vectors.roll(1, 0), 0.5).item() == pytest.approx(0.5)


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
