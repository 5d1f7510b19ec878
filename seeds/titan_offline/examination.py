"""The questions that the encoder has to answer, and how well it does."""

import random

import numpy as np

from helpers.local.engines.embedding import Encoder, truncated

from .captions import Vocabulary, misspell, plural
from .drawings import Drawings
from .nonsense import nonsense


class Examination:
    """An encoder, pictures of known content, and questions about them.

    drawings: pictures that were never trained. held_out: pairs of which no picture at all was trained, may be empty.
    """

    def __init__(self, encoder: Encoder, drawings: Drawings, vocabulary: Vocabulary, held_out: set[tuple[int, int]]):
        self.encoder, self.vocabulary, self.held_out = encoder, vocabulary, held_out
        self.subject, self.style, self.color = drawings.labels.T
        self.unseen = np.array([pair in held_out for pair in zip(self.subject.tolist(), self.style.tolist(), strict=True)])
        self.pictures = encoder.embed_images(drawings.images)

    def cosines(self, texts: list[str], dimension: int = 1024) -> np.ndarray:
        """Similarity of every text with every picture `(n_texts, n_pictures)`."""
        texts = truncated(self.encoder.embed_texts(texts), dimension)
        return texts @ truncated(self.pictures, dimension).T

    def precision(self, queries: list[tuple[str, np.ndarray]], dimension: int = 1024, k: int = 10) -> np.ndarray:
        """Share of right pictures among the first k, for each (text, right pictures) `(n_queries,)`."""
        ranked = np.argsort(-self.cosines([text for text, _ in queries], dimension), axis=1, kind="stable")[:, :k]
        return np.array([right[found].mean() for (_, right), found in zip(queries, ranked, strict=True)])

    def pairs(self, *, unseen: bool, synonyms: bool = False, dimension: int = 1024) -> dict[str, float]:
        """P@10 of "comic cat" and the like: mean over the pairs, and the worst pair."""
        rng, results = random.Random(1), []
        for subject, names in enumerate(self.vocabulary.subjects):
            for style, manners in enumerate(self.vocabulary.styles):
                right = (self.subject == subject) & (self.style == style)
                if ((subject, style) in self.held_out) == unseen and right.any():
                    queries = [
                        (template.format(s=rng.choice(names) if synonyms else names[0],
                                         t=rng.choice(manners) if synonyms else manners[0]), right)
                        for template in self.vocabulary.templates["both"][:6]
                    ]
                    results.append(self.precision(queries, dimension).mean())
        return {"mean": float(np.mean(results)), "worst": float(np.min(results))}

    def classification(self) -> dict[str, float]:
        """How often a picture's nearest name is right: subject and style, over seen and never trained pairs."""
        by_subject = self.cosines([f"picture of a {names[0]}" for names in self.vocabulary.subjects]).argmax(0) == self.subject
        by_style = self.cosines([f"{names[0]} style" for names in self.vocabulary.styles]).argmax(0) == self.style
        groups = {"trained": ~self.unseen} | ({"unseen": self.unseen} if self.held_out else {})
        return {
            f"{what}_{name}": float(right[group].mean())
            for what, right in (("subject", by_subject), ("style", by_style)) for name, group in groups.items()
        }

    def disturbed_words(self) -> dict[str, float]:
        """P@10 of single words with a typing error, in the plural, and of a colour with a subject."""
        rng, errors, plurals, colored = random.Random(99), [], [], []
        for subject, names in enumerate(self.vocabulary.subjects):
            right = self.subject == subject
            for name in names[:4]:
                if " " not in name:
                    plurals.append((plural(name), right))
                    errors += [(misspell(name, rng), right) for _ in range(4) if len(name) >= 4]
            faithful = right & ~np.isin(self.style, list(self.vocabulary.colorless_styles))
            for color in np.unique(self.color[faithful & (self.color >= 0)]):
                colored.append((f"a {self.vocabulary.colors[color]} {names[0]}", faithful & (self.color == color)))
        # A colour of which there are few pictures cannot fill ten places.
        enough = [(text, right) for text, right in colored if right.sum() >= 10]
        return {
            "typing_error": float(self.precision(errors).mean()), "plural": float(self.precision(plurals).mean()),
            "color_and_subject": float(self.precision(enough).mean()),
        }

    def similarity(self) -> dict[str, float]:
        """What cosines mean: when a text's subject and style both agree, when neither does, and for nonsense."""
        texts = [f"a {s[0]} in {t[0]} style" for s in self.vocabulary.subjects for t in self.vocabulary.styles]
        subject, style = np.divmod(np.arange(len(texts)), len(self.vocabulary.styles))
        cosines = self.cosines(texts)
        same_subject, same_style = subject[:, None] == self.subject, style[:, None] == self.style
        plain = self.cosines([f"a {names[0]}" for names in self.vocabulary.subjects])
        best_nonsense = float(self.cosines(nonsense()).max())
        best_real = float(np.median([*cosines.max(1), *plain.max(1)]))
        return {
            "both_agree": float(cosines[same_subject & same_style].mean()),
            "subject_agrees": float(cosines[same_subject & ~same_style].mean()),
            "style_agrees": float(cosines[~same_subject & same_style].mean()),
            "neither_agrees": float(cosines[~same_subject & ~same_style].mean()),
            "neither_agrees_5_percent": [float(edge) for edge in np.percentile(cosines[~same_subject & ~same_style], [5, 95])],
            "best_of_nonsense": best_nonsense, "median_best_of_queries": best_real, "gap": best_real - best_nonsense,
        }

    def plain_words(self) -> dict[str, float]:
        """For a plain word: photographs and right subjects of the first 12, how far down the right pictures reach."""
        photographic, right, last, early = [], [], [], []
        for subject, names in enumerate(self.vocabulary.subjects):
            for text in (names[0], f"a {names[0]}", f"{plural(names[0])}", f"{names[0].upper()}!"):
                order = np.argsort(-self.cosines([text])[0], kind="stable")
                photographic.append(int((self.style[order[:12]] == self.vocabulary.plain_style).sum()))
                right.append(int((self.subject[order[:12]] == subject).sum()))
                places = np.flatnonzero(self.subject[order] == subject)
                last.append(int(places.max()) + 1)
                early.append(float((places < 300).mean()))
        return {
            "photographic_of_12_mean": float(np.mean(photographic)), "photographic_of_12_worst": min(photographic),
            "right_subject_of_12_worst": min(right), "last_right_rank_mean": float(np.mean(last)),
            "last_right_rank_worst": max(last), "in_first_300_mean": float(np.mean(early)),
            "in_first_300_worst": min(early),
        }

    def clusters(self, k: int) -> dict[str, float]:
        """Purity of K-Means clusters, and mutual information with (subject, style), of the pictures alone."""
        from sklearn.cluster import KMeans
        from sklearn.metrics import normalized_mutual_info_score

        pair = self.subject * len(self.vocabulary.styles) + self.style
        found = KMeans(k, n_init=1, max_iter=30, random_state=0).fit_predict(self.pictures)
        purity = sum(np.bincount(pair[found == cluster]).max() for cluster in np.unique(found)) / len(pair)
        return {"k": k, "purity": float(purity), "nmi": float(normalized_mutual_info_score(pair, found))}

    def jpeg_members_changed(self, lossless: np.ndarray, as_jpeg: np.ndarray, k: int = 10) -> float:
        """How many of a query's first k pictures are others when all pictures come from JPEG files, mean over all pairs."""
        texts = [f"a {s[0]} in {t[0]} style" for s in self.vocabulary.subjects for t in self.vocabulary.styles]
        queries = self.encoder.embed_texts(texts)
        first, second = (
            np.argsort(-(queries @ self.encoder.embed_images(images).T), axis=1, kind="stable")[:, :k].tolist()
            for images in (lossless, as_jpeg)
        )
        return float(np.mean([k - len(set(one) & set(other)) for one, other in zip(first, second, strict=True)]))

    def report(self) -> dict:
        """Every measure but speed and JPEG, rounded to four places."""
        groups = {"trained": False} | ({"unseen": True} if self.held_out else {})
        precision = {
            f"{name}_pairs": {
                "words": self.pairs(unseen=unseen), "synonyms": self.pairs(unseen=unseen, synonyms=True),
                "words_384": self.pairs(unseen=unseen, dimension=384), "words_256": self.pairs(unseen=unseen, dimension=256),
            }
            for name, unseen in groups.items()
        }
        return _rounded({
            "pictures": len(self.pictures), "pairs_held_out": len(self.held_out), "precision_at_10": precision,
            "classification": self.classification(), "words": self.disturbed_words(), "cosine": self.similarity(),
            "plain_words": self.plain_words(), "clusters": [self.clusters(k) for k in (250, 400) if k <= len(self.pictures)],
        })


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value
