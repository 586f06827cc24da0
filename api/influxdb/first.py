"""InfluxDB 1.x: databases with a retention policy, users with one right each, all in InfluxQL.

A token of 1.8 and later is `user:password`, which `Authorization: Token` takes; that is what the
token files hold. Where the server asks for no login, users are made all the same.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from pydantic import SecretStr

from api.influxdb.server import Server
from api.influxdb.token_files import settle
from api.influxdb.wanted import READER, WRITER, Bucket, SetupError, Step, Wanted, span_text

POLICY = "autogen"
_UNITS = {"h": 3_600, "m": 60, "s": 1}


def set_up(server: Server, wanted: Wanted) -> Iterator[Step]:
    """Make what is missing, yielding each step when it is done. Raises SetupError."""
    databases = {row[0] for row in _rows(server, wanted, "SHOW DATABASES")}
    for bucket in wanted.buckets:
        yield _database(server, wanted, bucket, there=bucket.name in databases)
    for what, user, right, files in (
        ("token that writes", WRITER, "WRITE", wanted.files.write),
        ("token that reads", READER, "READ", wanted.files.read),
    ):
        if files:
            yield from settle(
                what,
                files,
                group_may_read=wanted.files.group_may_read,
                works=partial(_works, server, wanted, right),
                make=partial(_make_user, server, wanted, user, right),
            )
    if (wanted.files.write or wanted.files.read) and _asks_nobody(server):
        yield Step("login", "note", "the server asks nobody for a token: set auth-enabled = true")


def _database(server: Server, wanted: Wanted, bucket: Bucket, *, there: bool) -> Step:
    what = f"database {bucket.name}"
    keep = span_text(bucket.keep_seconds)
    name = quoted(bucket.name)
    if not there:
        _rows(server, wanted, f'CREATE DATABASE {name} WITH DURATION {keep} NAME "{POLICY}"')
        return Step(what, "made", f"keeps {keep}")
    for row in _rows(server, wanted, f"SHOW RETENTION POLICIES ON {name}"):
        policy = dict(zip(("name", "duration", "shard", "replicas", "default"), row, strict=False))
        if policy.get("default") is not True:
            continue
        held = seconds_of(str(policy["duration"]))
        if held == bucket.keep_seconds:
            return Step(what, "same", f"keeps {keep}")
        policy_name = quoted(str(policy["name"]))
        _rows(server, wanted, f"ALTER RETENTION POLICY {policy_name} ON {name} DURATION {keep}")
        return Step(what, "changed", f"keeps {keep} instead of {span_text(held)}")
    _rows(
        server,
        wanted,
        f'CREATE RETENTION POLICY "{POLICY}" ON {name} DURATION {keep} REPLICATION 1 DEFAULT',
    )
    return Step(what, "changed", f"keeps {keep}")


def _make_user(server: Server, wanted: Wanted, user: str, right: str) -> SecretStr:
    password = secrets.token_hex(24)
    users = {row[0] for row in _rows(server, wanted, "SHOW USERS")}
    if user in users:
        _rows(server, wanted, f"SET PASSWORD FOR {quoted(user)} = '{password}'")
    else:
        _rows(server, wanted, f"CREATE USER {quoted(user)} WITH PASSWORD '{password}'")
    for bucket in wanted.buckets:
        _rows(server, wanted, f"GRANT {right} ON {quoted(bucket.name)} TO {quoted(user)}")
    return SecretStr(f"{user}:{password}")


def _works(server: Server, wanted: Wanted, right: str, token: SecretStr) -> bool:
    """Try a token on every database. Writing nothing is refused with 400 to those who may."""
    if ":" not in token.get_secret_value():
        return False
    for bucket in wanted.buckets:
        if right == "WRITE":
            answer = server.ask(
                "POST", "/write", token=_basic(token), scheme="Basic",
                params={"db": bucket.name}, content=b"",
            )  # fmt: skip
            if answer.status not in (204, 400):
                return False
        else:
            answer = server.ask(
                "GET", "/query", token=_basic(token), scheme="Basic",
                params={"db": bucket.name, "q": "SHOW MEASUREMENTS LIMIT 1"},
            )  # fmt: skip
            if answer.status != 200 or _error_of(answer.json()) is not None:
                return False
    return True


def _asks_nobody(server: Server) -> bool:
    wrong = _basic(SecretStr(f"nobody:{secrets.token_hex(8)}"))
    answer = server.ask(
        "GET", "/query", token=wrong, scheme="Basic", params={"q": "SHOW DATABASES"}
    )
    return answer.status == 200


def _basic(token: SecretStr) -> SecretStr:
    return SecretStr(base64.b64encode(token.get_secret_value().encode()).decode())


def _rows(server: Server, wanted: Wanted, text: str) -> list[Sequence[Any]]:
    """Run a statement as the administrator and return its rows. Raises SetupError."""
    admin = None if wanted.admin_token is None else _basic(wanted.admin_token)
    answer = server.ask("POST", "/query", token=admin, scheme="Basic", form={"q": text})
    if answer.status in (401, 403):
        raise SetupError(
            f"InfluxDB refuses the administrator: {answer.words}",
            "put USER:PASSWORD of one with all privileges into the file of --admin-token-file",
        )
    content = answer.json()
    error = _error_of(content)
    if answer.status != 200 or error is not None:
        raise SetupError(
            f"InfluxDB answers {answer.status}: {error or answer.words}", "see its log"
        )
    series = content["results"][0].get("series", [])
    return [row for one in series for row in one.get("values", [])]


def _error_of(content: object) -> str | None:
    """Return what an answer of `/query` complains of: as a whole, or of its one statement."""
    if not isinstance(content, dict) or not isinstance(content.get("results", []), list):
        return "this is no answer of InfluxDB"
    results = content.get("results") or [{}]
    found = content.get("error") or (results[0].get("error") if results else None)
    return None if found is None else " ".join(str(found).split())[:300]


def quoted(name: str) -> str:
    """Write a name as an identifier of InfluxQL."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def seconds_of(duration: str) -> int:
    """Read a duration as 1.x writes it, `720h0m0s`. 0 is for ever. Raises SetupError."""
    total, digits = 0, ""
    for letter in duration:
        if letter.isdigit():
            digits += letter
        elif letter in _UNITS and digits:
            total += int(digits) * _UNITS[letter]
            digits = ""
        else:
            raise SetupError(f"InfluxDB writes a retention as {duration[:40]}", "see its version")
    return total
