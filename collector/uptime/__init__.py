"""Uptime of a window: exact sums of what happened, and honest about what was not seen.

Pure: values in, values out. The store hands in who was in which state from when to when, and the
outages with their causes; `tally` adds them up in whole microseconds, `figures` makes percentages
of a tally. Tallies add, percentages do not: a group's figure comes from the sum of its tallies,
never from an average of figures.

    |--up--|--down--|--unknown--|--excluded (maintenance)--|--up--|      one device, one window
    service uptime = up ÷ (window - excluded - unknown)                  unreachable counts against
    device uptime  = up ÷ (window - excluded - unknown - unreachable)
    coverage       = (window - excluded - unknown) ÷ (window - excluded)
    bounds         = service uptime with unknown taken as down, and with unknown taken as up

`up` holds degraded time unless asked otherwise. What is left out is decided piece by piece, in
this order: maintenance, outside service hours, a cause that does not count, an outage that is too
short to count. An outage here is down time that counts, from when a device is seen down until it
is next seen up or degraded; not having looked (unknown), a dead switch in front of it
(unreachable) or what is left out neither begins nor ends one, so a collector's restart in the
middle of an outage does not make two of it. MTTR = down ÷ outages and MTBF = up ÷ outages over
every outage that touches the window; hence device uptime = MTBF ÷ (MTBF + MTTR).

    spans        what goes in: intervals of states, outages, exclusions
    calendar     windows on local dates, months, service hours: clocks that jump included
    reckon       from spans to a tally, by rules
    tally        sums that join in time (`then`) and over devices (`+`)
    figures      percentages, floored
    groups       sums by site, area, kind, owner
    responsible  whose minutes an outage's are
"""

from collector.uptime.calendar import Window
from collector.uptime.figures import Figures, figures, floor_percent
from collector.uptime.groups import Group, GroupBy, group
from collector.uptime.reckon import tally
from collector.uptime.responsible import responsible
from collector.uptime.spans import Exclusion, ExclusionReason, OutageSpan, StateInterval
from collector.uptime.tally import Tally, total

__all__ = [
    "Exclusion",
    "ExclusionReason",
    "Figures",
    "Group",
    "GroupBy",
    "OutageSpan",
    "StateInterval",
    "Tally",
    "Window",
    "figures",
    "floor_percent",
    "group",
    "responsible",
    "tally",
    "total",
]
