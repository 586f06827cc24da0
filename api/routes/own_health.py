"""Pantau about itself, for people: what is wrong, what to do, and the figures behind it."""

import platform
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import PartsOf, ViewerOf, reply
from api.health import Facts, look_at, troubles_of
from api.schemas import health as schemas
from api.security import Access
from collector.notify.figures import LONGEST_SILENCE, AlertReport
from collector.sight import sight

router = APIRouter(tags=["health"])

_COLLECTOR_FIGURES = (
    "checks_due", "checks_done", "checks_skipped", "checks_missed", "checks_under_way",
    "checks_overrun", "checks_blind", "checks_waiting", "checks_behind_seconds",
    "check_late_p50_seconds", "check_late_p99_seconds", "loop_lag_worst_seconds", "cpu_share",
    "checks_a_minute", "readings_refused", "mqtt_connected", "traps_listening",
)  # fmt: skip


@router.get("/health", response_model=schemas.HealthView)
def get_own_health(parts: PartsOf, principal: ViewerOf) -> Response:
    """Pantau about itself: what is wrong and what to do, and the figures behind it.

    It is judged by the bounds of `/readyz`, and says more: a disk that fills, checks that are late,
    lines that InfluxDB refuses. Answered with 200 also when something is wrong.
    """
    settings, now = parts.settings, parts.clock.now()
    facts = look_at(
        parts.store,
        parts.sink,
        parts.waiting,
        now,
        files=settings.files,
        timeout_seconds=settings.collector_timeout_seconds,
        expects_alerts=settings.alerts,
        following=parts.live.following,
    )
    troubles = troubles_of(facts)
    look = facts.look
    live = parts.live.counts()
    return reply(
        {
            "at": now,
            "healthy": not troubles,
            "troubles": [one.view() for one in troubles],
            "collectors": _collectors(facts),
            "readings_kept": "file" if parts.waiting is None else "influxdb",
            "spool": None
            if look is None
            else look.view(with_words=principal.access >= Access.OPERATOR),
            "alerts": None if facts.alerts is None else _alerts(facts, facts.alerts),
            "expects_alerts": facts.expects_alerts,
            "disk": facts.disk,
            "api": {
                "started_at": parts.started_at,
                "version": version("pantau"),
                "python": platform.python_version(),
                "following": facts.following,
                "streams": live.listeners,
                "overflows": live.overflows,
            },
            "quarantine_waiting": facts.waiting_entries,
        }
    )


def _collectors(facts: Facts) -> list[dict[str, Any]] | None:
    if facts.heartbeats is None:
        return None
    lives = sight(facts.heartbeats, facts.now, facts.timeout_seconds).collectors
    return [
        {
            "id": beat.collector_id,
            "alive": life.alive,
            "started_at": beat.started_at,
            "heartbeat_at": beat.heartbeat_at,
        }
        | {name: beat.figures.get(name) for name in _COLLECTOR_FIGURES}
        for beat, life in zip(facts.heartbeats, lives, strict=True)
    ]


def _alerts(facts: Facts, said: AlertReport) -> dict[str, Any]:
    return {
        "at": said.at,
        "alive": facts.now - said.at <= LONGEST_SILENCE,
        "started_at": said.started_at,
        "firing": said.firing,
        "lag_transitions": said.lag,
        "heartbeat_at": said.heartbeat_at,
        "channels": [
            {
                "name": name,
                "pending": one.pending,
                "waiting_since_at": one.waiting_since_at,
                "sent": one.sent,
                "sent_at": one.sent_at,
                "failed": one.failed,
                "given_up": one.dead_in_all,
            }
            for name, one in sorted(said.channels.items())
        ],
    }
