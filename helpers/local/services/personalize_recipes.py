"""The recipes that Personalize offers for ranking a list."""

from ..errors import ServiceError
from .personalize_records import page_of

_PREFIX = "arn:aws:personalize:::recipe/"
_DESCRIPTIONS = {
    "aws-personalized-ranking-v2": "Reranks a list of items for a user. Trains on up to 5 million items.",
    "aws-personalized-ranking": "Reranks a list of items for a user.",
}


class RecipeOperations:
    """One method per operation on recipes."""

    def describe_recipe(self, *, recipeArn: str) -> dict:
        check_recipe(recipeArn)
        return {"recipe": _recipe(recipeArn.removeprefix(_PREFIX), described=True)}

    def list_recipes(
        self,
        *,
        recipeProvider: str = "SERVICE",
        domain: str | None = None,
        nextToken: str | None = None,
        maxResults: int = 100,
    ) -> dict:
        """The rankings only: those are the recipes that work offline."""
        recipes = [] if domain else [_recipe(name) for name in _DESCRIPTIONS]
        return page_of(recipes, "recipes", nextToken, maxResults)


def check_recipe(arn: str) -> None:
    """Raises ResourceNotFoundException unless this is a ranking recipe."""
    if not arn.startswith(_PREFIX) or arn.removeprefix(_PREFIX) not in _DESCRIPTIONS:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Could not find recipe {arn}. Offline, {_PREFIX} has {' and '.join(_DESCRIPTIONS)}.",
        )


def _recipe(name: str, described: bool = False) -> dict:
    summary = {"name": name, "recipeArn": _PREFIX + name, "status": "ACTIVE"}
    if not described:
        return summary
    return summary | {
        "algorithmArn": f"arn:aws:personalize:::algorithm/{name}",
        "description": _DESCRIPTIONS[name],
        "recipeType": "PERSONALIZED_RANKING",
    }
