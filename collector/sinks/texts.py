"""Readings that are text: kept when they change, and once an hour so that they are seen alive."""

import sqlite3
from collections.abc import Iterable

from collector.sinks.blocks import HOUR_MICROS

Text = tuple[int, int, str]  # series, microseconds, value


class Texts:
    """Decides which texts are worth a row. Remembers the last row of each series."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, str]] = {}

    def write(self, connection: sqlite3.Connection, texts: Iterable[Text]) -> None:
        """Insert those that differ from the row before them, or come an hour after it.

        Late ones are compared with the row before them in the file, so that writing a batch again
        changes nothing. If the transaction fails, `forget`.
        """
        for series, at, value in texts:
            last = self._last.get(series)
            if last is None or at <= last[0]:
                last = _row_before(connection, series, at)
            if last is not None and last[1] == value and at - last[0] < HOUR_MICROS:
                continue
            connection.execute(
                "INSERT OR REPLACE INTO texts (series, at, value) VALUES (?, ?, ?)",
                (series, at, value),
            )
            known = self._last.get(series)
            if known is None or at >= known[0]:
                self._last[series] = at, value

    def forget(self) -> None:
        """Drop everything remembered; it is read from the file again."""
        self._last.clear()


def _row_before(connection: sqlite3.Connection, series: int, at: int) -> tuple[int, str] | None:
    """Return the last row up to and at a moment."""
    row = connection.execute(
        "SELECT at, value FROM texts WHERE series = ? AND at <= ? ORDER BY at DESC LIMIT 1",
        (series, at),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))
