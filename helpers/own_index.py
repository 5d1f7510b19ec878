"""One version of a library's index: the pictures with their clusters, loaded and ready to be published behind an alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .index_versions import version_name
from .library import Library
from .vector_index import VECTOR_FIELD, create_index, index_images

if TYPE_CHECKING:
    from .workshop import Workshop


def load_version(
    aws: Workshop, alias: str, number: int, library: Library, vectors: NDArray[np.float32], cluster_of: Mapping[str, str],
    *, fresh: bool = True,
) -> str:  # fmt: skip
    """The name of this version of the index, once all these pictures can be found in it.

    vectors (n_pictures, n_features) in the order of the library; cluster_of: the cluster of each picture, by id.
    fresh: whether a version of this number that an earlier run left is deleted first, as it may hold other pictures; with
    False the pictures are added to it.
    """
    name = version_name(alias, number)
    if fresh:
        aws.opensearch.indices.delete(index=name, ignore_unavailable=True)
    create_index(aws.opensearch, name, embedder=aws.embedder)
    documents = [
        {"image_id": image_id, "title": title, "cluster": cluster_of[image_id], VECTOR_FIELD: vector}
        for image_id, title, vector in zip(library.pictures.index, library.pictures["title"], vectors, strict=True)
    ]
    index_images(aws.opensearch, name, documents, embedder=aws.embedder)
    return name
