"""The embedded sink's file: its tables."""

from pathlib import Path

from collector.sinks.own_file import Layout, OwnFile, take_claim

FORMAT = 1
_APPLICATION_ID = 0x50414E54  # "PANT"

# Series are numbered as they are first seen, so those of one device are neighbours.
#   tail    what came lately, one row a result, in order of arrival
#   blocks  what is older, one row a metric, device and hour (see blocks.py); id = hour, channel
# A segment is a stretch of the tail: within it rows are found by device. So the one index stays
# small, is written where the last rows are, and the tail still need not be scanned for one device.
_TABLES = """
CREATE TABLE devices (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  metric TEXT NOT NULL,
  UNIQUE (device, metric)
);
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  unit TEXT NOT NULL,
  labels TEXT NOT NULL,
  last_hour INTEGER,
  UNIQUE (channel, unit, labels)
);
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,
  results INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  low_at INTEGER NOT NULL,
  high_at INTEGER NOT NULL
);
CREATE TABLE tail (
  id INTEGER PRIMARY KEY,
  segment INTEGER NOT NULL,
  device INTEGER NOT NULL,
  at INTEGER NOT NULL,
  frame BLOB NOT NULL
);
CREATE INDEX tail_by_device ON tail (segment, device);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE texts (
  series INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (series, at)
) WITHOUT ROWID;
CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_LAYOUT = Layout(
    _APPLICATION_ID,
    _TABLES,
    FORMAT,
    missing="no readings yet; the collector makes this file",
)


class ReadingsFile(OwnFile):
    """The file. One process writes: two would move each other's rows."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open for reading only (lazily, the file may come later), or make it. SinkError."""
        self._claim = None if read_only else take_claim(path, "writer")
        super().__init__(path, _LAYOUT, read_only=read_only)

    def close(self) -> None:
        """Close the connections and let another process write."""
        super().close()
        if self._claim is not None:
            self._claim.close()
