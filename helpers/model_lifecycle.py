"""Does Bedrock still want us to build on this model? Models grow old: ACTIVE, then LEGACY, then gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .embedder import Embedder
from .titan import EmbedError

# Members of modelLifecycle (botocore's model of bedrock, FoundationModelLifecycle), in the order in which they come to pass.
_DATES = {
    "legacyTime": "legacy since",
    "publicExtendedAccessTime": "likely dearer from",
    "endOfLifeTime": "gone from",
}
_REFUSALS = ("ValidationException", "ResourceNotFoundException")


def check_model_lifecycle(bedrock: Any, embedder: Embedder) -> str:
    """One line about the model's life cycle: a fact when it is ACTIVE, a warning with dates and a way out when LEGACY.

    bedrock: boto3 client of `bedrock` (not of its runtime). A model that runs on this machine is not looked up, and
    without permission to look the line says so: neither stops a notebook.
    Raises EmbedError where Bedrock doesn't offer the model; other errors of AWS pass unchanged.
    """
    if not embedder.on_bedrock:
        return f"{embedder.model}: runs on this machine, so no provider can retire it"
    try:
        details = bedrock.get_foundation_model(modelIdentifier=embedder.model)["modelDetails"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "AccessDeniedException":
            return f"{embedder.model}: life cycle unknown; allow bedrock:GetFoundationModel for your role to see it"
        if code not in _REFUSALS:
            raise
        raise EmbedError(
            f"Bedrock doesn't offer {embedder.model} here ({code}). Next step: take a region that has it (WORKSHOP_REGION with "
            "WORKSHOP_MODE=aws; offline there is Titan only), or another model: WORKSHOP_EMBEDDER=titan, nova or clip."
        ) from error
    return _told(embedder.model, details.get("modelLifecycle", {}))


def _told(model: str, lifecycle: Mapping[str, Any]) -> str:
    status = lifecycle.get("status", "life cycle unknown")
    if status != "LEGACY":
        return f"{model}: {status}"
    dates = [f"{words} {_day(lifecycle[member])}" for member, words in _DATES.items() if member in lifecycle]
    return (
        f"⚠ {model} is LEGACY ({', '.join(dates) or 'no dates given'}): it still answers, but new accounts may be refused. "
        "What to do: plan the move to an ACTIVE model such as Nova (WORKSHOP_EMBEDDER=nova, then notebooks 01 to 05 again)."
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
