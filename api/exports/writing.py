"""Exports as files: CSV and JSON, the dictionary, and the JSON Schema that holds them to it."""

import csv
import io
from datetime import UTC

import orjson

from api.exports.dictionary import DATASETS, VERSION, Dataset, FieldMeaning, Holds
from api.exports.making import Export
from api.uptime_csv import defused
from collector.config.exports import ExportSettings

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_PATTERNS = {
    Holds.DATE: r"^\d{4}-\d{2}-\d{2}$",
    Holds.MOMENT: r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
    Holds.MONTH: r"^\d{4}-\d{2}$",
}
_TYPES = {Holds.WHOLE: "integer", Holds.NUMBER: "number"}


def as_csv(export: Export) -> bytes:
    """Return CSV for programs: UTF-8, comma, decimal point, CRLF; an empty cell: nothing known."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([one.name for one in export.dataset.fields])
    for row in export.rows:
        writer.writerow(
            [defused(value) if isinstance(value, str) else value for value in row.values()]
        )
    return text.getvalue().encode()


def as_json(export: Export, settings: ExportSettings) -> bytes:
    """Return the rows with all that must be known of them."""
    return orjson.dumps(
        {
            **_about(export.dataset, settings),
            "month": export.month,
            "public": export.public,
            "made_at": f"{export.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "rows": export.rows,
        },
        option=_OPTIONS,
    )


def file_name(export: Export, form: str) -> str:
    """Return what the file of an export is called."""
    parts = [export.dataset.name, export.month, "public" if export.public else None]
    return f"{'-'.join(part for part in parts if part)}.{form}"


def dictionary(settings: ExportSettings) -> dict[str, object]:
    """Return the data dictionary of all datasets."""
    return {"version": VERSION, "datasets": [_about(one, settings) for one in DATASETS]}


def _about(dataset: Dataset, settings: ExportSettings) -> dict[str, object]:
    return {
        "dataset": dataset.name,
        "version": VERSION,
        "title": {"id": dataset.title_id, "en": dataset.title_en},
        "description": {"id": dataset.about_id, "en": dataset.about_en},
        "period": "month" if dataset.monthly else "current",
        "producer": settings.producer,
        "custodian": settings.custodian,
        "license": settings.license,
        "fields": [_field(one) for one in dataset.fields],
    }


def _field(one: FieldMeaning) -> dict[str, object]:
    return {
        "name": one.name,
        "type": one.holds.value,
        "concept": {"id": one.concept_id, "en": one.concept_en},
        "definition": {"id": one.definition_id, "en": one.definition_en},
        "unit": one.unit or None,
        "may_be_empty": one.empty,
    }


def schema(dataset: Dataset) -> dict[str, object]:
    """Return the JSON Schema of a dataset's JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Pantau export: {dataset.name}, version {VERSION}",
        "type": "object",
        "required": ["dataset", "version", "made_at", "month", "public", "fields", "rows"],
        "properties": {
            "dataset": {"const": dataset.name},
            "version": {"const": VERSION},
            "month": {"type": "string" if dataset.monthly else "null"},
            "public": {"type": "boolean"},
            "made_at": {"type": "string", "pattern": _PATTERNS[Holds.MOMENT]},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [one.name for one in dataset.fields],
                    "properties": {one.name: _property(one) for one in dataset.fields},
                },
            },
        },
    }


def _property(one: FieldMeaning) -> dict[str, object]:
    kind = _TYPES.get(one.holds, "string")
    found: dict[str, object] = {"type": [kind, "null"] if one.empty else kind}
    if one.holds in _PATTERNS:
        found["pattern"] = _PATTERNS[one.holds]
    if one.unit == "percent":
        found |= {"minimum": 0, "maximum": 100}
    return found
