"""The shapes of the audit trail."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape


class AuditView(Shape):
    """That somebody did something. Never changed, never deleted."""

    id: int
    at: AwareDatetime
    author: Annotated[str, Field(description="Name of a token, or of who pressed a link.")]
    action: Annotated[str, Field(description="Thing, dot, verb: `incident.acknowledge`.")]
    object: Annotated[str, Field(description="`incident:12`, `silence:3`.")]
    detail: Annotated[str, Field(description="The reason, the words.")]


class AuditPage(Shape):
    """What people did, newest first."""

    items: list[AuditView]
    next: Next
