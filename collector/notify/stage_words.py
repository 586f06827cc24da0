"""What stages say of an alert, as sentences for whoever is on duty. English: the command line's.

A hold is always said with what ends it, or with what to do.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from collector.model.alerts import HoldReason, Purpose, Stage
from collector.notify.deciding.stages import Hold

Moment = Callable[[datetime], str]
"""Writes a moment in the zone of the device."""

PASSES: Mapping[Stage, str] = {
    Stage.MAINTENANCE: "no planned work covers it",
    Stage.SILENCE: "nobody has silenced it",
    Stage.CAUSE: "nothing else is known to be its cause",
    Stage.FLAPPING: "its results are steady",
    Stage.ACKNOWLEDGED: "nobody has said yet that it is in hand",
    Stage.POLICY: "it has lasted long enough to be told",
    Stage.ROUTE: "somebody is to be told of it",
    Stage.GROUP: "it need not wait for others any longer",
    Stage.REPEAT: "this was not told before",
}

SHORT: Mapping[HoldReason, str] = {
    HoldReason.IN_MAINTENANCE: "in maintenance",
    HoldReason.SILENCED: "silenced",
    HoldReason.PARENT_DOWN: "told with what cuts it off",
    HoldReason.POWER: "told with its place",
    HoldReason.FLAPPING: "flapping, told once",
    HoldReason.ACKNOWLEDGED: "in hand",
    HoldReason.TOO_SHORT: "not long enough yet",
    HoldReason.NOT_WANTED: "nobody wants to know",
    HoldReason.NO_ROUTE: "no route",
    HoldReason.QUIET_HOURS: "waits for the morning",
    HoldReason.SETTLING: "waits a moment",
    HoldReason.STORM: "told in a storm",
    HoldReason.ALREADY_TOLD: "told already",
    HoldReason.COLLECTOR_GONE: "told with its collector",
    HoldReason.STALE: "over before it could be told",
}
"""For a table."""

PURPOSES: Mapping[Purpose, str] = {
    Purpose.FIRING: "first word",
    Purpose.UPDATE: "update",
    Purpose.RECOVERED: "recovery",
    Purpose.REPEAT: "reminder that it is still so",
    Purpose.ESCALATION: "escalation",
    Purpose.STORM: "one message for many (storm)",
    Purpose.DIGEST: "morning digest",
    Purpose.FLAPPING: "word that it flaps",
    Purpose.SILENCE_ENDS: "word that a silence ends",
    Purpose.HEARTBEAT: "sign of life",
    Purpose.TEST: "test",
}


def hold_words(stage: Stage, hold: Hold, moment: Moment) -> str:
    """Return why a stage holds an alert, and until when or until what."""
    until = "" if hold.until_at is None else f" until {moment(hold.until_at)}"
    what = hold.detail
    match hold.reason:
        case HoldReason.IN_MAINTENANCE:
            return f"planned work{until}: {what}"
        case HoldReason.SILENCED:
            return f"silenced{until} by {what}"
        case HoldReason.PARENT_DOWN if hold.until_at is not None:
            return f"{what} cut it off and is back; it has{until} to answer itself"
        case HoldReason.PARENT_DOWN:
            return (
                f"{what} cuts it off; people are told of {what}, and this one counts as behind it"
            )
        case HoldReason.POWER:
            return f"one message speaks for the whole place ({what}), and this one is counted in it"
        case HoldReason.COLLECTOR_GONE:
            return f"collector {what} gives no sign of life, and that is told once"
        case HoldReason.FLAPPING:
            return "its results change all the time: told once as flapping, once when it is steady"
        case HoldReason.ACKNOWLEDGED:
            return f"{what or 'somebody'} has it in hand; told again only if it gets worse"
        case HoldReason.TOO_SHORT:
            return f"it must last{until} first{_by_policy(what)}"
        case HoldReason.NOT_WANTED:
            return f"nobody wants to be told of this{_by_policy(what)}"
        case HoldReason.NO_ROUTE:
            return "no route takes it, so nobody is told: add one to alerts.yaml"
        case HoldReason.QUIET_HOURS:
            return f"it can wait: in the digest that {what} gets after the quiet hours{until}"
        case HoldReason.SETTLING if stage is Stage.REPEAT:
            return f"people were told a moment ago; what is new follows at{_at(hold, moment)}"
        case HoldReason.SETTLING:
            return f"waits{until or ' a moment'}, as more of the same cause may come"
        case HoldReason.STORM:
            return "too much happens at once: told in one message with the rest"
        case HoldReason.ALREADY_TOLD if hold.until_at is not None:
            return f"people know it; they are reminded at{_at(hold, moment)} if it is still so"
        case HoldReason.ALREADY_TOLD:
            return "people know it, and are not reminded"
        case HoldReason.STALE:
            return "it was over before anybody could be told"


def _by_policy(name: str) -> str:
    return f', as policy "{name}" says' if name else ""


def _at(hold: Hold, moment: Moment) -> str:
    return " once" if hold.until_at is None else f" {moment(hold.until_at)}"
