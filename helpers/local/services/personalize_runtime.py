"""Amazon Personalize's ranking of a list for one user, by the ranker that a campaign serves."""

import threading
import uuid
from collections.abc import Sequence

import numpy as np

from ..engines.ranking import Ranker
from ..errors import ServiceError
from ..store import Store
from .personalize_interactions import user_of
from .personalize_model import RankerFiles
from .personalize_records import CAMPAIGN, EVENTS, INVALID_INPUT, SOLUTION_VERSION, Records, invalid

MOST_ITEMS = 500


class PersonalizeRuntime:
    """boto3's `personalize-runtime`, answering from the files that training and event ingestion leave."""

    INVALID_REQUEST = INVALID_INPUT

    def __init__(self, store: Store):
        self._records = Records(store, region="")
        self._rankers = RankerFiles(store)
        self._events = _EventsByUser(store)

    def get_personalized_ranking(self, *, campaignArn: str, inputList: Sequence[str], userId: str) -> dict:
        """The items, best first, with scores that sum to 1: a soft-max over those that the ranker knows.

        Unknown items come last, without a score. A user without a history gets the most popular first. An
        item given twice is ranked once; what AWS does then is not documented.
        Raises InvalidInputException for more than 500 items, ResourceNotFoundException without an ACTIVE
        campaign.
        """
        if not 1 <= len(inputList) <= MOST_ITEMS:
            raise invalid(f"inputList must have 1 to {MOST_ITEMS} items, not {len(inputList)}.")
        if not userId or not all(inputList):
            raise invalid("userId and item ids must not be empty.")
        ranker, utilities = self._utilities(campaignArn, userId)
        items = list(dict.fromkeys(inputList))
        known = [item for item in items if item in ranker.position]
        ranking: list[dict] = []
        if known:
            chosen = utilities[[ranker.position[item] for item in known]]
            chances = np.exp(chosen - chosen.max())
            scores = np.round(chances / chances.sum(), 7).tolist()
            best_first = np.argsort(-chosen, kind="stable").tolist()
            ranking = [{"itemId": known[place], "score": scores[place]} for place in best_first]
        ranking += [{"itemId": item} for item in items if item not in ranker.position]
        return {"personalizedRanking": ranking, "recommendationId": f"RID-{uuid.uuid4()}"}

    def _utilities(self, campaign_arn: str, user: str) -> tuple[Ranker, np.ndarray]:
        campaign = self._records.find(CAMPAIGN, campaign_arn)
        if campaign["status"] != "ACTIVE":
            message = f"The campaign {campaign_arn} does not serve while its status is {campaign['status']}."
            raise ServiceError("ResourceNotFoundException", message)
        version = self._served_version(campaign["solutionVersionArn"])
        ranker = self._rankers.load(version["offline"]["key"])
        group = version["datasetGroupArn"].rpartition("/")[2]
        return ranker, ranker.utilities(
            user, self._events.newer(group, user, version["offline"]["n_event_lines"])
        )

    def _served_version(self, version_arn: str) -> dict:
        solution_arn, _, latest = version_arn.rpartition("/")
        if latest != "$LATEST":
            return self._records.find(SOLUTION_VERSION, version_arn)
        versions = self._records.all(SOLUTION_VERSION, solutionArn=solution_arn, status="ACTIVE")
        return max(versions, key=lambda version: version["offline"]["number"])


class _EventsByUser:
    """Live events by dataset group and user; only lines that are new since the last look are sorted in."""

    def __init__(self, store: Store):
        self._store = store
        self._read: dict[str, tuple[list[dict], dict[str, list[tuple[int, str, str]]]]] = {}
        self._reading = threading.Lock()

    def newer(self, group: str, user: str, than_line: int) -> list[tuple[str, str]]:
        """(item, event type) of this user's events from line number `than_line` on, oldest first."""
        with self._reading:
            events = self._catch_up(group).get(user, ())
            return [(item, kind) for number, item, kind in events if number >= than_line]

    def _catch_up(self, group: str) -> dict[str, list[tuple[int, str, str]]]:
        lines = self._store.lines(EVENTS, group)
        before, by_user = self._read.get(group, ([], {}))
        start = len(before)
        if start > len(lines) or (
            before and lines[start - 1] is not before[-1]
        ):  # a new file, not a longer one
            start, by_user = 0, {}
        for number, line in enumerate(lines[start:], start):
            if "itemId" in line:
                by_user.setdefault(user_of(line), []).append((number, line["itemId"], line["eventType"]))
        self._read[group] = lines, by_user
        return by_user
