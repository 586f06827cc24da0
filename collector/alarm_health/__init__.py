"""The health of alarms: how much is asked of the people who get them, and what to mend. Pure.

    Tally ─► reckon ─► Health ─► judge ─► verdicts ─► advise ─► advice ─► words
    (counted by the store)

After EEMUA 191 and ISA-18.2, for a control room that watches devices (docs/alarm-health.md). All
of it is said twice: of what was raised, and of what people were told.
"""

from collector.alarm_health.advice import Advice, AdviceKind, advise
from collector.alarm_health.figures import (
    BUCKET,
    FLEETING,
    LEAD,
    STALE_AFTER,
    AboutDevice,
    Health,
    Noisy,
    Rate,
    Stale,
    Tally,
    Waited,
)
from collector.alarm_health.judging import Measure, Verdict, judge, worst
from collector.alarm_health.reckoning import floor_to_bucket, reckon

__all__ = [
    "BUCKET",
    "FLEETING",
    "LEAD",
    "STALE_AFTER",
    "AboutDevice",
    "Advice",
    "AdviceKind",
    "Health",
    "Measure",
    "Noisy",
    "Rate",
    "Stale",
    "Tally",
    "Verdict",
    "Waited",
    "advise",
    "floor_to_bucket",
    "judge",
    "reckon",
    "worst",
]
