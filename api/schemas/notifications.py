"""The shapes of notifications: one message to one channel of one receiver."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape
from collector.model.alerts import DeliveryState, Purpose, Severity


class NotificationView(Shape):
    """A message, and what became of it."""

    id: int
    thread: Annotated[int | None, Field(description="null: a test, a sign of life, a digest.")]
    receiver: str
    channel: str
    purpose: Purpose
    severity: Severity
    title: Annotated[str | None, Field(description="Its first line; null: it cannot be read.")]
    key: Annotated[str, Field(description="The same at every attempt.")]
    created_at: AwareDatetime
    due_at: Annotated[AwareDatetime, Field(description="When it is tried, or was to be tried.")]
    state: DeliveryState
    attempts: int
    maybe_twice: Annotated[
        bool, Field(description="An answer was lost: it may have arrived before.")
    ]
    sent_at: AwareDatetime | None
    reference: Annotated[str | None, Field(description="The channel's own name of the message.")]
    answer: Annotated[str, Field(description="The channel's last words.")]


class NotificationPage(Shape):
    """Messages, newest first."""

    items: list[NotificationView]
    next: Next


class NotificationDetail(NotificationView):
    """A message with its words, as they are made today."""

    text: Annotated[str | None, Field(description="What follows the title, without its buttons.")]
    incident: int | None
