"""The pages' types of the API are those of the API that is here."""

from api.app import describe
from dashboards.web.api_types import TARGET, render


def test_the_types_of_the_pages_are_made_from_this_api() -> None:
    committed = TARGET.read_text(encoding="utf-8")
    assert committed == render(describe()), "the API has changed: run `make web-types`"
