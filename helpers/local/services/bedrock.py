"""Amazon Bedrock's catalogue of models, as far as the workshop asks: is Titan there, and is it still active? And its jobs."""

from ..errors import ServiceError
from .bedrock_jobs import InvocationJobs, Surroundings

TITAN = "amazon.titan-embed-image-v1"
# Where Titan Multimodal Embeddings G1 is offered (its model card in the Bedrock user guide).
TITAN_REGIONS = (
    "us-east-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "ap-south-1",
    "ap-southeast-2", "sa-east-1",
)  # fmt: skip


class Bedrock(InvocationJobs):
    """Knows one foundation model, Titan Multimodal Embeddings G1, in the regions that offer it.

    around: what batch jobs need of the account.
    """

    def __init__(self, around: Surroundings, region: str = "us-east-1"):
        super().__init__(around, [TITAN], region)
        self._region = region

    def get_foundation_model(self, *, modelIdentifier: str) -> dict:
        """What Bedrock says about one model, its life cycle included. ServiceError for a model it does not know."""
        details = self._titan()
        known = (details["modelId"], details["modelArn"]) if self._region in TITAN_REGIONS else ()
        if modelIdentifier not in known:
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
            self._region in TITAN_REGIONS
            and (byProvider is None or byProvider.lower() == titan["providerName"].lower())
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
