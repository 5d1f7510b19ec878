"""The explorer of notebook 07: a word, a persona and a weight; generic and personalized results side by side."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path

import ipywidgets as widgets
from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy.exceptions import OpenSearchException

from .catalog import load_catalog, load_personas
from .fusion import DEFAULT_WEIGHT
from .gallery import Row, rank_change, show_rows
from .search import EmptyQuery, Result, SearchEngine, personalized_search
from .titan import EmbedError
from .vector_index import SearchError
from .workshop import Workshop

NOBODY = "nobody (anonymous)"
FAILURES = (EmptyQuery, EmbedError, SearchError, ValueError, ClientError, BotoCoreError, OpenSearchException)
STYLE = """<style>
.pis-grid {display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 8px; margin: 0; padding: 0}
.pis-grid figure {margin: 0; font: 12px/1.35 sans-serif; color: #1c1c1c}
.pis-grid img {width: 100%; border-radius: 6px; display: block}
.pis-grid figcaption {padding: 2px 1px}
.pis-title {font: bold 15px/2 sans-serif; color: #1c1c1c}
.pis-line {font: 13px/1.6 sans-serif; color: #8a2f00; min-height: 21px}
</style>"""


class Panel(widgets.HTML):
    """An HTML widget whose text form stays short: the pictures inside would fill pages of a stored notebook."""

    def __repr__(self) -> str:
        return "Panel()"


class Explorer:
    """Widgets that call `personalized_search` whenever the word, the persona or the weight changes.

    `Explorer(aws).view` is what a cell shows; `choose` moves the controls from code.
    """

    def __init__(self, aws: Workshop, *, query: str = "cat"):
        self.engine: SearchEngine = aws.search_engine()
        self.catalog, self.folder = load_catalog(aws.data), aws.data
        people = [NOBODY, *(persona.user_id for persona in load_personas())]
        self.query = widgets.Text(query, description="search for", continuous_update=False)
        self.persona = widgets.Dropdown(options=people, value=people[1], description="as")
        self.weight = widgets.FloatSlider(
            DEFAULT_WEIGHT,
            min=0,
            max=1,
            step=0.05,
            description="weight of taste",
            continuous_update=False,
            style={"description_width": "initial"},
        )
        self.generic, self.personalized, self.line = Panel(), Panel(), Panel()
        for control in (self.query, self.persona, self.weight):
            control.observe(lambda _: self.refresh(), names="value")
        half = widgets.Layout(width="50%", padding="0 8px 0 0")
        self.view = widgets.VBox(
            [
                Panel(STYLE),
                widgets.HBox(
                    [self.query, self.persona, self.weight], layout=widgets.Layout(flex_flow="row wrap")
                ),
                self.line,
                widgets.HBox(
                    [
                        widgets.VBox([self.generic], layout=half),
                        widgets.VBox([self.personalized], layout=half),
                    ]
                ),
            ]
        )
        self.refresh()

    def choose(
        self, *, query: str | None = None, persona: str | None = None, weight: float | None = None
    ) -> None:
        """Moves the controls, as a person would."""
        self.query.value = self.query.value if query is None else query
        self.persona.value = self.persona.value if persona is None else persona
        self.weight.value = self.weight.value if weight is None else weight

    def results(self) -> tuple[list[Result], list[Result]]:
        """The generic and the personalized results for what the controls say."""
        user_id = None if self.persona.value == NOBODY else self.persona.value
        generic = personalized_search(self.engine, text=self.query.value)
        return generic, personalized_search(
            self.engine, text=self.query.value, user_id=user_id, weight=self.weight.value
        )

    def refresh(self) -> None:
        """Searches again and redraws; when that fails, one line says what to do and the grids stay as they were."""
        try:
            generic, personalized = self.results()
        except FAILURES as error:
            self.line.value = f'<div class="pis-line" role="alert">{html.escape(_advice(error))}</div>'
            return
        self.line.value = '<div class="pis-line"></div>'
        self.generic.value = self._grid("for everybody", generic)
        self.personalized.value = self._grid(f"for {self.persona.value}", personalized)

    def _grid(self, title: str, results: Sequence[Result]) -> str:
        tiles = "".join(self._tile(result) for result in results)
        return f'<div class="pis-title">{html.escape(title)}</div><div class="pis-grid">{tiles}</div>'

    def _tile(self, result: Result) -> str:
        data = base64.b64encode(self._file(result).read_bytes()).decode()
        words = html.escape(str(self.catalog["title"][result.image_id]))
        taste = "no taste" if result.taste_score is None else f"taste {result.taste_score:.4f}"
        return (
            f'<figure><img alt="{words}" src="data:image/jpeg;base64,{data}">'
            f"<figcaption><b>{result.rank}</b> {rank_change(result.rank, result.generic_rank)}<br>"
            f"match {result.search_score:.3f}<br>{taste}</figcaption></figure>"
        )

    def show_static(self) -> None:
        """The same two grids as a picture, for places that show no widgets (GitHub, exported pages)."""
        generic, personalized = self.results()
        rows = [
            Row("for everybody", f"“{self.query.value}”", [self._file(result) for result in generic]),
            Row(
                f"for {self.persona.value}",
                f"weight of taste {self.weight.value}",
                [self._file(result) for result in personalized],
                [rank_change(result.rank, result.generic_rank) for result in personalized],
            ),
        ]
        show_rows(
            rows, alt=f"Pictures found for “{self.query.value}”: for everybody, and for {self.persona.value}"
        )

    def _file(self, result: Result) -> Path:
        return self.folder / self.catalog["file"][result.image_id]


def _advice(error: Exception) -> str:
    if isinstance(error, ClientError):
        refusal = error.response["Error"]
        return f"AWS refused ({refusal['Code']}): {refusal['Message']} Run notebook 05 again, or wait and retry."
    if isinstance(error, OpenSearchException):
        return "OpenSearch did not answer. Run notebook 03 again, or wait and retry."
    return str(error)
