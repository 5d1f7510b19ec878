"""What the two generations of OpenSearch Serverless refuse and do differently; a domain refuses nothing of this.

Sources: AWS's developer guide, pages "Supported operations and plugins in Amazon OpenSearch Serverless", "Working with
vector search collections" and "What is Amazon OpenSearch Serverless?". That a document id (Classic) and a refresh policy
are refused in these words stands in public logs.
Unconfirmed: every text of NextGen (one report each); the body of the 404; wait_for's wording; status and text for upserts,
scripts, lucene, mode with 1x, and for settings that Serverless keeps to itself. That these are refused is documented.

When a search sees what was written: AWS says within 60 s (Classic) or 10 s (NextGen). Here time is counted in looks: a
written document is found by the n-th search or count of its index after the write, in whatever kernel these are made.
No clock decides, so a run gives the same answers today and tomorrow, and nobody has to wait; a load that looks once and
believes what it sees goes wrong here as it does there.
"""

import re
from dataclasses import dataclass
from typing import Any

from .errors import OpenSearchError, illegal_argument, mapping_refused, not_offline

_NOT_ON_SERVERLESS = re.compile(
    r"/|/_cluster/.*|/_nodes.*|(/[^/]+)?/_(refresh|delete_by_query|update_by_query|reindex|flush|forcemerge|stats)"
    r"|/_search/(scroll|pipeline).*|/_plugins/_knn/.*"
)
_SETTINGS_OF_SERVERLESS = {"index.number_of_shards", "index.number_of_replicas", "index.refresh_interval"}


@dataclass(frozen=True)
class Flavour:
    """A kind of OpenSearch, as far as it answers differently from a domain.

    own_ids : whether a document may bring its id. engines : those that a mapping may name.
    looks : how many looks it takes until a written document is found; 0 means that the clock decides, as on a domain.
    hides_vectors : whether an answer leaves vectors out unless they are asked for.
    """

    name: str
    own_ids: bool = True
    engines: tuple[str, ...] = ("faiss", "lucene")
    looks: int = 0
    hides_vectors: bool = False

    @property
    def serverless(self) -> bool:
        return self.name != "domain"

    def refuse_path(self, method: str, path: str) -> None:
        """Raise the 404 error of a request that a collection does not know."""
        if self.serverless and _NOT_ON_SERVERLESS.fullmatch(path):
            raise OpenSearchError(404, "not_found", f"{method} {path} is not supported on OpenSearch Serverless")

    def refuse_refresh(self, policy: str) -> None:
        """Raise the 400 error of a write that wants to be seen at once."""
        if self.serverless and policy != "false":
            raise OpenSearchError(400, "status_exception", f"{policy} refresh policy is not supported.")

    def refuse_id(self, doc_id: object) -> None:
        """Raise the 400 error of a new document that brings its own id."""
        if doc_id is not None and not self.own_ids:
            raise illegal_argument("Document ID is not supported in create/index operation request")

    def refuse_upsert(self, body: dict[str, Any]) -> None:
        """Raise the 400 error of an update that would make a document under an id of ours."""
        if not self.own_ids and ("upsert" in body or body.get("doc_as_upsert")):
            raise illegal_argument("Upsert is not supported in update operation request")

    def refuse_settings(self, settings: dict[str, str]) -> None:
        """Raise the 400 error of a setting that Serverless keeps to itself."""
        if self.serverless and (own := sorted(_SETTINGS_OF_SERVERLESS & set(settings))):
            raise illegal_argument(f"Setting [{own[0]}] is not supported")

    def refuse_script(self) -> None:
        """Raise the 400 error of an exact search by script."""
        if self.serverless:
            raise illegal_argument("script_score is not supported")

    def refuse_mappings(self, mappings: Any) -> None:
        """Raise the 400 error of a vector field that this flavour does not take, the 501 error of what is not built."""
        properties = mappings.get("properties") if isinstance(mappings, dict) else None
        for path, field in (properties or {}).items() if self.serverless else ():
            if isinstance(field, dict) and field.get("type") == "knn_vector":
                self._refuse_vector(path, field)

    def _refuse_vector(self, path: str, field: dict[str, Any]) -> None:
        engine = (field.get("method") or {}).get("engine")
        if engine is not None and not self.engines:
            raise illegal_argument("Field parameter 'engine' is not supported")
        if engine == "lucene":
            raise mapping_refused(f"Invalid engine type: {engine}")
        if engine in (None, "nmslib") and self.engines:
            raise not_offline(f"nmslib, the default engine of {self.name} ({path}); name the engine faiss")
        if not self.engines:
            level = field.get("compression_level")
            if "mode" in field and level == "1x":
                raise mapping_refused(f"mode [{field['mode']}] and compression level [1x] do not go together")
            if level is None:
                raise not_offline(f"compression_level 32x, the default of {self.name} ({path}); ask for 1x")


FLAVOURS = {
    flavour.name: flavour
    for flavour in (
        Flavour("domain"),
        Flavour("serverless-classic", own_ids=False, engines=("faiss",), looks=3),
        Flavour("serverless-nextgen", engines=(), looks=2, hides_vectors=True),
    )
}
