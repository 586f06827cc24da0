"""`pantau report`: reports as files, from the store alone."""

import asyncio
import os
import tempfile
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, fail, problems_told, say, say_json
from api.reports.asking import FILTERS, FORMS, LANGUAGES, month_before
from api.reports.faces.as_csv import ABOUT, CsvForm, table_as_csv
from api.reports.jobs import working
from api.reports.making import Progress
from api.reports.producing import (
    CannotMakeError,
    file_name,
    make,
    opened,
    produce,
)
from api.reports.tables import ROWS
from api.reports.wanted import Wanted, write_whole
from api.reports.words import STEPS
from api.uptime_query import QueryError
from collector.clock import SystemClock
from collector.config import Config, load_config


def _forms(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    forms = tuple(dict.fromkeys(part.strip() for part in value.split(",")))
    for form in forms:
        if form not in FORMS:
            raise click.BadParameter(f"{form!r} is none of {', '.join(FORMS)}")
    return forms


@click.command()
@click.argument("kind_of", required=False, metavar="[monthly]", type=click.Choice(["monthly"]))
@click.option("--month", help="A month such as 2026-10. Default: the month before.")
@click.option("--from", "from_", help="Instead: a date, or a moment with its zone.")
@click.option("--to", help="The same, not included. Default: now.")
@click.option(
    "--format",
    "forms",
    default="pdf,xlsx",
    show_default=True,
    callback=_forms,
    help=f"Which files, with commas between: {', '.join(FORMS)}.",
)
@click.option("--kind", help="Only devices of a kind.")
@click.option("--site", help="Only those of a site.")
@click.option("--area", help="Only those of an area and all below it.")
@click.option("--owner", help="Only those of an owner.")
@click.option("--contract", help="The contract beside the plain figures. Default: that in force.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: `language`.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder."
)
@click.option(
    "--table",
    type=click.Choice([ABOUT, *ROWS]),
    help="With --format csv or csv-id: one table as one file instead of a ZIP of all.",
)
@click.option("--pack", is_flag=True, help="Write an evidence pack beside the files.")
@click.option(
    "--send", is_flag=True, help="Send a month's by e-mail to whom it was not sent yet (settings)."
)
@click.option("--json", "as_json_", is_flag=True, help="Say as JSON which files were written.")
@click.option("--job", type=click.Path(path_type=Path), hidden=True, help="Folder of a job.")
@config_option
def report(
    kind_of: str | None,
    month: str | None,
    from_: str | None,
    to: str | None,
    forms: tuple[str, ...],
    contract: str | None,
    language: str | None,
    out: Path,
    table: str | None,
    job: Path | None,
    config: Path | None,
    *,
    pack: bool,
    send: bool,
    as_json_: bool,
    **filters: str | None,
) -> None:
    """Write a report: a month's, or that of any period.

    PDF, XLSX, CSV and JSON come from one data set and are equal to the digit.
    """
    del kind_of  # a month is what is asked for without a period, too
    if table is not None and (pack or not {"csv", "csv-id"}.issuperset(forms)):
        raise click.UsageError("--table needs --format csv or csv-id, and goes without --pack")
    with problems_told():
        loaded = load_config(config, os.environ)
        if job is not None:
            _work(loaded, job)
            return
        if send:
            _send(loaded, month, as_json=as_json_)
            return
        wanted = Wanted(
            month=month,
            from_=from_,
            to=to,
            contract=contract,
            filters={name: value for name in FILTERS if (value := filters.get(name))},
            formats=forms,
            language=language or loaded.language,
            pack=pack,
        )
        try:
            paths = _write(loaded, wanted, out, table, _teller(quiet=as_json_))
        except QueryError as error:
            raise click.UsageError(f"--{error.name}: {error.message}") from None
        except CannotMakeError as error:
            fail(str(error))
        except OSError as error:
            fail(f"{out}: {(error.strerror or 'cannot be written').lower()}")
    if as_json_:
        say_json({"files": [str(path) for path in paths]})
    else:
        for path in paths:
            say(str(path))


def _send(config: Config, month: str | None, *, as_json: bool) -> None:
    from api.reports.sending import Outcome, SendingError, send  # what sends is large

    clock = SystemClock()
    wanted = month or month_before(clock.now(), config.zone)
    try:
        told = asyncio.run(send(config, wanted, clock))
    except (SendingError, CannotMakeError) as error:
        fail(str(error))
    except QueryError as error:
        raise click.UsageError(f"--{error.name}: {error.message}") from None
    if as_json:
        say_json(
            {
                "month": wanted,
                "channels": [
                    {"channel": one.channel, "outcome": one.outcome, "said": one.said}
                    for one in told
                ],
            }
        )
    else:
        for one in told:
            said = "not sent, tried again" if one.outcome is None else one.outcome
            say(f"{one.channel}: {said} ({one.said})")
        if not told:
            say(f"{wanted}: sent to everybody before")
    if any(one.outcome is not Outcome.SENT for one in told):
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


def _write(
    config: Config, wanted: Wanted, out: Path, table: str | None, progress: Progress
) -> list[Path]:
    clock = SystemClock()
    if table is None:
        return produce(config, wanted, out, clock, progress)
    with opened(config, clock) as sources:
        made = make(sources, wanted, clock.now(), progress).report
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for form in wanted.formats:
        ending = "csv" if form == "csv" else "id.csv"
        path = out / file_name(made, f"{table}.{ending}")
        write_whole(path, table_as_csv(made, table, CsvForm(form)))
        paths.append(path)
    return paths


def _work(config: Config, folder: Path) -> None:
    """Do a job that the API started; what goes wrong is written into its folder."""
    clock = SystemClock()
    tempfile.tempdir = str(folder)  # what it leaves when it is killed is swept with the job's files
    with working(folder, clock) as (wanted, told):
        try:
            told.done(produce(config, wanted, folder, clock, told.progress))
        except (QueryError, CannotMakeError) as error:
            told.failed(str(error))
        except OSError as error:
            told.failed(f"the report cannot be written: {(error.strerror or 'no reason').lower()}")


def _teller(*, quiet: bool) -> Progress:
    last = ""

    def tell(step: str, done: int, of: int) -> None:
        nonlocal last
        counted = step == "sums"
        if quiet or (step == last and not counted):
            return
        last = step
        click.echo(STEPS["en"][step] + (f": {done} of {of} devices" if counted else ""), err=True)

    return tell
