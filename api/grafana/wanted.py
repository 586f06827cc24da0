"""What Grafana is to have: plain values, each with a digest by which it is known again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from collector.config import InfluxdbSettings

FOLDER_UID = "pantau"
FOLDER_TITLE = "Pantau"
SOURCE_UID = "pantau-influxdb"
TAG = "pantau"
MARK = "pantauDigest"
"""Key of a data source's settings that holds its digest; Grafana keeps keys it does not know."""


@dataclass(frozen=True, slots=True)
class Event:
    """An incident or planned work, as an annotation. Without an end it is still on."""

    key: str  # the tag by which it is found again
    kind: str
    start_at: datetime
    end_at: datetime | None
    text: str

    @property
    def digest(self) -> str:
        """Name what it says, so that a person's change is seen."""
        return event_digest(self.start, self.end, self.text)

    @property
    def start(self) -> int:
        """Return its beginning in milliseconds."""
        return milliseconds(self.start_at)

    @property
    def end(self) -> int | None:
        """Return its end in milliseconds."""
        return None if self.end_at is None else milliseconds(self.end_at)

    @property
    def tags(self) -> list[str]:
        """Return its tags: whose, what, which one, and as what it was written."""
        return [TAG, self.kind, self.key, digest_tag(self.digest)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything to push."""

    dashboards: tuple[Mapping[str, Any], ...]
    sources: tuple[Mapping[str, Any], ...] = field(repr=False)  # with a token
    events: tuple[Event, ...]
    since_at: datetime  # of the events


def digest(content: object) -> str:
    """Return a short name of what something holds: the same for the same, whatever its order."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def event_digest(start: object, end: object, text: object) -> str:
    """Return the digest of an annotation. One that ends as it begins is a moment: it has no end."""
    return digest([start, None if end == start else end, text])


def digest_tag(of: str) -> str:
    """Return the tag that carries a digest."""
    return f"pantau-sha256-{of}"


def milliseconds(moment: datetime) -> int:
    """Return a moment as Grafana counts, rounded down."""
    return int(moment.astimezone(UTC).timestamp() * 1000 // 1)


def data_sources(
    settings: InfluxdbSettings, url: str | None, token: SecretStr | None
) -> tuple[dict[str, Any], ...]:
    """Return the data sources of the three resolutions, as provisioning makes them.

    `url` is where Grafana finds InfluxDB, if not where the settings say.
    """
    buckets = (settings.bucket, settings.bucket_5m, settings.bucket_1h)
    made = []
    for suffix, bucket in zip(("", "5m", "1h"), buckets, strict=True):
        source: dict[str, Any] = {
            "uid": f"{SOURCE_UID}-{suffix}".rstrip("-"),
            "name": f"Pantau {suffix}".rstrip(),
            "type": "influxdb",
            "access": "proxy",
            "url": url or settings.url,
            "isDefault": False,  # which one is, stays the business of those whose Grafana it is
            "jsonData": {
                "version": "InfluxQL",
                "dbName": bucket,
                "httpMode": "POST",
                "httpHeaderName1": "Authorization",
            },
        }
        source["jsonData"][MARK] = source_digest(source)
        if token is not None:
            secret = f"Token {token.get_secret_value()}"
            source["secureJsonData"] = {"httpHeaderValue1": secret}
        made.append(source)
    return tuple(made)


def source_digest(source: Mapping[str, Any]) -> str:
    """Return the digest of what we set of a data source. Its token is no part of it."""
    held = source.get("jsonData") or {}
    keys = ("version", "dbName", "httpMode", "httpHeaderName1")
    parts = [source.get(key) for key in ("name", "type", "access", "url")]
    return digest([*parts, *(held.get(key) for key in keys)])


def fitted(
    dashboards: Iterable[Mapping[str, Any]], *, bucket_1h: str, desk_url: str | None
) -> tuple[dict[str, Any], ...]:
    """Return dashboards as they are for one place: its data source, bucket and desk."""
    made = []
    for dashboard in dashboards:
        copy = json.loads(json.dumps(dashboard))
        copy["id"] = None
        for variable in copy.get("templating", {}).get("list", []):
            name = variable.get("name")
            if name == "datasource":
                variable["current"] = {"selected": True, "text": "Pantau", "value": SOURCE_UID}
            elif name == "bucket_1h":
                _set_text(variable, bucket_1h)
            elif name == "desk_url" and desk_url is not None:
                _set_text(variable, desk_url)
        made.append(copy)
    return tuple(made)


def _set_text(variable: dict[str, Any], text: str) -> None:
    option = {"selected": True, "text": text, "value": text}
    variable.update(query=text, current=option, options=[option])
