"""The courier: a process of its own that carries what waits on disk to InfluxDB.

    Spool ──► Sender ──► Delivery ──► InfluxDB          the lines, in order, until confirmed
    Store ──► Teller ──► Spool, Delivery                states, transitions and uptime as lines
    InfluxDB ──► Roller ──► Delivery                    roll-ups of 5 minutes and of an hour

It may die or be stopped at any moment: what it had not removed from the spool is sent again, which
changes nothing. It is not in the collector's process, so that no slow answer delays a poll.
"""
