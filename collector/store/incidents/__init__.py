"""Incidents: outages that people handle as one.

`record` is called by whoever wrote outages, in the same transaction, and `tell_correction` by
whoever wrote a person's word on a cause. What others see of it is `desk.Incidents`, as
`store.incidents`.
"""

from collector.store.incidents.recording import record, tell_correction

__all__ = ["record", "tell_correction"]
