"""The settings of InfluxDB: where readings go when they do not stay in the embedded file."""

import re
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from collector.config.shape import Duration, Shape, Text, WholeNumber, refuse, shown_value

DAY_SECONDS = 86_400.0


def check_url(value: object) -> object:
    """Refuse what is no plain address of a server. A secret has no place in it."""
    text = str(value)
    if "@" in text:
        raise refuse("the address holds a name or password", "move it to token_file")
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise refuse(f"{shown_value(value)} is no address", "write http://127.0.0.1:8086")
    return text.rstrip("/")


def _check_root(value: object) -> object:
    """Refuse the address of a call: Pantau adds its own to that of the server."""
    text = str(check_url(value))
    if (root := re.fullmatch(r"(.+?//.+?)/(?:api(?:/.*)?|write|query)", text)) is not None:
        raise refuse(f"{shown_value(value)} is the address of a call", f"write {root[1]}")
    return text


def _check_bucket(value: object) -> object:
    """Refuse names that not every version of InfluxDB can read back (a slash is a policy there)."""
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
        raise refuse(f"{shown_value(value)} is no bucket", "use letters, digits, dots and dashes")
    return value


_Keep = Annotated[Duration, Field(ge=3600)]


class InfluxdbSettings(Shape):
    """The InfluxDB that readings are written to. Without this section they stay in a file."""

    url: Annotated[Text, BeforeValidator(_check_root)] = Field(
        "http://127.0.0.1:8086", description="Address of the server."
    )
    organisation: Text = Field("pantau", description="Organisation (InfluxDB 2; others ignore it).")
    bucket: Annotated[Text, BeforeValidator(_check_bucket)] = Field(
        "pantau",
        description="Bucket of the readings. Roll-ups are in BUCKET_5m and BUCKET_1h.",
    )
    token: SecretStr | None = Field(None, description="Token that may write; better in a file.")
    token_file: Text | None = Field(None, description="File that holds the token that may write.")
    read_token: SecretStr | None = Field(
        None, description="Token that may read; none: the one that may write. Better in a file."
    )
    read_token_file: Text | None = Field(
        None, description="File that holds the token that may read."
    )
    timeout_seconds: Annotated[Duration, Field(ge=0.5, le=300)] = Field(
        10.0, alias="timeout", description="How long to wait for an answer."
    )
    gzip: bool = Field(False, description="Squeeze what is sent: for thin links.")
    in_flight: Annotated[WholeNumber, Field(ge=1, le=4)] = Field(
        2, description="Requests on their way at once."
    )
    lines: Annotated[WholeNumber, Field(ge=100, le=10_000)] = Field(
        5_000, description="Lines of one request."
    )
    keep_seconds: _Keep = Field(
        30 * DAY_SECONDS, alias="keep", description="How long readings are kept as they came."
    )
    keep_5m_seconds: _Keep = Field(
        180 * DAY_SECONDS, alias="keep_5m", description="How long roll-ups of 5 minutes are kept."
    )
    keep_1h_seconds: _Keep = Field(
        1100 * DAY_SECONDS, alias="keep_1h", description="How long roll-ups of an hour are kept."
    )
    spool_megabytes: Annotated[WholeNumber, Field(ge=16, le=1_000_000)] = Field(
        4_096, description="Largest size of what waits on disk (MiB); then the oldest goes first."
    )
    spool_age_seconds: _Keep = Field(
        7 * DAY_SECONDS,
        alias="spool_age",
        description="How long readings wait on disk for the server; not longer than `keep`.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("token", "read_token"):
            if getattr(self, name) is not None and getattr(self, name + "_file") is not None:
                raise refuse(f"{name} and {name}_file are both there", f"keep {name}_file")
        if self.spool_age_seconds > self.keep_seconds:
            raise refuse(
                "spool_age is longer than keep: the server would refuse what is as old",
                "shorten spool_age or lengthen keep",
            )
        for finer, coarser in (("keep", "keep_5m"), ("keep_5m", "keep_1h")):
            if getattr(self, f"{finer}_seconds") > getattr(self, f"{coarser}_seconds"):
                raise refuse(
                    f"{coarser} is shorter than {finer}: what is coarser is there for older times",
                    f"lengthen {coarser} or shorten {finer}",
                )
        return self

    @property
    def bucket_5m(self) -> str:
        """Return the bucket of the roll-ups of five minutes."""
        return f"{self.bucket}_5m"

    @property
    def bucket_1h(self) -> str:
        """Return the bucket of the roll-ups of an hour."""
        return f"{self.bucket}_1h"
