"""Reports: asked for here, made by a process of their own, kept as files."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import FileResponse, Response

from api.deps import OperatorOf, Parts, PartsOf, beyond_the_wall, reply
from api.errors import Code, ProblemError, invalid
from api.reports.asking import read_asked
from api.reports.jobs import Job, Jobs, TooManyError
from api.reports.schedule import next_at
from api.reports.wanted import Wanted
from api.schemas import reports as schemas
from api.uptime_query import QueryError
from collector.model.alerts import AuditEntry

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(beyond_the_wall)])

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
}

ReportId = Annotated[str, Path(max_length=40, description="Id of a report.")]


@router.get("", response_model=schemas.ReportPage)
def list_reports(parts: PartsOf) -> Response:
    """Reports that were asked for, newest first, and when one is sent by itself."""
    jobs = _jobs(parts)
    schedule = jobs.schedule
    return reply(
        {
            "items": [_view(one) for one in jobs.list()],
            "next": None,
            "schedule": None
            if schedule is None
            else asdict(schedule)
            | {"next_at": next_at(parts.clock.now(), schedule.day, schedule.hour, schedule.zone)},
            "contracts": sorted(parts.settings.contracts),
        }
    )


@router.post("", response_model=schemas.ReportView, status_code=202)
def make_report(parts: PartsOf, principal: OperatorOf, body: schemas.ReportBody) -> Response:
    """Ask for a report; it is made by a process of its own. Needs the role operator.

    At most two are made at once. `GET /reports/{id}` tells how far it is, and its files.
    """
    jobs = _jobs(parts)
    given = body.filters.model_dump()
    wanted = Wanted(
        month=body.month,
        from_=body.from_,
        to=body.to,
        contract=body.contract,
        filters={name: value for name, value in given.items() if value is not None},
        formats=tuple(dict.fromkeys(body.formats)),
        language=body.language or parts.settings.language,
        pack=body.pack,
    )
    try:
        read_asked(wanted.asked, parts.settings, parts.clock.now())
        job = jobs.start(wanted, principal.name)
    except QueryError as error:
        raise invalid(error.name, error.message, place="body") from None
    except TooManyError:
        detail = "Two reports are being made; ask again when one of them is done."
        raise ProblemError(429, Code.TOO_MANY_REPORTS, detail) from None
    period = wanted.month or f"{wanted.from_ or ''} {wanted.to or ''}".strip()
    said = f"{period or 'last month'}: {', '.join(wanted.formats)}"
    entry = AuditEntry(parts.clock.now(), principal.name, "report.make", f"report:{job.id}", said)
    parts.store.audit.append(entry)
    response = reply(_view(job), {"Location": f"/api/v1/reports/{job.id}"})
    response.status_code = 202
    return response


@router.get("/{report_id}", response_model=schemas.ReportView)
def get_report(parts: PartsOf, report_id: ReportId) -> Response:
    """One report: how far it is, and its files when it is done."""
    job = _jobs(parts).get(report_id)
    if job is None:
        raise _unknown()
    return reply(_view(job))


@router.get(
    "/{report_id}/files/{name}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
)
def get_report_file(
    parts: PartsOf,
    report_id: ReportId,
    name: Annotated[str, Path(max_length=200, description="Name of one of its files.")],
) -> Response:
    """A file of a report that is done."""
    path = _jobs(parts).file(report_id, name)
    if path is None:
        raise _unknown()
    kind = MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
    return FileResponse(path, media_type=kind, filename=name)


def _view(job: Job) -> dict[str, object]:
    wanted = job.wanted
    return {
        "id": job.id,
        "state": job.state,
        "month": wanted.month,
        "from": wanted.from_,
        "to": wanted.to,
        "formats": wanted.formats,
        "language": wanted.language,
        "contract": wanted.contract,
        "filters": {name: wanted.filters.get(name) for name in schemas.ReportFilters.model_fields},
        "pack": wanted.pack,
        "author": job.author,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "progress": asdict(job.progress),
        "message": job.message,
        "files": [asdict(one) for one in job.files],
    }


def _jobs(parts: Parts) -> Jobs:
    if parts.reports is None:
        detail = "Reports cannot be made here: this API has no data folder."
        raise ProblemError(503, Code.NO_REPORTS, detail)
    return parts.reports


def _unknown() -> ProblemError:
    detail = "There is no such report; GET /reports lists what is kept."
    return ProblemError(404, Code.UNKNOWN_REPORT, detail)
