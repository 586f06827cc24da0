"""The mapping file: which evidence supports which indicator, from where, how surely."""

from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from collector.config import ConfigError
from collector.config.findings import check_shape
from collector.config.problems import ProblemsError
from collector.config.reader import read_file
from collector.config.shape import Id, Kind, Shape, Text, WholeNumber, Words, refuse

FORMAT = 1


class Certainty(StrEnum):
    """How sure it is that an indicator says this, and that the evidence fits."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNVERIFIED = "unverified"


class Evidence(StrEnum):
    """What Pantau can show. `EVIDENCE` says what each is and where it is had."""

    REPORT_UPTIME = "report-uptime"
    REPORT_TREND = "report-trend"
    REPORT_OUTAGES = "report-outages"
    REPORT_HANDLING = "report-handling"
    REPORT_MAINTENANCE = "report-maintenance"
    REPORT_CORRECTIONS = "report-corrections"
    REPORT_CAPACITY = "report-capacity"
    REPORT_WIFI = "report-wifi"
    PACK = "pack"
    REGISTER = "register"
    EXPORT_DEVICES = "export-devices"
    EXPORT_UPTIME = "export-uptime"
    AUDIT = "audit"


EVIDENCE: dict[Evidence, tuple[str, str, str]] = {
    Evidence.REPORT_UPTIME: (
        "Laporan: ketersediaan per wilayah, jenis, dan pengampu, dengan cakupan",
        "Report: uptime by area, kind and owner, with coverage",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_TREND: (
        "Laporan: tren bulan-bulan sebelumnya",
        "Report: the trend of the months before",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_OUTAGES: (
        "Laporan: gangguan dengan penyebab, penanggung jawab, dan lamanya",
        "Report: outages with cause, who answers, and length",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_HANDLING: (
        "Laporan: waktu tanggap dan waktu pemulihan insiden",
        "Report: how fast incidents were taken and over",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_MAINTENANCE: (
        "Laporan: pemeliharaan terencana", "Report: planned work", "pantau report --month {month}",
    ),
    Evidence.REPORT_CORRECTIONS: (
        "Laporan: koreksi penyebab dengan alasan dan penulis",
        "Report: corrections of causes with reason and author",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_CAPACITY: (
        "Laporan: kapasitas diska dan jaringan, dengan ketidakpastiannya",
        "Report: capacity of disks and links, with its uncertainty",
        "pantau report --month {month}",
    ),
    Evidence.REPORT_WIFI: (
        "Laporan: penggunaan WiFi (jumlah saja)", "Report: use of the WiFi (counts only)",
        "pantau report --month {month}",
    ),
    Evidence.PACK: (
        "Paket bukti: laporan, data mentah, metode, dan segel; dapat dihitung ulang siapa pun",
        "Evidence pack: report, raw rows, method and seal; anybody can recompute it",
        "pantau report --month {month} --pack",
    ),
    Evidence.REGISTER: (
        "Register aset dengan pengampu dan asal datanya",
        "Register of assets with owners and where each field comes from",
        "pantau register show",
    ),
    Evidence.EXPORT_DEVICES: (
        "Ekspor Satu Data: perangkat", "Satu Data export: devices",
        "pantau export --dataset devices",
    ),
    Evidence.EXPORT_UPTIME: (
        "Ekspor Satu Data: ketersediaan per wilayah dan jenis",
        "Satu Data export: uptime by area and kind",
        "pantau export --dataset uptime --month {month}",
    ),
    Evidence.AUDIT: ("Jejak audit", "The audit trail", "GET /api/v1/audit"),
}  # fmt: skip
"""In Indonesian, in English, and how it is had."""


class TwoLanguages(Shape):
    """Words in Indonesian and English."""

    id: Annotated[str, Field(min_length=1, max_length=1_000)] = Field(description="Indonesian.")
    en: Annotated[str, Field(min_length=1, max_length=1_000)] = Field(description="English.")


class FrameworkShape(Shape):
    """A set of indicators: an index, a standard."""

    id: Id = Field(description="Short name that indicators refer to.")
    name: TwoLanguages = Field(description="Name for people.")
    source: Text = Field(description="Where its text is.")
    note: TwoLanguages | None = Field(None, description="What must be known of it.")


class IndicatorShape(Shape):
    """An indicator, and what supports it."""

    id: Id = Field(description="Short name.")
    framework: Id = Field(description="What it is part of.")
    name: TwoLanguages = Field(description="Name for people.")
    source: Text | None = Field(None, description="Where exactly; none: that of the framework.")
    certainty: Certainty = Field(description="certain, likely or unverified.")
    evidence: Annotated[Words[Evidence], Field(min_length=1)] = Field(
        description="What supports it."
    )
    counts: Words[Kind] = Field((), description="Kinds of devices whose working points count.")


class MappingShape(Shape):
    """The file."""

    format: WholeNumber = Field(description="1.")
    frameworks: Annotated[tuple[FrameworkShape, ...], Field(max_length=50)] = Field(
        description="Indices and standards."
    )
    indicators: Annotated[tuple[IndicatorShape, ...], Field(max_length=1_000)] = Field(
        description="Indicators."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.format != FORMAT:
            raise refuse(f"format {self.format} is not known", f"write format: {FORMAT}")
        known = {one.id for one in self.frameworks}
        for one in self.indicators:
            if one.framework not in known:
                raise refuse(
                    f'indicator "{one.id}" is of "{one.framework}", which is no framework',
                    "list it under frameworks, or mend the name",
                )
        names = [one.id for one in self.indicators]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise refuse(f'indicator "{twice[0]}" is there twice', "give each a name of its own")
        return self


def load_mapping(path: Path | None) -> MappingShape:
    """Return the mapping in a file, or the built-in one. Raises ConfigError with every problem."""
    if path is None:
        with as_file(files("api.indicators") / "indicators.yaml") as built_in:
            return load_mapping(built_in)
    try:
        document = read_file(path)
    except ProblemsError as error:
        raise ConfigError(list(error.problems)) from None
    mapping, problems = check_shape(MappingShape, document)
    if mapping is None:
        raise ConfigError(problems)
    return mapping
