"""Notifications: who was told what, over which channel, and whether it arrived."""

import logging
from functools import cache
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.deps import (
    LARGEST_ID,
    PAGE_DEFAULT,
    Cursor,
    Limit,
    OperatorOf,
    Parts,
    PartsOf,
    parse_span,
    reply,
)
from api.errors import Code, ProblemError
from api.routes.devices import read_place, write_cursor
from api.schemas import notifications as schemas
from collector.model.alerts import DeliveryState, Notification, Purpose
from collector.notify.words.facts import Facts
from collector.notify.words.speaker import Speaker
from collector.store import NotificationFilter

_LOG = logging.getLogger(__name__)

router = APIRouter(prefix="/notifications", tags=["alerts"])

NotificationId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of a message.")]
Language = Annotated[
    Literal["id", "en"] | None,
    Query(description="Of the words: `id` or `en`. Default: the configured one."),
]
speaker = cache(Speaker)  # costly to make, of few languages, safe for many threads


@router.get("", response_model=schemas.NotificationPage)
def list_notifications(
    parts: PartsOf,
    state: Annotated[DeliveryState | None, Query(description="What became of them.")] = None,
    receiver: Annotated[str | None, Query(max_length=200, description="To whom.")] = None,
    channel: Annotated[str | None, Query(max_length=200, description="Over which way.")] = None,
    purpose: Annotated[Purpose | None, Query(description="What for.")] = None,
    thread: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Of this thread.")] = None,
    incident: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="Of this incident's threads.")
    ] = None,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Made at or after this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Made before this moment.")] = None,
    language: Language = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Messages to people, newest first; filters narrow the list together.

    Those with the state `dead` did not arrive and are not tried any more.
    """
    start, end = parse_span(from_, to)
    wanted = NotificationFilter(
        state=state,
        receiver=receiver,
        channel=channel,
        purpose=purpose,
        thread=thread,
        incident=incident,
        start=start,
        end=end,
    )
    page = parts.store.outbox.page(wanted, limit=limit, after=read_place(cursor))
    words = language or parts.settings.language
    items = [_view(one, _title(one, words)) for one in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/{notification_id}", response_model=schemas.NotificationDetail)
def get_notification(
    parts: PartsOf, notification_id: NotificationId, language: Language = None
) -> Response:
    """One message with its words, without the one-time links that whoever got it has."""
    found = parts.store.outbox.get(notification_id)
    if found is None:
        raise _unknown()
    return _detail(found, language or parts.settings.language)


@router.post("/{notification_id}/retry", response_model=schemas.NotificationDetail)
def retry_notification(
    parts: PartsOf, principal: OperatorOf, notification_id: NotificationId
) -> Response:
    """Try a dead message again, now; the answer is the message. Needs the role operator."""
    again = parts.store.outbox.retry(notification_id, principal.name, parts.clock.now())
    if again is None:
        raise _not_dead(parts, notification_id)
    return _detail(again, parts.settings.language)


def facts_of(one: Notification) -> Facts | None:
    """Return the facts of a message, None where they cannot be read (another version's)."""
    try:
        return Facts.from_json(one.facts)
    except ValueError as error:
        _LOG.warning("message %s: %s", one.id, error)
        return None


def _title(one: Notification, language: str) -> str | None:
    facts = facts_of(one)
    return None if facts is None else speaker(language).title(facts)


def _view(one: Notification, title: str | None) -> dict[str, object]:
    return {
        "id": one.id,
        "thread": one.thread_id,
        "receiver": one.receiver,
        "channel": one.channel,
        "purpose": one.purpose,
        "severity": one.severity,
        "title": title,
        "key": one.key,
        "created_at": one.created_at,
        "due_at": one.due_at,
        "state": one.state,
        "attempts": one.attempts,
        "maybe_twice": one.maybe_twice,
        "sent_at": one.sent_at,
        "reference": one.reference,
        "answer": one.answer,
    }


def _detail(one: Notification, language: str) -> Response:
    facts = facts_of(one)
    said = None if facts is None else speaker(language).say(facts)
    return reply(
        _view(one, None if said is None else said.title)
        | {
            "text": None if said is None else said.text,
            "incident": None if facts is None else facts.incident_id,
        }
    )


def _not_dead(parts: Parts, notification_id: int) -> ProblemError:
    found = parts.store.outbox.get(notification_id)
    if found is None:
        return _unknown()
    detail = f"Only dead messages can be tried again; this one is {found.state.value}."
    return ProblemError(409, Code.NOTIFICATION_NOT_DEAD, detail)


def _unknown() -> ProblemError:
    detail = "There is no message with this id; see the list."
    return ProblemError(404, Code.UNKNOWN_NOTIFICATION, detail)
