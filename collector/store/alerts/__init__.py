"""Alerts: what somebody should know, what was decided about it, and how it is told.

Written by one process (role `alerts`), a transaction a step: `writing.commit`. What others see of
it is `desk.Alerts`, as `store.alerts`; the outbox is `collector.store.outbox`.
"""
