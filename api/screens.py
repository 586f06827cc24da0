"""What belongs to the link of a screen: settings kept by the store, read with care.

They are written by one version and read by another; a setting that this version does not know is
left out, and one that it does not understand is as usual. A wall is never dark for a setting.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from api.schemas.access import ScreenSettingsBody

_KNOWN = frozenset(ScreenSettingsBody.model_fields)


def settings_of(kept: Mapping[str, object]) -> dict[str, Any]:
    """Return the settings of a screen in the shape `ScreenSettings`."""
    known = {name: value for name, value in kept.items() if name in _KNOWN}
    try:
        return ScreenSettingsBody.model_validate(known).model_dump()
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
        left = {name: value for name, value in known.items() if name not in wrong} if wrong else {}
        return settings_of(left)
