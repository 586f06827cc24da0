"""Who is told what: from the log of transitions to messages that people get, provably.

    transitions ─► alerts ─► stages ─► threads ─► outbox ─► words ─► channels
                       deciding (pure)          the store   words    channels

    deciding    stages (maintenance, silence, cause, flapping, acknowledged, policy, route), what is
                told as one, storms, escalation, digests; values and `now` in, values out
    routing     what alerts.yaml says, as the stages ask it (pure): policies, routes (matching),
                rosters, hours; reasons: why, in words; loading: from the file; checking and
                advising: what is wrong with it, and what may be (docs/adr/0036)
    words       what people read, in Indonesian and English, cut to a channel's length; signed links
    channels    send one message and say what became of it; one guarded way out for HTTP; budgets

    watcher     follows the log from a durable cursor and writes each step of the desk
    sender      claims what waits, says it in words, sends it, notes what became of it
    app         both in one process, with what it says of itself (docs/adr/0040)
    explaining  why an alert is told or held, now or at a moment of the past, for people who ask

Cursor, alerts, decisions, threads and outbox rows move in one transaction (`store.alerts.commit`,
docs/adr/0034): killed anywhere, nothing is told twice but what was on its way, and nothing is
forgotten.
"""
