"""What the platform must say, reckoned from the world's record by a second and simpler way.

    record ─► results ─┬─► states ─► outages ─┬─► figures
                       └─► unrest             └─► incidents

No code is shared with `collector.engine`, `collector.state`, `collector.outages` or
`collector.uptime`: a fault in those cannot cancel itself out. Moments are whole microseconds.
"""
