"""What must not go wrong unnoticed, done on purpose: a name, the change, and the part of `make test` that must turn red."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from mutation.small_copy import Change, SmallCopy

RUFF = "ruff"
SAYS = "says: "  # in `red`, where no test fails but the run
START, CLUSTER, REMAP = (
    f"notebooks/{name}.ipynb" for name in ("00_start_here", "02_cluster_images", "04_remap_interactions")
)
CATALOG, CLUSTERING, FUSION, GALLERY, IMPORTS, INTERACTIONS, NOTEBOOKS, PLOTS, SEARCH, VECTOR_INDEX = (
    f"tests/test_{name}.py"
    for name in (
        "catalog", "clustering", "fusion", "gallery", "imports", "interactions", "notebooks", "plots", "search",
        "vector_index",
    )
)  # fmt: skip
AFTER_THE_WALK = (CLUSTER, REMAP)  # what needs the data folder that notebooks 01 and 02 leave
PEOPLE = "tests/seeds/test_people.py::test_the_log_is_as_large_as_promised"
DATA = f"{NOTEBOOKS}::test_the_stored_outputs_come_from_the_data_as_they_are_now"
STORED = f"{NOTEBOOKS}::test_outputs_are_stored_in_order_and_clean"
CARRIED = f"{NOTEBOOKS}::test_a_stored_picture_is_the_one_that_its_words_describe"
GRIDS = f"{NOTEBOOKS}::test_stored_grids_show_the_pictures_as_they_are_now"
ALT = f"{NOTEBOOKS}::test_pictures_have_words_beside_them"
HURTS = f"{NOTEBOOKS}::test_it_avoids_what_hurts_readers"
GENERIC = f"{FUSION}::test_weight_0_is_exactly_the_generic_order"
TIES = f"{FUSION}::test_at_weight_1_the_pictures_of_a_cluster_keep_the_order_they_came_in"


@dataclass(frozen=True)
class Mutation:
    """One way to break the repository, and who must notice.

    runs: a part of `make test`. red: the test that must fail there, or `path::Cell n` (code cells, from 0), or what the
    report must say.
    """

    name: str
    change: Change
    runs: str
    red: str


def _edit(path: str, old: str, new: str) -> Change:
    return lambda copy: copy.replace(path, old, new)


def _cell(number: str, cell: int, old: str, new: str) -> Change:
    def change(copy: SmallCopy) -> None:
        with copy.notebook(number) as cells:
            source = "".join(cells[cell]["source"])
            assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in cell {cell}; mend the mutation"
            cells[cell]["source"] = source.replace(old, new)

    return change


def _swap(first: str, second: str) -> Change:
    return lambda copy: copy.swap(f"data/images/{first}.jpg", f"data/images/{second}.jpg")


def _images(cells: list[dict]) -> list[dict]:
    return [output for cell in cells for output in cell["outputs"] if "image/jpeg" in output.get("data", {})]


def strip_one_output(copy: SmallCopy) -> None:
    with copy.notebook("03") as cells:
        cells[8]["outputs"] = []


def strip_words_under_a_grid(copy: SmallCopy) -> None:
    with copy.notebook("00") as cells:
        cells[7]["outputs"] = _images(cells[7:8])


def strip_all_outputs(copy: SmallCopy) -> None:
    with copy.notebook("05") as cells:
        for cell in cells:
            cell.update(outputs=[], execution_count=None)


def swap_outputs(copy: SmallCopy) -> None:
    with copy.notebook("00") as cells:
        cells[7]["outputs"], cells[9]["outputs"] = cells[9]["outputs"], cells[7]["outputs"]


def swap_counts(copy: SmallCopy) -> None:
    with copy.notebook("00") as cells:
        cells[6]["execution_count"], cells[7]["execution_count"] = 8, 7


def swap_images_of_outputs(copy: SmallCopy) -> None:
    with copy.notebook("06") as cells:
        first, second, *_ = (image["data"] for image in _images(cells))
        first["image/jpeg"], second["image/jpeg"] = second["image/jpeg"], first["image/jpeg"]


def drop_stored_alt(copy: SmallCopy) -> None:
    with copy.notebook("00") as cells:
        _images(cells)[0]["metadata"] = {}


def drop_persona(copy: SmallCopy) -> None:
    text = (copy.root / "seeds/people/personas.toml").read_text(encoding="utf-8")
    copy.write("seeds/people/personas.toml", text.rpartition("[[persona]]")[0].encode())


def drop_event_type(copy: SmallCopy) -> None:
    lines = (copy.root / "data/interactions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    copy.write("data/interactions.csv", "".join(line for line in lines if ",download," not in line).encode())


def edit_title(copy: SmallCopy) -> None:
    rows = list(csv.reader(io.StringIO((copy.root / "data/catalog.csv").read_text(encoding="utf-8"))))
    rows[7][rows[0].index("title")] = "a picture"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    copy.write("data/catalog.csv", text.getvalue().encode())


IN_FUSION, IN_GALLERY = "helpers/fusion.py", "helpers/gallery.py"
SCORES = "searches = normalize(search_scores)\n    tastes = normalize(_log_scores(taste_scores))"
SWAPPED = "tastes = normalize(search_scores)\n    searches = normalize(_log_scores(taste_scores))"
BARS = "{name: float(share) for name, share in repeats.items()}"
PERSONAS = 'settings = tomllib.loads((SEEDS / "people" / "personas.toml")'
REACH = 'import socket\n    socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))\n    '
RANKED = "ranked = fuse([hit.score for hit in hits], taste, weight)"

MUTATIONS = [
    Mutation(*row)
    for row in [
        # Pictures and people
        ("two pictures of different subjects change places", _swap("cat-comic-art-01", "dog-photographic-01"), GRIDS, "[00_"),
        ("two pictures of one subject and style change places", _swap("cat-comic-art-01", "cat-comic-art-02"), START, "Cell 7"),
        ("two pictures that no grid shows change places", _swap("umbrella-clay-05", "umbrella-clay-06"), DATA, ""),
        ("a title of the catalogue is edited", edit_title, DATA, ""),
        ("a persona is dropped", drop_persona, CATALOG, "test_there_are_three_personas"),
        ("the click log lacks an event type", drop_event_type, PEOPLE, ""),
        # Numbers that decide
        ("k is 300", _cell("02", 6, "chosen_k = 400", "chosen_k = 300"), CLUSTER, "Cell 6"),
        ("the default weight is flipped", _edit(IN_FUSION, "DEFAULT_WEIGHT = 0.6", "DEFAULT_WEIGHT = 0.4"), FUSION,
         "test_by_default_taste_has_the_last_word"),
        ("the weights change places", _edit(
            IN_FUSION, "(1 - weight) * search + weight * taste", "weight * search + (1 - weight) * taste"), GENERIC, "[0]"),
        ("the two scores change places", _edit(IN_FUSION, SCORES, SWAPPED), GENERIC, "[0]"),
        ("taste counts without its logarithm", _edit(
            IN_FUSION, "normalize(_log_scores(taste_scores))", "normalize([score or 0.0 for score in taste_scores])"),
         FUSION, "test_a_hand_computed_query"),
        ("cluster ids become decimal numbers", _edit("helpers/clustering.py", "[str(int(c)) for", "[str(float(c)) for"),
         f"{CLUSTERING}::test_cluster_ids_are_whole_numbers_in_strings", ""),
        ("repeated clicks are lost", _edit(
            "helpers/interactions.py", "    ).reset_index(", "    ).drop_duplicates(['USER_ID', 'ITEM_ID']).reset_index("),
         INTERACTIONS, "test_every_click_is_remapped_by_its_picture_in_order"),
        # Order
        ("the first two results change places", _edit("helpers/search.py", RANKED, f"{RANKED}\n    ranked[:2] = ranked[1::-1]"),
         SEARCH, "test_weight_0_is_exactly_the_generic_order"),
        ("ties come in reverse", _edit(IN_FUSION, "return sorted(fused,", "return sorted(fused[::-1],"), TIES, "[0]"),
        ("neighbours come farthest first", _edit(
            "helpers/vector_index.py", 'for hit in answer["hits"]["hits"]]', 'for hit in answer["hits"]["hits"][::-1]]'),
         VECTOR_INDEX, "test_neighbours_come_best_first_with_their_scores"),
        # Figures
        ("a plotted series is ten per cent higher", _cell("04", 9, ": per_cluster}", ": per_cluster * 1.1}"), REMAP,
         "Cell 9"),
        ("two bars change places", _cell("04", 6, BARS, "dict(zip(repeats, [*repeats.values()][::-1], strict=True))"), REMAP,
         "Cell 6"),
        ("a figure has another title", _cell("04", 6, "Clicks collapse", "Clicks multiply"), REMAP, "Cell 6"),
        ("lines are drawn backwards", _edit("helpers/plots.py", "axes.plot(x, values, m", "axes.plot(x, values[::-1], m"), PLOTS,
         "test_words_say_in_order_what_was_drawn[lines]"),
        # Tiles and alternative texts
        ("tiles show other results' files", _edit(
            IN_GALLERY, 'catalog["file"][result.image_id]', 'catalog["file"].iloc[result.rank - 1]'),
         GALLERY, "test_results_become_tiles_of_their_own_files"),
        ("every tile shows the first picture", _edit(IN_GALLERY, "Image.open(path)", "Image.open(row.pictures[0])"), GALLERY,
         "test_tiles_stand_in_the_order_given"),
        ("grids lose their alternative text", _edit(IN_GALLERY, ', {"image/jpeg": {"alt": alt}}', ", {}"), GALLERY,
         "test_a_grid_carries_its_words"),
        ("figures lose their alternative text", _edit("helpers/plots.py", 'metadata={"image/png": {"alt": alt}}', "metadata={}"),
         PLOTS, "test_every_figure_has_words_and_is_reproducible_and_shows_its_data[lines]"),
        ("a stored picture loses its alternative text", drop_stored_alt, ALT, "[00_"),
        # Stored outputs
        ("an output is stripped", strip_one_output, STORED, "[03_"),
        ("the words under a grid are stripped", strip_words_under_a_grid, START, "Cell 7"),
        ("all outputs are stripped", strip_all_outputs, STORED, "[05_"),
        ("two outputs change places", swap_outputs, START, "Cell 9"),
        ("two execution counts change places", swap_counts, STORED, "[00_"),
        ("two stored images change places", swap_images_of_outputs, CARRIED, "[06_"),
        # Rules of the house
        ("a cell asks where it runs", _cell("03", 0, "aws = connect()", "aws = connect()\nif aws.mode == 'offline': pass"),
         HURTS, "[03_"),
        ("an engine imports a service", _edit(
            "helpers/local/engines/knn.py", "import numpy as np\n", "import numpy as np\nimport helpers.local.services.sts\n"),
         IMPORTS, "test_imports_point_downwards[helpers.local.engines.knn]"),
        ("a helper reaches for a public address", _edit("helpers/catalog.py", PERSONAS, REACH + PERSONAS), CATALOG,
         SAYS + "socket.connect 192.0.2.1"),
        ("a helper makes a client of its own", _edit("helpers/settings.py", "boto3.Session().", 'boto3.client("s3").meta.'), RUFF,
         SAYS + "TID251 `boto3.client` is banned"),
    ]
]  # fmt: skip
