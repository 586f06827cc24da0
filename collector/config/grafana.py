"""The settings of Grafana: where `pantau grafana push` puts dashboards, data sources and events."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from collector.config.influxdb import check_url
from collector.config.shape import Duration, Shape, Text, refuse


class GrafanaSettings(Shape):
    """The Grafana to push to. Nothing but `pantau grafana push` speaks to it."""

    url: Annotated[Text, BeforeValidator(check_url)] = Field(
        "http://127.0.0.1:3000", description="Address of Grafana."
    )
    token: SecretStr | None = Field(
        None, description="Token of a service account with the role Admin; better in a file."
    )
    token_file: Text | None = Field(None, description="File that holds the token.")
    language: Literal["id", "en"] | None = Field(
        None, description="Language of dashboards and events; none: `language`."
    )
    desk_url: Annotated[Text, BeforeValidator(check_url)] | None = Field(
        None, description="Address of Pantau as people's browsers reach it, for links."
    )
    influxdb_url: Annotated[Text, BeforeValidator(check_url)] | None = Field(
        None, description="Address of InfluxDB as Grafana reaches it; none: `influxdb.url`."
    )
    timeout_seconds: Annotated[Duration, Field(ge=0.5, le=300)] = Field(
        10.0, alias="timeout", description="How long to wait for an answer."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.token is not None and self.token_file is not None:
            raise refuse("token and token_file are both there", "keep token_file")
        return self
