"""The settings of pantau.yaml: what may be written, what holds when nothing is, what it becomes."""

import ipaddress
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from collector.config.contracts import ContractSettings
from collector.config.credentials import CredentialSettings
from collector.config.exports import ExportSettings
from collector.config.grafana import GrafanaSettings
from collector.config.influxdb import InfluxdbSettings
from collector.config.report import ReportSettings
from collector.config.shape import (
    Duration,
    Id,
    Number,
    Port,
    Shape,
    Text,
    WholeNumber,
    Words,
    keys_of,
    models_in,
    refuse,
    shown_value,
)
from collector.contract import Rules
from collector.model import Credential, Rule, RuleOverride

ADOPTED = "adopted.yaml"
REGISTERED = "register.yaml"
"""Names of inventory files in the data folder: that folder can be written, others may not."""

SNMP_RETRY_FACTOR = 3
"""Rechecks over SNMP and MQTT are this much slower than those by ping: they ask far more."""


def check_zone(value: object) -> object:
    """Refuse what is no IANA time zone."""
    if isinstance(value, str):
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise refuse(
                f'"{value[:60]}" is no time zone',
                "write Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)",
            ) from None
    return value


Zone: TypeAlias = Annotated[str, BeforeValidator(check_zone)]


class ApiSettings(Shape):
    """Where the API and the wall listen."""

    host: Text = Field("127.0.0.1", description="Address the API and the wall listen on.")
    port: Port = Field(8080, description="Port the API and the wall listen on.")
    public_status: bool = Field(
        False, description="Whether anybody may see how services are, by district, at `/status/`."
    )


class PingSettings(Shape):
    """How devices are pinged."""

    timeout_seconds: Annotated[Duration, Field(ge=0.05, le=10)] = Field(
        1.0, alias="timeout", description="How long to wait for the answer to each echo."
    )
    count: Annotated[WholeNumber, Field(ge=1, le=20)] = Field(
        3,
        description="Echoes of one check. The device answers when one of them is answered. "
        "Who answered none is asked with at least 3 the next two times.",
    )
    carrier: str = Field(
        "icmp",
        description="`icmp`, or `udp:PORT` to send the same messages inside UDP (demo without "
        "rights).",
    )

    @field_validator("carrier")
    @classmethod
    def _check_carrier(cls, value: str) -> str:
        kind, _, port = value.partition(":")
        if value != "icmp" and not (
            kind == "udp" and port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535
        ):
            raise refuse(f'"{value[:60]}" is no carrier', "write icmp or udp:PORT")
        return value


class SnmpSettings(Shape):
    """How devices are asked over SNMP."""

    port: Port = Field(161, description="Port of the agents, where a device names no other.")
    timeout_seconds: Annotated[Duration, Field(ge=0.05, le=60)] = Field(
        1.0, alias="timeout", description="How long to wait for the answer to a request."
    )
    retries: Annotated[WholeNumber, Field(ge=0, le=5)] = Field(
        1, description="Times a request is sent again, each time waiting twice as long."
    )
    max_repetitions: Annotated[WholeNumber, Field(ge=1, le=100)] = Field(
        25, description="Rows asked for at once in a walk (GETBULK)."
    )


class MqttSettings(Shape):
    """The broker to listen to. Without this section nothing is listened to."""

    host: Text = Field("127.0.0.1", description="Address of the broker.")
    port: Port = Field(1883, description="Port of the broker.")
    username: Text | None = Field(None, description="Name to log in with.")
    password: SecretStr | None = Field(
        None, description="Password to log in with; better in a file."
    )
    password_file: Text | None = Field(None, description="File that holds the password.")
    client_id: Id = Field("pantau-main", description="Fixed name of this listener at the broker.")
    tls: bool = Field(
        False, description="Encrypt the connection; the broker's certificate is verified."
    )
    ca_file: Text | None = Field(
        None, description="Authority of the broker's certificate (PEM); none: this machine's own."
    )
    look_out: bool = Field(
        True,
        description="Listen for unknown devices of every profile, not only of those in use.",
    )

    @model_validator(mode="after")
    def _check_password(self) -> Self:
        if self.password is not None and self.password_file is not None:
            raise refuse("password and password_file are both there", "keep password_file")
        if self.ca_file is not None and not self.tls:
            raise refuse("ca_file without tls", "add tls: true, or remove ca_file")
        return self


def _check_listening(value: object) -> object:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        raise refuse(
            f"{shown_value(value)} is no IP address",
            'write an address of this machine, or 0.0.0.0 and "::" for all',
        ) from None
    return str(value)


class TrapSettings(Shape):
    """Where devices send traps to. Without this section nothing is listened to."""

    port: Port = Field(162, description="UDP port that devices send traps and informs to.")
    addresses: Annotated[
        Words[Annotated[Text, BeforeValidator(_check_listening)]],
        Field(min_length=1, max_length=16),
    ] = Field(
        ("0.0.0.0", "::"),  # noqa: S104 - devices are anywhere
        description="Addresses of this machine to listen on.",
    )


def _even_if_empty(value: object) -> object:
    """Let a section stand without a key: it is there."""
    return {} if value is None else value


_InARow: TypeAlias = Annotated[WholeNumber, Field(ge=1, le=20)]
_Retry: TypeAlias = Annotated[Duration, Field(ge=1, le=3600)]
_Fresh: TypeAlias = Annotated[Number, Field(ge=1.5, le=10)]


class RuleSettings(Shape):
    """When a result is believed."""

    confirm: _InARow = Field(3, description="Failures in a row until a device is down.")
    recover: _InARow = Field(2, description="Successes in a row until it is back.")
    retry_seconds: _Retry = Field(
        5.0,
        alias="retry",
        description="Pace of the rechecks while in doubt (SNMP and MQTT: three times as long).",
    )
    fresh: _Fresh = Field(2.5, description="Intervals until a result is too old to be believed.")


class RuleOverrideShape(Shape):
    """What a profile's group or a device says otherwise than `rule` in pantau.yaml."""

    confirm: _InARow | None = Field(None, description="Failures in a row until it is believed.")
    recover: _InARow | None = Field(None, description="Successes in a row until it is well again.")
    retry_seconds: _Retry | None = Field(
        None, alias="retry", description="Pace of the rechecks while in doubt."
    )
    fresh: _Fresh | None = Field(
        None, description="Intervals until a result is too old to be believed."
    )

    @model_validator(mode="after")
    def _check_that_something_is_said(self) -> Self:
        if self.override() == RuleOverride():
            raise refuse("the rule says nothing", "add confirm, recover, retry or fresh")
        return self

    def override(self) -> RuleOverride:
        """Return it in the words of the model."""
        return RuleOverride(self.confirm, self.recover, self.retry_seconds, self.fresh)


class Settings(Shape):
    """Everything that may stand in pantau.yaml."""

    collector_id: Id = Field("main", description="Name of this collector, among several.")
    data_directory: Text = Field(
        "data",
        description="Folder of pantau.db (states), readings.db (readings) and spool.db"
        " (what waits for InfluxDB).",
    )
    zone: Zone = Field("Asia/Makassar", description="Time zone of areas that name none.")
    language: Literal["id", "en"] = Field("id", description="Language of the pages.")
    inventory: Words[Text] = Field(
        ("inventory/*.yaml",), description="Inventory files; `*` stands for any name."
    )
    profiles: Words[Text] = Field(
        ("profiles/",), description="Folders of your own profiles, beside the built-in ones."
    )
    api: ApiSettings = Field(ApiSettings(), description="The API and the wall.")
    ping: PingSettings = Field(PingSettings(), description="Ping.")
    snmp: SnmpSettings = Field(SnmpSettings(), description="SNMP.")
    mqtt: MqttSettings | None = Field(None, description="MQTT; absent: nothing is listened to.")
    traps: Annotated[TrapSettings | None, BeforeValidator(_even_if_empty)] = Field(
        None, description="SNMP traps; absent: nothing is listened to."
    )
    influxdb: Annotated[InfluxdbSettings | None, BeforeValidator(_even_if_empty)] = Field(
        None, description="InfluxDB; absent: readings stay in a file of the data folder."
    )
    grafana: Annotated[GrafanaSettings | None, BeforeValidator(_even_if_empty)] = Field(
        None, description="Grafana; only `pantau grafana push` needs it."
    )
    report: ReportSettings = Field(ReportSettings(), description="What reports look like.")
    indicators: Text | None = Field(
        None, description="File that maps indicators to evidence; absent: the built-in one."
    )
    exports: Annotated[ExportSettings, BeforeValidator(_even_if_empty)] = Field(
        ExportSettings(), description="Who answers for exported data, and their portal."
    )
    alerts: Text | None = Field(
        None, description="File that says who is told what; absent: nobody is told."
    )
    rule: RuleSettings = Field(RuleSettings(), description="When a result is believed.")
    credentials: dict[Id, CredentialSettings] = Field({}, description="Named secrets.")
    contract: Id | None = Field(
        None, description="Name of the contract in force; none: only maintenance is left out."
    )
    contracts: dict[Id, ContractSettings] = Field({}, description="Contracts by their names.")


NAMED_SECTIONS = ("credentials", "contracts")
"""Sections of sections that have names of their own: `credentials.NAME.version`."""


def section_of(key: str) -> type[Shape] | None:
    """Return the model of a section of the file, None for a plain setting."""
    field_info = Settings.model_fields.get(key)
    models = [] if field_info is None else list(models_in(field_info.annotation))
    return models[0] if models and issubclass(models[0], Shape) else None


def setting_names() -> list[str]:
    """Return every setting as `section.key`, those with names as `credentials.NAME.key`."""
    names = []
    for key in Settings.model_fields:
        section = section_of(key)
        prefix = f"{key}.NAME" if key in NAMED_SECTIONS else key
        names += [key] if section is None else [f"{prefix}.{name}" for name in keys_of(section)]
    return sorted(names)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force: checked, paths absolute, secrets read. Its repr shows no secret."""

    collector_id: str
    data_directory: Path
    zone: str
    language: str
    inventory: tuple[Path, ...]  # the files that the globs found, sorted, each once
    profiles: tuple[Path, ...]  # folders that exist, beside the built-in ones
    api: ApiSettings
    ping: PingSettings
    snmp: SnmpSettings
    mqtt: MqttSettings | None  # `password` holds what `password_file` held
    rule: Rule  # of pings; see `rule_of`
    traps: TrapSettings | None = None
    influxdb: InfluxdbSettings | None = None  # with the tokens that its files held
    grafana: GrafanaSettings | None = None  # with the token that its file held
    exports: ExportSettings = field(default_factory=ExportSettings)  # the same
    indicators: Path | None = None  # the file that maps them to evidence; it exists
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    contracts: Mapping[str, Rules] = field(default_factory=dict)
    contract: str | None = None  # the one in force, one of `contracts`; None: the plain rules
    file: Path | None = None  # where it was read; None: the embedded defaults
    alerts: Path | None = None  # the file that says who is told what; it exists
    report: ReportSettings = field(default_factory=ReportSettings)  # `logo`: an absolute path

    @property
    def store_path(self) -> Path:
        """Where the truth is kept."""
        return self.data_directory / "pantau.db"

    @property
    def adopted_path(self) -> Path:
        """Which inventory file holds what was adopted from the quarantine."""
        return self.data_directory / ADOPTED

    @property
    def registered_path(self) -> Path:
        """Which inventory file holds what was imported from lists."""
        return self.data_directory / REGISTERED

    @property
    def reports_path(self) -> Path:
        """Which folder keeps the reports that were made."""
        return self.data_directory / "reports"

    @property
    def readings_path(self) -> Path:
        """Where the embedded sink keeps readings."""
        return self.data_directory / "readings.db"

    @property
    def spool_path(self) -> Path:
        """Where readings wait until InfluxDB has them."""
        return self.data_directory / "spool.db"

    @property
    def rules(self) -> Rules:
        """By which rules uptime is reckoned: the contract's in force, else the plain ones."""
        return Rules() if self.contract is None else self.contracts[self.contract]

    def rule_of(self, probe: str) -> Rule:
        """Return the rule of a probe: rechecks of all but ping are slower."""
        return replace(self.rule, retry_seconds=self.rule.retry_seconds * retry_factor(probe))


def retry_factor(probe: str) -> int:
    """Return how many times slower than a ping's the rechecks of a probe are."""
    return 1 if probe == "ping" else SNMP_RETRY_FACTOR
