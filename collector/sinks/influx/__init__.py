"""Readings in InfluxDB: what they are called there, how they get there, how they are read back.

    Writer ─ DeviceReadings ─► InfluxSink ─ lines ─► Spool (disk) ─► courier ─► InfluxDB
                                   ▲                                              │
                                   └────────────── InfluxQL ──────────────────────┘

A line's time and tags are fixed when it is made, so that sending it again changes nothing. What
may be sent, and what an answer means: collector.courier.
"""
