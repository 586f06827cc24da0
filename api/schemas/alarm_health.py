"""The shapes of the health of alarms."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Percent, Shape
from collector.alarm_health import AdviceKind, Measure, Verdict
from collector.model import State
from collector.model.alerts import HoldReason, Severity


class VerdictWords(Shape):
    """What a figure means for those who get the messages, and what to call that."""

    verdict: Verdict
    id: Annotated[str, Field(description="In Indonesian.")]
    en: Annotated[str, Field(description="In English.")]


class JudgedMeasure(Shape):
    """A figure that is judged."""

    measure: Measure
    value: Annotated[float | None, Field(description="Null: too little to judge by.")]
    good_up_to: float
    manageable_up_to: Annotated[float, Field(description="Above it: too much.")]
    verdict: VerdictWords | None


class AlarmRate(Shape):
    """How many, how fast, and how long too many at once."""

    count: int
    per_day: float
    per_10_minutes: Annotated[float, Field(description="The mean.")]
    peak: Annotated[int, Field(description="The most within ten minutes of the clock.")]
    peak_at: Annotated[AwareDatetime | None, Field(description="When those began.")]
    floods: int
    flood_seconds: Annotated[
        float,
        Field(description="From ten minutes of more than 10 until ten minutes of less than 5."),
    ]
    flood_percent: Percent


class SeverityShare(Shape):
    """How much of all is how severe. To aim at: 5 % critical, 15 % warning, 80 % info."""

    severity: Severity
    count: int
    percent: Annotated[Percent | None, Field(description="Null: of none.")]


class ReceiverRate(AlarmRate):
    """What one receiver got."""

    receiver: str


class ToldView(Shape):
    """What people were told: messages that a channel took. Tests and heartbeats are none."""

    messages: int
    dead: Annotated[int, Field(description="Messages that were given up.")]
    by_severity: list[SeverityShare]
    receivers: Annotated[list[ReceiverRate], Field(description="The busiest first.")]


class RaisedView(AlarmRate):
    """What was raised: every alert, told or held."""

    own: Annotated[int, Field(description="Of these: neither behind another nor unseen.")]
    behind: Annotated[int, Field(description="The others.")]
    devices: Annotated[int, Field(description="That raised alerts of their own.")]
    by_severity: Annotated[list[SeverityShare], Field(description="Of own alerts.")]


class HeldView(Shape):
    """How many alerts were in no message, by why they were held last."""

    reason: HoldReason
    alerts: int


class NoisyDevice(Shape):
    """A device and the alerts that it raised itself."""

    device: str
    name: Annotated[str | None, Field(description="Null: no device of the inventory.")]
    alerts: int
    percent: Annotated[Percent, Field(description="Of all own alerts.")]
    flapping: Annotated[int, Field(description="Of its alerts: while its results changed often.")]
    fleeting: Annotated[int, Field(description="Of its alerts: over within five minutes.")]
    chattering: Annotated[
        bool, Field(description="Three of its alerts within ten minutes, or ten within a day.")
    ]
    confirm: Annotated[int | None, Field(description="Failures in a row until it is down.")]


class ChatteringView(Shape):
    """Devices that chatter."""

    devices: int
    items: Annotated[list[NoisyDevice], Field(description="Ten at most.")]


class FleetingView(Shape):
    """Own alerts that were over within five minutes after they were confirmed."""

    alerts: int
    percent: Percent | None


class StaleAlert(Shape):
    """An alert that was firing for more than a day at the end of the window."""

    device: str
    name: str | None
    state: State
    since: AwareDatetime


class StaleView(Shape):
    """Stale alerts. What is behind another, in maintenance or silenced is none."""

    alerts: int
    items: Annotated[list[StaleAlert], Field(description="The oldest ten.")]


class AcknowledgedView(Shape):
    """Incidents that somebody was first told of in the window, and how long nobody had them."""

    incidents: int
    acknowledged: int
    median_seconds: Annotated[float | None, Field(description="Since the first message.")]
    p90_seconds: Annotated[float | None, Field(description="Nine of ten took no longer.")]


class AdviceView(Shape):
    """One thing to do."""

    kind: AdviceKind
    device: str | None
    id: Annotated[str, Field(description="In Indonesian.")]
    en: Annotated[str, Field(description="In English.")]


class AlarmHealth(Shape):
    """The health of alarms in a window."""

    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    verdict: Annotated[VerdictWords, Field(description="That of the worst measure.")]
    measures: list[JudgedMeasure]
    told: ToldView
    raised: RaisedView
    held: Annotated[list[HeldView], Field(description="The most first.")]
    noisy: Annotated[list[NoisyDevice], Field(description="The ten noisiest devices.")]
    noisy_percent: Annotated[Percent, Field(description="Their share of all own alerts.")]
    chattering: ChatteringView
    fleeting: FleetingView
    stale: StaleView
    acknowledged: AcknowledgedView
    advice: Annotated[list[AdviceView], Field(description="What matters most first.")]
