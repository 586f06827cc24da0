"""Which outages people handle as one: a cause has one incident, and so one message. Pure.

`join` says where outages belong, `settle` what an incident has come to. The store carries out
what they say, in the transaction that wrote the outages (docs/adr/0018). In this order:

1. An outage that was taken back (its end is its start) counts for nothing and joins nothing.
2. A DOWN outage joins the incident in which its device was down before, if that is open or
   recovered less than REOPEN_WITHIN ago: a flapping device is one incident. Else it opens an
   incident of its device. (An incident of a place takes its devices back only while at least half
   of what it took is out, or until AT_ONCE_WITHIN after something began or ended there: one camera
   that flaps would keep a whole area's power cut open for days.)
3. A DOWN outage whose proposal names a place (many at once there, or a UPS there on battery)
   makes its incident that place's. A cause that a person corrected names no place.
4. Incidents of places are one when the place of one takes in a spot where the other struck, and
   the earlier is *going on* when the later begins: at least half of what it took is out, or
   something began or ended there less than REOPEN_WITHIN before. Without this condition one
   device that stays dead would swallow every later power cut of its area without a word.
5. An UNREACHABLE outage joins the incident of its root's outage. Where that is not known, it
   looks for an incident of the root as in 2, or opens one for it.
6. Incidents of places that began AT_ONCE_WITHIN each other at MANY sites of a feeder are one of
   the feeder; in MANY parts of an area (its sites, or the areas directly below it) that are not
   all on one or two feeders, one of the area.
7. Where several become one, the one opened first stays and the others are merged into it. An
   incident of a device that had begun long before the outage that now turns out to be the
   place's keeps its past: only this outage, and what stands behind it, goes over.
8. An acknowledgement counts for the whole when it was given within TAKEN_FOR before. Who took
   the part minutes ago saw the beginning of the same thing; an older one was about something
   smaller, and the wall must say again that nobody has the larger.
9. A resolved incident is final: what comes after it opens a new one. A corrected cause never
   splits one.
"""

from collector.incidents.joining import join, names_place, place_of
from collector.incidents.settling import as_of, resolves_itself_at, settle
from collector.incidents.words import (
    AT_ONCE_WITHIN,
    MANY,
    REOPEN_WITHIN,
    RESOLVED_AFTER,
    TAKEN_BACK,
    TAKEN_FOR,
    Case,
    Known,
    Place,
    Spot,
    Sums,
    counts,
    proposal_text,
)

__all__ = [
    "AT_ONCE_WITHIN",
    "MANY",
    "REOPEN_WITHIN",
    "RESOLVED_AFTER",
    "TAKEN_BACK",
    "TAKEN_FOR",
    "Case",
    "Known",
    "Place",
    "Spot",
    "Sums",
    "as_of",
    "counts",
    "join",
    "names_place",
    "place_of",
    "proposal_text",
    "resolves_itself_at",
    "settle",
]
