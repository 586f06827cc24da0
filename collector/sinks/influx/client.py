"""Asks InfluxDB in InfluxQL, over `/query`: what every generation of it can answer.

    ask(statements, parameters) ── POST /query, a form ──► InfluxDB 1.8+, 2.4+, 3 Core
                                ◄─ JSON, a piece a line ──  bounded in size, rows and time

Values travel as bound parameters, names are quoted by `identifier`: no text from outside is ever
pasted into a statement. Answers come in pieces (`chunked`), because a server may cut one that does
not (`max-row-limit`). An answer is read to its end or refused: half a chart is never shown.
"""

import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import httpx
import orjson

from collector.config.influxdb import InfluxdbSettings
from collector.sinks import SinkError

LARGEST_ANSWER_BYTES: Final = 64 << 20
MOST_ROWS: Final = 2_000_000
ROWS_OF_A_PIECE: Final = 10_000
MOST_AT_ONCE: Final = 8
"""Requests on their way. Whoever waits for a slow server must not be every thread of the API."""

_CONNECT_SECONDS = 3.0
_TURN_SECONDS = 1.0  # for one of the MOST_AT_ONCE
_WHOLE = 3.0  # an answer that has begun may take so many times the timeout
_LONGEST_WORDS = 200
_LAST_MICROS = 2**63 // 1000
_CELLS = {int, float, str, bool, type(None)}
_NO_NAME = re.compile(r"(database|bucket|retention policy|mapping)\b.*\bnot found", re.IGNORECASE)


class BucketMissingError(SinkError):
    """The server has no bucket of this name, or shows none to this token."""


class AnswerTooLongError(SinkError):
    """More than one answer may hold: who asked for less would get it."""


@dataclass(slots=True)
class Rows:
    """One series of an answer. A column `time` is the first one: microseconds since 1970."""

    name: str
    tags: Mapping[str, str]
    columns: Sequence[str]
    values: list[list[Any]]  # numbers, text or None, a cell a column


def identifier(name: str) -> str:
    """Return a name of a measurement, field or tag as InfluxQL takes it, whatever it holds.

    Raises ValueError for the two characters that it has no way to write; no line holds them.
    """
    if "\r" in name or "\0" in name:
        raise ValueError("a name in InfluxQL holds no carriage return and no NUL")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


class InfluxClient:
    """A pool of connections to one server. Blocks; safe for several threads.

    Reads with `read_token`, or with `token` if there is no other. Follows no redirects, heeds no
    proxy of the environment: a token goes to the address of the settings and nowhere else.
    """

    def __init__(self, settings: InfluxdbSettings) -> None:
        """Connect at the first question, not yet."""
        self._url = settings.url
        self._bucket = settings.bucket
        self._timeout = settings.timeout_seconds
        token = settings.read_token or settings.token
        self._token = "" if token is None else token.get_secret_value()
        secure = self._url.startswith("https:")
        self._http = httpx.Client(
            verify=ssl.create_default_context() if secure else False,
            trust_env=False,
            timeout=httpx.Timeout(
                self._timeout, connect=min(_CONNECT_SECONDS, self._timeout), pool=_TURN_SECONDS
            ),
            limits=httpx.Limits(max_connections=MOST_AT_ONCE),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip" if settings.gzip else "identity",
                "User-Agent": "pantau",
            },
        )

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self._http.close()

    def ask(
        self,
        statements: Sequence[str],
        parameters: Mapping[str, str | int | float] | None = None,
        *,
        bucket: str | None = None,
    ) -> list[list[Rows]]:
        """Return the series of each statement. `$name` in a statement is the parameter's value.

        Moments are microseconds. Raises SinkError with a remedy, BucketMissingError among them.
        """
        if not statements:
            return []
        form = {
            "q": ";".join(statements),
            "db": bucket or self._bucket,
            "epoch": "u",
            "chunked": "true",
            "chunk_size": str(ROWS_OF_A_PIECE),
        }
        if parameters:
            form["params"] = orjson.dumps(dict(parameters)).decode()
        answer = _Answer(self, statements, form["db"])
        for piece in self._pieces(form):
            answer.add(piece)
        return answer.whole()

    def check(self, bucket: str | None = None) -> None:
        """Return if a bucket can be read. Raises SinkError as `ask`.

        A SELECT of what is nowhere: SHOW is answered for a bucket that is not there, too.
        """
        self.ask(["SELECT nothing FROM nothing LIMIT 1"], bucket=bucket)

    def _pieces(self, form: Mapping[str, str]) -> Iterator[bytes]:
        """Yield the lines of an answer, each a JSON document."""
        until = time.monotonic() + self._timeout * _WHOLE
        headers = {"Authorization": f"Token {self._token}"} if self._token else {}
        if self._http.is_closed:
            raise SinkError("the connections to InfluxDB are closed: this process is ending")
        if not self._token.isascii() or not self._token.isprintable():
            raise SinkError(
                "the token of InfluxDB holds characters that no token has; write it anew into"
                " influxdb.read_token_file"
            )
        rest = bytearray()
        size = 0
        try:
            with self._http.stream(
                "POST", f"{self._url}/query", data=form, headers=headers
            ) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._refusal(response, form["db"], until)
                for octets in response.iter_bytes():
                    size += len(octets)
                    if size > LARGEST_ANSWER_BYTES:
                        raise _too_much(f"more than {LARGEST_ANSWER_BYTES >> 20} MiB")
                    if time.monotonic() > until:
                        raise self._late()
                    rest += octets
                    if b"\n" in octets:
                        *lines, rest = rest.split(b"\n")
                        yield from filter(None, map(bytes.strip, map(bytes, lines)))
                if rest.strip():
                    yield bytes(rest)
        except httpx.PoolTimeout:
            raise SinkError(
                f"InfluxDB is slow: {MOST_AT_ONCE} questions wait for its answer already;"
                " ask again in a moment"
            ) from None
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.InvalidURL,
            httpx.UnsupportedProtocol,
        ) as error:
            reason = self.clean(str(error)) or "no connection in time"
            raise SinkError(
                f"InfluxDB at {self._url} cannot be reached: {reason}; start it, or mend"
                " influxdb.url"
            ) from None
        except httpx.TimeoutException:
            raise self._late() from None
        except httpx.HTTPError as error:
            raise SinkError(
                f"InfluxDB at {self._url} broke off its answer: {self.clean(str(error))};"
                " look at its log"
            ) from None

    def _late(self) -> SinkError:
        return SinkError(
            f"InfluxDB at {self._url} did not answer within {self._timeout:g} s; lengthen"
            " influxdb.timeout, or look what keeps the server busy"
        )

    def _refusal(self, response: httpx.Response, bucket: str, until: float) -> SinkError:
        """Return what an answer other than 200 means."""
        status = response.status_code
        words = self._words_of(response, until)
        where = f"InfluxDB at {self._url}"
        if status == httpx.codes.UNAUTHORIZED:
            return SinkError(f"{where} does not know the token; mend influxdb.read_token_file")
        if status == httpx.codes.FORBIDDEN:
            return SinkError(
                f'{where}: the token may not read the bucket "{bucket}"; write one that may into'
                " influxdb.read_token_file"
            )
        if response.is_redirect:
            return SinkError(
                f"{where} sends elsewhere ({status}); write the final address into influxdb.url"
            )
        if _NO_NAME.search(words):
            return self.missing(bucket)
        if status == httpx.codes.NOT_FOUND:
            return SinkError(
                f"{where} has no /query ({status}); is influxdb.url the address of an InfluxDB?"
            )
        return SinkError(f"{where} refuses the question ({status}): {words or 'without a word'}")

    def _words_of(self, response: httpx.Response, until: float) -> str:
        """Return what the server says about a refusal: bounded, without our token."""
        text = b""
        for octets in response.iter_bytes():
            text += octets
            if len(text) > 10 * _LONGEST_WORDS or time.monotonic() > until:
                break
        try:
            found = orjson.loads(text)
            found = found.get("error") or found.get("message") or ""
        except (orjson.JSONDecodeError, AttributeError):
            found = text.decode(errors="replace")
        return self.clean(str(found))

    def clean(self, words: str) -> str:
        """Return words from outside as they may be logged: printable, short, without our token."""
        if self._token:
            words = words.replace(self._token, "***")
        words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
        return words if len(words) <= _LONGEST_WORDS else words[:_LONGEST_WORDS] + "…"

    def missing(self, bucket: str) -> BucketMissingError:
        """Return the error for a bucket that is not there."""
        return BucketMissingError(
            f'InfluxDB at {self._url} has no bucket "{bucket}", or shows it to nobody with this'
            " token; run: pantau influxdb setup"
        )


class _Answer:
    """Puts an answer together from its pieces and refuses what is none."""

    def __init__(self, client: InfluxClient, statements: Sequence[str], bucket: str) -> None:
        self._client = client
        self._statements = statements
        self._bucket = bucket
        self._found: list[list[Rows]] = [[] for _ in statements]
        self._cut = [False] * len(statements)
        self._goes_on: Rows | None = None
        self._rows = 0
        self._begun = False

    def add(self, piece: bytes) -> None:
        """Take in one JSON document. Raises SinkError."""
        try:
            document = orjson.loads(piece)
            if "error" in document:
                raise self._refused(str(document["error"]))
            for result in document["results"]:
                self._add_result(result)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _no_influxdb(self._client.clean(piece[:400].decode(errors="replace"))) from None
        self._begun = True

    def whole(self) -> list[list[Rows]]:
        """Return the series of each statement, once all has come. Raises SinkError."""
        if not self._begun:
            raise _no_influxdb("an empty answer")
        if any(self._cut):
            raise _too_much("more rows than the server gives at once (max-row-limit)")
        return self._found

    def _add_result(self, result: dict[str, Any]) -> None:
        if "error" in result:
            raise self._refused(str(result["error"]))
        number = result.get("statement_id", 0)
        if number < 0:
            raise IndexError
        found = self._found[number]
        for series in result.get("series", ()):
            rows = _rows(series)
            if rows.name == "databases" and "DATABASES" not in self._statements[number].upper():
                raise TypeError  # VictoriaMetrics shows its "databases" whatever it is asked
            self._rows += len(rows.values)
            if self._rows > MOST_ROWS:
                raise _too_much(f"more than {MOST_ROWS} rows")
            last = found[-1] if found and found[-1] is self._goes_on else None
            if last is not None and (last.name, last.tags) == (rows.name, rows.tags):
                last.values += rows.values
            else:
                found.append(rows)
            self._goes_on = found[-1] if series.get("partial") else None
            self._cut[number] = bool(series.get("partial"))
        self._cut[number] |= bool(result.get("partial"))

    def _refused(self, words: str) -> SinkError:
        if _NO_NAME.search(words):
            return self._client.missing(self._bucket)
        return SinkError(f"InfluxDB refuses the question: {self._client.clean(words)}")


def _rows(series: dict[str, Any]) -> Rows:
    """Return a series of an answer. Raises KeyError or TypeError if it is none."""
    name, columns = series.get("name", ""), series["columns"]  # some of SHOW have no name on 2.x
    values = series.get("values") or []
    tags = series.get("tags") or {}
    names = name, *columns, *tags, *tags.values()
    if {type(columns), type(values), *map(type, values)} != {list} or {*map(type, names)} != {str}:
        raise TypeError
    if not set(map(len, values)) <= {len(columns)} or not columns:
        raise TypeError
    if not set(map(type, chain.from_iterable(values))) <= _CELLS:
        raise TypeError
    if columns[0] == "time" and values:
        moments = list(map(itemgetter(0), values))
        if set(map(type, moments)) != {int} or not max(map(abs, moments)) <= _LAST_MICROS:
            raise TypeError
    return Rows(name, tags, columns, values)


def _too_much(what: str) -> AnswerTooLongError:
    return AnswerTooLongError(
        f"InfluxDB's answer is too long: {what}; ask for a shorter span or a step"
    )


def _no_influxdb(words: str) -> SinkError:
    return SinkError(
        "what answers at influxdb.url does not speak InfluxQL (VictoriaMetrics, for one, takes"
        f" lines but cannot be asked for them): {words}"
    )
