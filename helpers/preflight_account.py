"""Pre-flight: who signs in, whether the region has the model, and whether the model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .catalog import load_catalog
from .embeddings import encode_image
from .model_lifecycle import check_model_lifecycle
from .outages import SignInAgain
from .preflight_rows import LOOK, STOP, Row, look_at, reason_of
from .titan import MODEL_ID, EmbedError

if TYPE_CHECKING:
    from .workshop import Workshop

# Bedrock user guide, model card of Titan Multimodal Embeddings G1. It is not in us-east-2, ap-northeast-1, ap-southeast-1.
TITAN_REGIONS = (
    "us-east-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "ap-south-1",
    "ap-southeast-2", "sa-east-1",
)  # fmt: skip
_ONE_PICTURE, _GO_ON = "one picture embedded", "Go on: the picture below tells whether the model answers."
_FEW_TRIES = Config(retries={"total_max_attempts": 5}, connect_timeout=3, read_timeout=10)


def sign_in(aws: Workshop) -> Row:
    """Whether AWS answers, and to whom. Without this nothing else can be looked at."""
    what = "sign-in"
    try:
        caller = aws.session.client("sts", config=_FEW_TRIES).get_caller_identity()
    except (ClientError, BotoCoreError, SignInAgain) as error:
        again = "Sign in (`aws sso login` or `aws configure`), check the network, then run this cell again."
        return Row(what, f"AWS does not let you in: {reason_of(error)}", STOP, again)
    return Row(what, f"account {caller['Account']}, {caller['Arn'].rpartition(':')[2]}")


def model_rows(aws: Workshop) -> list[Row]:
    """Region, life cycle, and one picture sent to the model, which costs what one picture costs."""
    again = "Run this cell again; if it stays so, see the rows above."
    return [*_offer_and_life_cycle(aws), look_at(_ONE_PICTURE, lambda: _picture(aws), again)]


def _offer_and_life_cycle(aws: Workshop) -> list[Row]:
    model, offer, cycle = aws.embedder.model, f"{aws.region} offers the model", "life cycle of the model"
    another = f"Titan is in {', '.join(TITAN_REGIONS)}: set WORKSHOP_REGION to one of them, or WORKSHOP_EMBEDDER=clip."
    try:
        line = check_model_lifecycle(aws.client("bedrock"), aws.embedder)
    except EmbedError as error:
        return [Row(offer, str(error).partition(" Next step")[0], STOP, another)]
    except (ClientError, BotoCoreError) as error:
        return [Row(cycle, f"could not be looked up: {reason_of(error)}", LOOK, _GO_ON)]
    is_known = model != MODEL_ID or aws.region in TITAN_REGIONS
    first = Row(offer, f"{model} is offered") if is_known else Row(offer, "it is not in our list of regions", LOOK, another)
    said, _, advice = line.removeprefix("⚠ ").removeprefix(f"{model}: ").partition(" What to do: ")
    is_fine = said == "ACTIVE" or not aws.embedder.on_bedrock
    return [first, Row(cycle, said) if is_fine else Row(cycle, said, LOOK, advice or _GO_ON)]


def _picture(aws: Workshop) -> Row:
    what = _ONE_PICTURE
    picture = aws.data / load_catalog(aws.data)["file"].iloc[0]
    try:
        vector = aws.embedder.embed(image=encode_image(picture), purpose="index")
    except EmbedError as error:
        said, _, step = str(error).partition(" Next step: ")
        return Row(what, said, STOP, step or "Correct it, then run this cell again.")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in ("ServiceQuotaExceededException", "ThrottlingException"):
            raise
        quota = "Your quota is used up, or 0: look at the row of the quota, and wait a minute."
        return Row(what, f"{aws.embedder.model} refused: {code}", STOP, quota)
    return Row(what, f"{len(vector):,} numbers came back")
