"""Amazon Personalize, the part that ranks a list: from interactions in S3 to a campaign with a trained ranker."""

from .personalize_campaigns import CampaignOperations
from .personalize_data import DataOperations
from .personalize_models import ModelOperations
from .personalize_recipes import RecipeOperations
from .personalize_records import INVALID_INPUT


class Personalize(DataOperations, ModelOperations, CampaignOperations, RecipeOperations):
    """boto3's `personalize`: each operation is a method with the client's name and the parameters it
    supports.

    Resources are made and deleted in steps, one a describe call; an import is read and a version is trained
    at the step that makes it ACTIVE or, with the reason that AWS gives, CREATE FAILED.

    store : keeps the records, the interactions, the live events and the models.
    read_object : returns the bytes of an s3:// URI.
    """

    INVALID_REQUEST = INVALID_INPUT
