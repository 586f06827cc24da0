"""Who is told what: from the log of transitions to messages that people get, provably.

    transitions ─► Watcher ─► alerts ─► stages ─► threads ─► outbox ─► Sender ─► channels
    (durable cursor)   │     maintenance, silence, cause,        │     retry, budgets, fall-back
                       │     flapping, acknowledged, policy,     │
     each second: what │     route, group, repeat                └─ one row a message and channel
     became due ───────┘     (pure: collector.notify.deciding)

Cursor, alerts, decisions, threads and outbox rows move in one transaction of the store: killed
anywhere, nothing is told twice but what was on its way, and nothing is forgotten.
"""
