"""The desk knows every field that a list can say."""

import re

from collector.model import Field
from tests.conftest import REPOSITORY

READING = REPOSITORY / "dashboards" / "web" / "src" / "desk" / "imports" / "reading.ts"


def test_the_desk_offers_the_fields_that_lists_have() -> None:
    (listed,) = re.findall(r"export const FIELDS = \[(.*?)\]", READING.read_text(), re.DOTALL)
    assert re.findall(r'"(\w+)"', listed) == [field.value for field in Field]
