"""AWS Service Quotas: what this account may have at most, as far as anything offline obeys it."""

from collections.abc import Mapping

from ..arns import arn
from ..errors import ServiceError
from .personalize_campaigns import MOST_CAMPAIGNS
from .personalize_data import MOST_DATASET_GROUPS

_NAMES = {"personalize": "Amazon Personalize", "sagemaker": "Amazon SageMaker"}
# unconfirmed: the code, from two public reports of accounts that asked for more
_TRAINING_CODES = {"ml.m5.large": "L-611FA074"}
# The names stand in the Personalize developer guide (Endpoints and quotas); their codes in no source that we found.
_PERSONALIZE = {
    "Total number of active dataset groups": MOST_DATASET_GROUPS,
    "Total number of active campaigns per dataset group": MOST_CAMPAIGNS,
}


class ServiceQuotas:
    """Tells the quotas that the other stand-ins enforce, and no others: offline nothing throttles Titan.

    training : how many machines of a type may train at the same time.
    """

    INVALID_REQUEST = "IllegalArgumentException"

    def __init__(self, training: Mapping[str, int], region: str = "us-east-1"):
        self._region = region
        self._training = dict(training)

    def get_service_quota(self, *, ServiceCode: str, QuotaCode: str) -> dict:
        """One quota by its code. Raises NoSuchResourceException."""
        for machine, most in self._training.items():
            if (ServiceCode, QuotaCode) == ("sagemaker", _TRAINING_CODES.get(machine)):
                quota = self._told(ServiceCode, f"{machine} for training job usage", most)
                place = arn("servicequotas", f"{ServiceCode}/{QuotaCode}", self._region)
                return {"Quota": {**quota, "QuotaCode": QuotaCode, "QuotaArn": place}}
        raise ServiceError("NoSuchResourceException", f"Offline there is no quota {QuotaCode} of {ServiceCode}.")

    def list_service_quotas(self, *, ServiceCode: str) -> dict:
        """Every quota of a service, on one page. Raises NoSuchResourceException."""
        if ServiceCode != "personalize":
            raise ServiceError("NoSuchResourceException", f"Offline nothing lists the quotas of {ServiceCode}.")
        return {"Quotas": [self._told(ServiceCode, name, most) for name, most in _PERSONALIZE.items()]}

    def _told(self, service: str, name: str, most: int) -> dict:
        told = {"ServiceCode": service, "ServiceName": _NAMES[service], "QuotaName": name, "Value": float(most)}
        return {**told, "Adjustable": True, "GlobalQuota": False}
