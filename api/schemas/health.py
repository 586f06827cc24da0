"""The shapes of Pantau's own health."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.shape import Shape
from api.schemas.spool import SpoolView


class TroubleView(Shape):
    """One thing that is wrong, with what to do about it."""

    code: Annotated[str, Field(description="A stable word; docs/api.md has them.")]
    part: Literal["collector", "readings", "alerts", "live", "store", "disk"]
    level: Annotated[
        Literal["broken", "lacking"],
        Field(description="`broken`: people rely on what is not there. `lacking`: look at it."),
    ]
    who: Annotated[str | None, Field(description="Which collector, which channel.")]
    since_at: AwareDatetime | None
    id: Annotated[str, Field(description="What it is, in Indonesian.")]
    id_remedy: Annotated[str, Field(description="What to do, in Indonesian.")]
    en: Annotated[str, Field(description="What it is, in English.")]
    en_remedy: Annotated[str, Field(description="What to do, in English.")]


class CollectorHealth(Shape):
    """A collector. Counts are since its start; null: it does not say."""

    id: str
    alive: bool
    started_at: AwareDatetime
    heartbeat_at: AwareDatetime
    checks_due: float | None
    checks_done: float | None
    checks_skipped: Annotated[float | None, Field(description="Not asked while a ping fails.")]
    checks_missed: Annotated[
        float | None, Field(description="Slots left out: this machine had no time for them.")
    ]
    checks_under_way: float | None
    checks_overrun: Annotated[
        float | None, Field(description="Slots left out: the check before was still under way.")
    ]
    checks_blind: Annotated[
        float | None, Field(description="Answers that were missed because the collector was late.")
    ]
    checks_waiting: Annotated[
        float | None, Field(description="Due now, and waiting for this machine.")
    ]
    checks_behind_seconds: Annotated[
        float | None, Field(description="How long the oldest of them has waited.")
    ]
    check_late_p50_seconds: float | None
    check_late_p99_seconds: float | None
    loop_lag_worst_seconds: float | None
    cpu_share: Annotated[
        float | None, Field(description="Share of one core that it used in the last minute.")
    ]
    checks_a_minute: Annotated[float | None, Field(description="Done in the last minute.")]
    readings_refused: float | None
    mqtt_connected: Annotated[float | None, Field(description="1 or 0; null: no broker is set.")]
    traps_listening: Annotated[float | None, Field(description="1 or 0; null: no traps are set.")]


class ChannelHealth(Shape):
    """A channel of alerts. Counts are since the process began."""

    name: str
    pending: int
    waiting_since_at: AwareDatetime | None
    sent: int
    sent_at: AwareDatetime | None
    failed: int
    given_up: Annotated[int, Field(description="In all, and not tried again since.")]


class AlertsHealth(Shape):
    """The process of alerts, as it last said."""

    at: AwareDatetime
    alive: bool
    started_at: AwareDatetime
    firing: int
    lag_transitions: int
    heartbeat_at: Annotated[
        AwareDatetime | None, Field(description="When the outside watcher took a sign of life.")
    ]
    channels: list[ChannelHealth]


class DiskHealth(Shape):
    """The disk that Pantau keeps things on."""

    free_bytes: int
    total_bytes: int
    files: Annotated[
        dict[str, int], Field(description="Bytes of `store`, `readings`, `spool`, where they are.")
    ]


class ApiHealth(Shape):
    """The process that answers. Counts are since its start."""

    started_at: AwareDatetime
    version: str
    python: str
    following: Annotated[bool, Field(description="The live stream follows the store.")]
    streams: Annotated[int, Field(description="Pages that follow live now.")]
    overflows: Annotated[int, Field(description="Streams too slow, set back to a snapshot.")]


class HealthView(Shape):
    """Pantau about itself."""

    at: AwareDatetime
    healthy: Annotated[bool, Field(description="Nothing is wrong.")]
    troubles: Annotated[list[TroubleView], Field(description="The worst first.")]
    collectors: Annotated[
        list[CollectorHealth] | None, Field(description="Null: the store cannot be read.")
    ]
    readings_kept: Annotated[
        Literal["file", "influxdb"], Field(description="Where readings are kept.")
    ]
    spool: Annotated[SpoolView | None, Field(description="As `GET /spool`; null: there is none.")]
    alerts: AlertsHealth | None
    expects_alerts: Annotated[bool, Field(description="`alerts` is set: somebody is to be told.")]
    disk: DiskHealth | None
    api: ApiHealth
    quarantine_waiting: Annotated[
        int, Field(description="What was heard and nobody has decided on.")
    ]
