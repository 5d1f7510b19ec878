"""Amazon Bedrock's catalogue of models, as far as the workshop asks: is Titan there, and is it still active?"""

from ..errors import ServiceError

TITAN = "amazon.titan-embed-image-v1"


class Bedrock:
    """Knows one foundation model: Titan Multimodal Embeddings G1."""

    def __init__(self, region: str = "us-east-1"):
        self._region = region

    def get_foundation_model(self, *, modelIdentifier: str) -> dict:
        """What Bedrock says about one model, its life cycle included. ServiceError for a model it does not know."""
        details = self._titan()
        if modelIdentifier not in (details["modelId"], details["modelArn"]):
            raise ServiceError("ValidationException", "The provided model identifier is invalid.")
        return {"modelDetails": details}

    def list_foundation_models(
        self,
        *,
        byProvider: str | None = None,
        byOutputModality: str | None = None,
        byInferenceType: str | None = None,
    ) -> dict:
        """Every model that passes the filters."""
        titan = self._titan()
        wanted = (
            (byProvider is None or byProvider.lower() == titan["providerName"].lower())
            and (byOutputModality is None or byOutputModality in titan["outputModalities"])
            and (byInferenceType is None or byInferenceType in titan["inferenceTypesSupported"])
        )
        return {"modelSummaries": [titan] if wanted else []}

    def _titan(self) -> dict:
        return {
            "modelArn": f"arn:aws:bedrock:{self._region}::foundation-model/{TITAN}",
            "modelId": TITAN,
            "modelName": "Titan Multimodal Embeddings G1",
            "providerName": "Amazon",
            "inputModalities": ["TEXT", "IMAGE"],
            "outputModalities": ["EMBEDDING"],
            "responseStreamingSupported": False,
            "customizationsSupported": [],
            "inferenceTypesSupported": ["ON_DEMAND"],
            "modelLifecycle": {"status": "ACTIVE"},
        }
