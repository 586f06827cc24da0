"""Sets InfluxDB up: buckets with their retention, and tokens that may do one thing each.

    settings ─► Wanted ─► first | second | third generation ─► steps that were taken

The generations differ in everything but the idea: databases, users and InfluxQL in 1.x; buckets,
authorizations and a REST API in 2.x; databases without scoped tokens in 3 Core. What is there
already is left as it is, only a retention that differs is changed; so it can be run at every start.
"""
