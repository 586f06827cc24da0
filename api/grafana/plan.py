"""Compares what is wanted with what Grafana holds, and carries the difference out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from api.grafana.calls import Grafana
from api.grafana.wanted import (
    FOLDER_TITLE,
    FOLDER_UID,
    MARK,
    TAG,
    Event,
    Wanted,
    digest,
    digest_tag,
    event_digest,
    milliseconds,
    source_digest,
)

_MESSAGE = re.compile(r"Pantau \S+ \(sha256 ([0-9a-f]{16})\)")


class Deed(StrEnum):
    """What is to be done with one thing."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    KEPT = "kept"  # somebody edited it, or it is not ours to change


@dataclass(frozen=True, slots=True)
class Step:
    """One thing, what is to be done with it, and why."""

    kind: str
    name: str
    deed: Deed
    reason: str = ""
    carry_out: Callable[[], None] | None = field(default=None, repr=False)  # may hold a token

    def __str__(self) -> str:
        return f"{self.deed:<7} {self.kind} {self.name}" + (
            f" ({self.reason})" if self.reason else ""
        )


def make_plan(
    grafana: Grafana, wanted: Wanted, now: datetime, *, version: str, overwrite: bool
) -> Iterator[Step]:
    """Yield what is to be done, in the order in which it must be. Changes nothing.

    `version` is Pantau's own, for the history of the dashboards. Raises GrafanaError.
    """
    folder = grafana.folder(FOLDER_UID)
    if folder is None:
        make = partial(grafana.create_folder, FOLDER_UID, FOLDER_TITLE)
        yield Step("folder", FOLDER_TITLE, Deed.CREATE, carry_out=make)
    else:
        yield Step("folder", str(folder.get("title", FOLDER_TITLE)), Deed.SAME)
    for source in wanted.sources:
        yield _data_source(grafana, source, overwrite=overwrite)
    there = {one.get("uid") for one in grafana.dashboards(TAG)}
    for dashboard in wanted.dashboards:
        yield _dashboard(grafana, dashboard, there, version=version, overwrite=overwrite)
    yield from _events(grafana, wanted, now, overwrite=overwrite)


def _data_source(grafana: Grafana, source: Mapping[str, Any], *, overwrite: bool) -> Step:
    name = str(source["name"])
    step = partial(Step, "data source", name)
    held = grafana.data_source(name)
    if held is None:
        return step(Deed.CREATE, carry_out=partial(grafana.create_data_source, source))
    if held.get("readOnly"):
        return step(Deed.KEPT, "Grafana reads it from a file")
    change = partial(grafana.change_data_source, str(held["uid"]), {**source, "uid": held["uid"]})
    marked = (held.get("jsonData") or {}).get(MARK)
    if source_digest(held) == source_digest(source):
        if grafana.data_source_works(str(held["uid"])):
            return step(Deed.SAME)
        return step(Deed.CHANGE, "Grafana cannot use it: its token again", change)
    if marked == source_digest(held) or overwrite:
        return step(Deed.CHANGE, "" if marked == source_digest(held) else "edited", change)
    return step(Deed.KEPT, "somebody edited it; --overwrite takes it over")


def _dashboard(
    grafana: Grafana,
    dashboard: Mapping[str, Any],
    there: set[Any],
    *,
    version: str,
    overwrite: bool,
) -> Step:
    uid = str(dashboard["uid"])
    ours = digest(dashboard)
    step = partial(Step, "dashboard", str(dashboard["title"]))
    # Search does not show what was tagged anew, nor, for a while, what has just been saved.
    held = grafana.dashboard(uid)
    content = dict(dashboard)
    saved = {
        "dashboard": content,
        "folderUid": FOLDER_UID,
        "message": f"Pantau {version} (sha256 {ours})",
        "overwrite": False,
    }
    if held is None:
        if uid in there:
            return step(Deed.KEPT, "it is there, and the token may not see it")
        return step(Deed.CREATE, carry_out=partial(grafana.save_dashboard, saved))
    meta = held.get("meta") or {}
    if meta.get("provisioned"):
        return step(Deed.KEPT, "Grafana reads it from a file")
    # If somebody saves between this plan and its end, the version tells, and we are refused.
    content["version"] = (held.get("dashboard") or {}).get("version")
    change = partial(grafana.save_dashboard, saved)
    last = grafana.last_change(uid)
    found = _MESSAGE.fullmatch(str((last or {}).get("message", "")))
    if found is not None:
        return step(Deed.SAME) if found[1] == ours else step(Deed.CHANGE, "", change)
    who = str((last or {}).get("createdBy") or meta.get("updatedBy") or "somebody")[:60]
    if overwrite:
        return step(Deed.CHANGE, f"edited by {who}", change)
    return step(Deed.KEPT, f"edited by {who}; --overwrite takes it back")


def _events(grafana: Grafana, wanted: Wanted, now: datetime, *, overwrite: bool) -> Iterator[Step]:
    """Yield what is to be done with annotations; what is the same is summed up in one step."""
    if not wanted.events:
        return
    start = min(milliseconds(wanted.since_at), *(event.start for event in wanted.events))
    end = max(milliseconds(now), *(event.end or event.start for event in wanted.events))
    held: dict[str, Mapping[str, Any]] = {}
    for one in grafana.annotations([TAG], start, end):
        for tag in one.get("tags") or []:
            held[str(tag)] = one
    same = 0
    for event in wanted.events:
        step = _event(grafana, event, held.get(event.key), overwrite=overwrite)
        if step.deed is Deed.SAME:
            same += 1
        else:
            yield step
    if same:
        yield Step("event", f"{same} of them", Deed.SAME)


def _event(
    grafana: Grafana, event: Event, held: Mapping[str, Any] | None, *, overwrite: bool
) -> Step:
    step = partial(Step, "event", event.text.splitlines()[0][:80])
    content = (event.start, event.end, event.tags, event.text)
    if held is None:
        return step(Deed.CREATE, carry_out=partial(grafana.add_annotation, *content))
    as_held = event_digest(held.get("time"), held.get("timeEnd") or None, held.get("text"))
    if as_held == event.digest:
        return step(Deed.SAME)
    edited = digest_tag(as_held) not in (held.get("tags") or [])
    if edited and not overwrite:
        return step(Deed.KEPT, "somebody edited it; --overwrite takes it back")
    change = partial(grafana.change_annotation, int(held["id"]), *content)
    return step(Deed.CHANGE, "edited" if edited else "", change)
