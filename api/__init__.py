"""Serves what the collector stored: HTTP API, live events, the wall, and the `pantau` command."""
