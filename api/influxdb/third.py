"""InfluxDB 3 Core, as far as its documentation goes: databases, whose retention never changes.

Core knows administrators' tokens only, none with a single right; so token files are not written.
"""

from collections.abc import Iterator

from api.influxdb.server import Server
from api.influxdb.wanted import Bucket, SetupError, Step, Wanted, span_text

_PATH = "/api/v3/configure/database"


def set_up(server: Server, wanted: Wanted) -> Iterator[Step]:
    """Make the databases that are missing. Raises SetupError."""
    for bucket in wanted.buckets:
        yield _database(server, bucket)
    if wanted.files.write or wanted.files.read:
        yield Step(
            "tokens", "note", "InfluxDB 3 Core has none with one right only; use one of its own"
        )


def _database(server: Server, bucket: Bucket) -> Step:
    what, keep = f"database {bucket.name}", span_text(bucket.keep_seconds)
    asked = {"db": bucket.name, "retention_period": keep}
    answer = server.ask("POST", _PATH, scheme="Bearer", body=asked)
    if answer.status == 409:
        return Step(what, "same", "its retention is what it was made with")
    if answer.status in (401, 403):
        raise SetupError(
            f"InfluxDB refuses the administrator's token: {answer.words}",
            "name the file that holds the right one with --admin-token-file",
        )
    if answer.status not in (200, 201):
        raise SetupError(f"InfluxDB answers {answer.status}: {answer.words}", "look at its log")
    return Step(what, "made", f"keeps {keep}")
