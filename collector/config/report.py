"""The settings of reports: letterhead, number, who signs, to whom the month's is sent."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.config.shape import Id, Shape, Text, WholeNumber, Words, refuse

LOGO_FORMS = (".png", ".svg", ".jpg", ".jpeg")


def _as_lines(value: object) -> object:
    """Let one line stand without a list; its commas stay."""
    return [value] if isinstance(value, str) else value


class SignerSettings(Shape):
    """Who signs a report."""

    role: Text = Field(description="Office of who signs, such as Kepala Dinas.")
    name: Text | None = Field(None, description="Name; absent: a line to write on.")
    number: Text | None = Field(None, description="Number of a civil servant (NIP).")


Receiver = Id
Form = Literal["pdf", "xlsx", "csv", "json"]


class ReportSettings(Shape):
    """What reports look like, and when the month's is sent."""

    agency: Text | None = Field(None, description="Name of the agency, at the head of a report.")
    unit: Text | None = Field(None, description="What the agency is part of, above its name.")
    address: Annotated[tuple[Text, ...], BeforeValidator(_as_lines)] = Field(
        (), max_length=4, description="Lines of the agency's address."
    )
    logo: Text | None = Field(
        None, description="Picture beside the agency's name (PNG, SVG, JPEG)."
    )
    place: Text | None = Field(None, description="Where reports are signed, before the date.")
    number: Text | None = Field(
        None,
        description="Number of a report; `{month}`, `{roman}` and `{year}` stand for those of its "
        "period.",
    )
    signers: tuple[SignerSettings, ...] = Field((), max_length=2, description="Who signs.")
    day: Annotated[WholeNumber, Field(ge=1, le=28)] | None = Field(
        None, description="Day on which the report of the month before is sent; absent: never."
    )
    hour: Annotated[WholeNumber, Field(ge=0, le=23)] = Field(
        8, description="Hour of that day, in the zone of `zone`."
    )
    receivers: Words[Receiver] = Field(
        (), description="Channels of alerts.yaml, of type email, that the report is sent over."
    )
    formats: Words[Form] = Field(
        ("pdf", "xlsx"), description="Which files are attached: pdf, xlsx, csv, json."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.day is not None and not self.receivers:
            raise refuse("day without receivers", "name channels of alerts.yaml, or remove day")
        if self.number is not None:
            try:
                self.number.format(month="01", roman="I", year="2026")
            except (KeyError, IndexError, ValueError, AttributeError):
                raise refuse(
                    f'"{self.number}" cannot be filled in',
                    "use {month}, {roman} and {year} only, and {{ for a brace",
                ) from None
        return self
