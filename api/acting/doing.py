"""What a link does: once, in the name of whoever got the message. Blocks: writes the store."""

import logging
from datetime import datetime

from api.acting.cases import Case, Standing, look, silence_of
from api.acting.words import said
from api.deps import Parts
from collector.notify.words.links import Action, Permission
from collector.store import IncidentRefusedError, LinkUsedError, OneTime, WindowError

_LOG = logging.getLogger(__name__)


class CannotError(Exception):
    """It cannot be done, whatever the link says; the message is for the log."""


def do(parts: Parts, permission: Permission, now: datetime) -> tuple[Case, bool]:
    """Do what a link allows, and return how things stand then, and whether it was done now.

    Where it was used before, came too late or is over, nothing is done. Raises UnknownThreadError,
    CannotError and StoreError; then nothing was done either.
    """
    case = look(parts, permission, now)
    if case.standing is not Standing.OPEN:
        return case, False
    link = OneTime(permission.nonce, permission.expires_at)
    try:
        if permission.action is Action.ACKNOWLEDGE:
            text = said("by_link", parts.settings.language)
            parts.store.incidents.acknowledge(
                case.incident or 0, permission.receiver, text, now, link=link
            )
        else:
            reason = _reason(case, parts.settings.language)
            parts.store.silences.create(silence_of(case, reason), link=link)
    except (LinkUsedError, IncidentRefusedError):
        return look(parts, permission, now), False  # somebody was faster
    except WindowError as error:
        raise CannotError(str(error)) from None
    _LOG.info("%s did %s of %s by a link", permission.receiver, permission.action, case.subject)
    return look(parts, permission, now), True


def _reason(case: Case, language: str) -> str:
    """Return the reason of a silence: `Lewat tautan di pesan tentang insiden 1`."""
    kind, _, name = case.subject.partition(":")
    subject = "subject_incident" if kind == "incident" else "subject_device"
    return said("silence_reason", language, subject=said(subject, language, name=name))
