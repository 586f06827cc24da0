"""What a wall shows beside its live state: figures of services, uptime, and how it has been.

Made at most once a minute for all walls together (`api.kept`), and only while somebody asks.
"""
