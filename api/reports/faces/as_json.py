"""The data set as JSON: field names are keys, moments are UTC with `Z`."""

import orjson

from api.reports.dataset import Report

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def as_json(report: Report) -> bytes:
    """Return the data set, keys in its order."""
    return orjson.dumps(report, option=_OPTIONS)
