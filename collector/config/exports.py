"""The settings of exports: who answers for the data, and the portal they are pushed to."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from collector.config.influxdb import check_url
from collector.config.shape import Duration, Id, Shape, Text, refuse


class ExportSettings(Shape):
    """What stands in the metadata of exports, and where `pantau export push` puts them."""

    producer: Text | None = Field(
        None, description="Agency that makes the data (produsen data), in their metadata."
    )
    custodian: Text | None = Field(
        None, description="Agency that keeps and publishes them (walidata)."
    )
    license: Text | None = Field(None, description="Licence of the data, as the portal names it.")
    portal: Annotated[Text, BeforeValidator(check_url)] | None = Field(
        None, description="Address of the CKAN portal that exports are pushed to."
    )
    organization: Id | None = Field(
        None, description="Organisation at the portal that the datasets belong to."
    )
    prefix: Id = Field("pantau", description="What the names of datasets at the portal begin with.")
    token: SecretStr | None = Field(
        None, description="Token of the portal's API; better in a file."
    )
    token_file: Text | None = Field(None, description="File that holds the token.")
    timeout_seconds: Annotated[Duration, Field(ge=0.5, le=300)] = Field(
        30.0, alias="timeout", description="How long to wait for the portal's answer."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.token is not None and self.token_file is not None:
            raise refuse("token and token_file are both there", "keep token_file")
        if self.portal is not None and self.organization is None:
            raise refuse("portal without organization", "add organization: its name at the portal")
        return self
