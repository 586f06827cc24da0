"""Who is told what, and why not: values and `now` in, values out. Pure.

    transitions ─► follow ─► alerts ─► STAGES ─► threads ─► telling ─► tellings
                                       (decide)  (one a cause)  (settle, update, recovery, repeat,
                                                                 escalation, storm, digest)

`Desk` holds what is open and runs these steps; whoever calls it stores its `Outcome` in one
transaction, and reads the desk anew from the store when that failed (docs/adr/0035).
"""
