"""Contracts in pantau.yaml: by which rules uptime is reckoned for a provider."""

from typing import Annotated, TypeAlias

from pydantic import Field, PlainValidator, field_validator

from collector.config.hours import WrittenHours, overlap_of, read_hours
from collector.config.shape import Duration, Shape, Words, refuse
from collector.contract import Rules
from collector.model import CauseClass

_LONGEST_SECONDS = 86_400
_MOST_HOURS = 50

Hours: TypeAlias = Annotated[WrittenHours, PlainValidator(read_hours)]


class ContractSettings(Shape):
    """What counts by one contract."""

    service_hours: Annotated[Words[Hours], Field(max_length=_MOST_HOURS)] = Field(
        (), description="Hours that count, on the clocks of the device's site; none: all."
    )
    minimum_outage_seconds: Annotated[Duration, Field(ge=0, le=_LONGEST_SECONDS)] = Field(
        0.0,
        alias="minimum_outage",
        description="An outage that lasts no longer than this does not count.",
    )
    causes_not_counted: Words[CauseClass] = Field(
        (), description="Causes whose outages do not count, such as `power`."
    )
    exclude_maintenance: bool = Field(True, description="Whether maintenance windows are left out.")
    target_percent: float | None = Field(
        None,
        description="Service uptime that is promised, such as `99.5`; none: nothing is.",
    )

    @field_validator("service_hours")
    @classmethod
    def _check_overlaps(cls, value: tuple[WrittenHours, ...]) -> tuple[WrittenHours, ...]:
        problem = overlap_of(value)
        if problem is not None:
            raise problem
        return value

    @field_validator("minimum_outage_seconds")
    @classmethod
    def _check_whole(cls, value: float) -> float:
        if not value.is_integer():
            raise refuse("it holds a part of a second", "write whole seconds")
        return value

    @field_validator("target_percent")
    @classmethod
    def _check_target(cls, value: float | None) -> float | None:
        # Figures are cut after three decimals: only against such a target "below" is exact.
        if value is not None and not (0 < value <= 100 and round(value, 3) == value):
            raise refuse(
                "it is not above 0 and up to 100 with at most three decimals",
                "write the percentage of the contract, such as 99.5",
            )
        return value

    def rules(self, name: str) -> Rules:
        """Return it as rules; what means the same becomes equal, however it was written."""
        hours = sorted(
            (written.hours for written in self.service_hours),
            key=lambda it: (it.weekdays, it.from_),
        )
        return Rules(
            name=name,
            exclude_maintenance=self.exclude_maintenance,
            causes_not_counted=frozenset(self.causes_not_counted),
            minimum_outage_seconds=int(self.minimum_outage_seconds),
            service_hours=tuple(hours),
            target_percent=self.target_percent,
        )
