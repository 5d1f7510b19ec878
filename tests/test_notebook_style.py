"""What a reader may rely on in every notebook: goals, guesses, checkpoints, prices from one table, and a next step."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
# Sections that show something and leave nothing behind that a later cell could miss.
WITHOUT_CHECKPOINT = {
    "01": {"A word *and* a picture", "What is near what?", "At scale: batch inference"},
    "02": {
        "Look into the groups", "Too few groups", "What you may see differently on real Titan",
        "At scale: a sample, a bigger machine, more machines",
    },
    "03": {"Name the style, or show a picture", "At scale: memory first"},
    "04": {"The click log", "What collapses", "Personalize's minimums", "Which clusters collect clicks?"},
    # The first only starts things; the next two wait until AWS itself says ACTIVE.
    "05": {"Import the clicks", "Train", "Deploy", "At scale: training by itself"},
    "06": {
        "The online flow", "What each person viewed before", "Two scores with nothing in common",
        "A taste that changes mid-session", "What you may see differently on real Personalize",
    },
    "07": {"The explorer", "Let the controls move", "When it hurts"},
    "10": {"Your folder, your log"},
    "99": {"What is there", "Delete it"},
}  # fmt: skip
MACHINE = re.compile(r"(?<![\w.])/(home|root|tmp|work|Users|mnt|var)/|\bat 0x[0-9a-f]{6,}|\b20[2-9]\d-[01]\d-[0-3]\d\b")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4) | {"path": request.param}


def number_of(notebook) -> str:
    return notebook["path"].name[:2]


def sources(notebook, kind: str) -> list[str]:
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == kind]


def sections_of(notebook) -> dict[str, list[str]]:
    """The code cells below each heading of the second level."""
    found: dict[str, list[str]] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            found |= {heading: [] for heading in re.findall(r"^## (.+)$", cell["source"], re.M)}
        elif found:
            found[list(found)[-1]].append(cell["source"])
    return found


def names_called(source: str) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def test_it_promises_three_things_to_do(notebook):
    assert re.findall(r"^(\d)\. [a-z]+ ", sources(notebook, "markdown")[1], re.M) == ["1", "2", "3"]


def test_it_connects_first_and_in_the_words_of_all_others(notebook):
    first = nbformat.read(NOTEBOOKS[0], as_version=4)
    assert sources(notebook, "code")[0] == sources(first, "code")[0]


def test_time_and_cost_come_from_the_price_table(notebook):
    assert f'show_time_and_cost("{number_of(notebook)}")' in sources(notebook, "code")[1]
    for text in [*sources(notebook, "markdown"), *sources(notebook, "code")]:
        assert not re.search(r"\$ ?\d|\b(USD|dollars?)\b", text), "prices stand in seeds/prices.toml only"


def test_it_asks_for_a_guess_before_it_shows(notebook):
    guesses = [place for place, cell in enumerate(notebook["cells"]) if "**Guess" in cell["source"]]
    assert guesses
    for place in guesses:
        assert notebook["cells"][place + 1]["cell_type"] == "code", "the answer comes right after the question"


def test_a_section_ends_in_a_checkpoint(notebook):
    without = {
        heading for heading, cells in sections_of(notebook).items() if cells and "check" not in names_called(cells[-1])
    }
    assert without == WITHOUT_CHECKPOINT.get(number_of(notebook), set())


def test_a_checkpoint_says_its_sentence(notebook):
    for text in sources(notebook, "code"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
                assert len(ast.unparse(node.args[1]).split()) >= 3


def test_it_ends_with_something_to_try_a_quiz_a_recap_and_the_next_notebook(notebook):
    try_it, quiz, recap = sources(notebook, "markdown")[-3:]
    assert "**Try it.**" in try_it and re.search(r"<details><summary>Solution</summary>\n\n.+\n\n</details>", try_it, re.S)
    questions, answers = re.fullmatch(
        r"\*\*Quiz\.\*\*\n\n(.+)\n\n<details><summary>Answers</summary>\n\n(.+)\n\n</details>", quiz, re.S
    ).groups()
    assert re.findall(r"^(\d)\. ", questions, re.M) == re.findall(r"^(\d)\. ", answers, re.M) == ["1", "2", "3"]
    assert recap.startswith("## Recap\n\n") and recap.count("**Next →**") == 1
    following = NOTEBOOKS[(NOTEBOOKS.index(notebook["path"]) + 1) % len(NOTEBOOKS)]
    title = nbformat.read(following, as_version=4)["cells"][0]["source"].splitlines()[0].removeprefix("# ")
    assert f"**Next →** [{title}]({following.name})" in recap


def test_it_needs_notebooks_that_come_earlier(notebook):
    needs = re.search(r"\*\*Needs:\*\* (.+)", sources(notebook, "markdown")[1])[1]
    required = re.findall(r'made_in="(\d\d)"', "".join(sources(notebook, "code")))
    assert all(number < number_of(notebook) for number in [*re.findall(r"\b\d\d\b", needs.split(".")[0]), *required])


def test_it_imports_helpers_and_nothing_below_them(notebook):
    for text in sources(notebook, "code"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
                names += [alias.name for alias in node.names]
                if number_of(notebook) == "08":  # it asks simulated users
                    names = [name for name in names if not name.startswith("seeds.people.")]
                assert not [n for n in names if n.startswith(("_", "helpers.local", "helpers._", "seeds", "tests")) or n == "*"]


def test_a_function_is_shown_once(notebook):
    shown = re.findall(r"^show_source\((.+)\)$", "\n".join(sources(notebook, "code")), re.M)
    functions = [function for line in shown for function in line.split(", ")]
    assert len(functions) == len(set(functions))
    others = [path for path in NOTEBOOKS if path != notebook["path"]]
    for function in functions:
        assert not [path for path in others if re.search(rf"show_source\([^)]*\b{function}\b", path.read_text("utf-8"))]


def test_its_prose_does_not_call_things_simple(notebook):
    for text in sources(notebook, "markdown"):
        assert not re.search(r"\b(simply|obviously|easily|trivially|of course|needless to say)\b|!(?=\s|$)", text, re.I), text


def test_it_stores_nothing_of_the_machine_that_ran_it(notebook):
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"} and cell["id"]
        assert set(cell["metadata"].get("tags", [])) <= {"quiet", "app"}
        for output in cell.get("outputs", []):
            words = output.get("text", "") + "".join(
                text for kind, text in output.get("data", {}).items() if kind.startswith("text/") and isinstance(text, str)
            )
            assert not MACHINE.search(words), MACHINE.search(words)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def test_cell_ids_are_unique():
    ids = [cell["id"] for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4)["cells"]]
    assert len(ids) == len(set(ids))
