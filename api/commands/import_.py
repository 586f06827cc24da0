"""`pantau import …`: lists of agencies, planned, imported, taken back."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from api.commands.options import config_option, who
from api.commands.output import FOUND_A_PROBLEM, fail, problems_told, say, say_json, say_table
from api.importing.service import (
    Importer,
    Look,
    NotReadyError,
    PlanChangedError,
    RegisterRefusedError,
    Wanted,
)
from api.importing.views import applied_view, preview_view, record_view
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory.adopting import InventoryBrokenError
from collector.model import Field
from collector.register.names import id_of
from collector.register.plan import Item, Outcome
from collector.register.reading import FILE_BYTES
from collector.register.remarks import Remark
from collector.register.words import LANGUAGES, field_word, place_of, text_of
from collector.store import Store
from collector.store.register.lists import ListChangedError, UndoRefusedError

_MOST = 40  # lines of one kind that are printed
_REFUSALS = (InventoryBrokenError, ListChangedError, PlanChangedError, UndoRefusedError)


@click.command("import")
@click.argument("file", required=False, metavar="FILE|list")
@click.option("--source", help="Whose list it is. Default: made of the file's name.")
@click.option("--name", help="What the list is called, for people.")
@click.option("--agency", help="Id of the owner whose list it is.")
@click.option("--rank", type=click.IntRange(1, 1000), help="The lower rank is in force.")
@click.option("--sheet", help="Name of the sheet. Default: the first one.")
@click.option(
    "--columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column means; without a field: it is not used. May be given often; remembered.",
)
@click.option(
    "--set",
    "defaults",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Holds for rows that leave a field empty, such as kind=camera. Remembered.",
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=ANSWER",
    help="Of a row in doubt: new, same:DEVICE or leave_out; of all others: *=same.",
)
@click.option("--retire-many", is_flag=True, help="Yes, all the rows that are gone are gone.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--undo", type=int, metavar="ID", help="Take an import back as a whole.")
@click.option("--rewrite", is_flag=True, help="Write register.yaml anew from what lists say.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of problems. Default: the city's.")
@click.option("--json", "as_json", is_flag=True, help="Print what the API would answer.")
@config_option
def import_(
    file: str | None,
    source: str | None,
    name: str | None,
    agency: str | None,
    rank: int | None,
    sheet: str | None,
    columns: Sequence[str],
    defaults: Sequence[str],
    answers: Sequence[str],
    undo: int | None,
    language: str | None,
    config: Path | None,
    *,
    retire_many: bool,
    dry_run: bool,
    rewrite: bool,
    as_json: bool,
) -> None:
    """Import a list (XLSX, CSV or YAML): plan, then apply, as a whole or not at all.

    `pantau import list` lists what was imported.
    """
    if sum((file is not None, undo is not None, rewrite)) != 1:
        raise click.UsageError("give a FILE, `list`, --undo ID or --rewrite")
    with problems_told(), _opened(config) as (settings, store, importer):
        words = language or settings.language
        if file == "list":
            _list(store, source, as_json=as_json)
            return
        with _refusals_told():
            if rewrite:
                say(f"register.yaml holds {importer.rewrite()} devices.")
            elif undo is not None:
                applied = importer.undo(undo, author=who(), progress=_progress)
                if as_json:
                    say_json(applied_view(applied))
                else:
                    counts = applied.record.counts
                    say(
                        f"Import {undo} is taken back: {counts.retired} rows out, "
                        f"{counts.created} back, {counts.changed} as before; "
                        f"lists keep {applied.devices} devices watched."
                    )
            elif file is not None:
                gc.disable()  # one list, then it ends: looking for garbage takes long
                path = Path(file)
                wanted = Wanted(
                    source=source or id_of(path.stem) or "list",
                    file=path.name,
                    octets=_octets(path),
                    sheet=sheet,
                    columns=dict(_column(one) for one in columns) or None,
                    defaults=dict(_default(one) for one in defaults) or None,
                    answers=dict(_answers(answers, retire_many=retire_many)),
                    name=name,
                    agency=agency,
                    rank=rank,
                )
                _import(importer, wanted, words, dry_run=dry_run, as_json=as_json)


def _import(
    importer: Importer, wanted: Wanted, language: str, *, dry_run: bool, as_json: bool
) -> None:
    if dry_run:
        look = importer.preview(wanted, _progress)
        if as_json:
            say_json(preview_view(look, wanted.file))
        else:
            _say_plan(look, language)
        if not look.ready:
            raise click.exceptions.Exit(FOUND_A_PROBLEM)
        return
    try:
        applied = importer.apply(wanted, author=who(), progress=_progress)
    except NotReadyError as error:
        if as_json:
            say_json(preview_view(error.look, wanted.file))
        else:
            _say_plan(error.look, language)
            click.echo("pantau: nothing was imported", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    if as_json:
        say_json(applied_view(applied))
        return
    counts = applied.record.counts
    say(
        f"{wanted.file}: {counts.created} created, {counts.changed} changed, "
        f"{counts.retired} retired, {counts.same} same (import {applied.record.id} of "
        f"{applied.record.source}); lists keep {applied.devices} devices watched."
    )


def _say_plan(look: Look, language: str) -> None:
    """Print what a list would do, what stands in its way, and what was noticed."""
    plan = look.plan
    problems = [*look.problems, *(plan.problems if plan is not None else ())]
    for meaning in look.meanings:
        if meaning.field is not None:
            word = field_word(meaning.field.value, language)
            say(f"  {meaning.column.letter:>3}  {meaning.column.heading} → {word}")
    for remark in plan.notes[:_MOST] if plan is not None else ():
        say(f"note: {_line(remark, language)}")
    for remark in problems[:_MOST]:
        click.echo(_line(remark, language), err=True)
    _say_more(len(problems))
    doubts = [doubt for doubt in plan.doubts if doubt.answer is None] if plan is not None else []
    for doubt in doubts[:_MOST]:
        key = "--retire-many" if not doubt.key else f"--answer '{doubt.key}=…'"
        offered = f" ({' | '.join(doubt.answers)})" if doubt.key else ""
        click.echo(f"{_line(doubt.remark, language)}: {key}{offered}", err=True)
    _say_more(len(doubts))
    if sum(any(one.startswith("same:") for one in doubt.answers) for doubt in doubts) > 1:
        click.echo("if every row with one candidate is that device: --answer '*=same'", err=True)
    if plan is None:
        return
    for outcome in (Outcome.RETIRED, Outcome.CHANGED, Outcome.CREATED):
        items = [item for item in plan.items if item.outcome is outcome]
        for item in items[:_MOST]:
            say(_item_line(item))
        if len(items) > _MOST:
            say(f"… and {len(items) - _MOST:,} more {outcome.value}")
    counts = plan.counts
    say(
        f"{counts.created} created, {counts.changed} changed, {counts.retired} retired, "
        f"{counts.same} same, {plan.open_doubts} in doubt"
    )


def _say_more(count: int) -> None:
    if count > _MOST:
        click.echo(f"… and {count - _MOST:,} more", err=True)


def _line(remark: Remark, language: str) -> str:
    place = place_of(remark, language)
    text = str(text_of(remark, language))
    return f"{place}: {text}" if place else text


def _item_line(item: Item) -> str:
    if item.outcome is Outcome.CHANGED:
        said = "; ".join(
            f"{one.field.value} {one.old or '–'} → {one.new or '–'}"  # noqa: RUF001 - nothing
            for one in item.changes
        )
        return f"changed {item.key} ({item.device_id}): {said}"
    return f"{item.outcome.value} {item.key} ({item.device_id}) {item.name or ''}".rstrip()


def _list(store: Store, source: str | None, *, as_json: bool) -> None:
    rows = store.lists.imports(source_id=source, limit=1000).items
    if as_json:
        undoable = store.lists.undoable()
        say_json([record_view(row, undoable=row.id in undoable) for row in rows])
        return
    if not rows:
        say("Nothing was imported.")
        return
    table: list[Sequence[str]] = [
        ("ID", "AT (UTC)", "SOURCE", "FILE", "NEW", "CHANGED", "RETIRED", "SAME", "BY", "")
    ]
    for row in rows:
        counts = (row.counts.created, row.counts.changed, row.counts.retired, row.counts.same)
        about = f"undoes {row.undoes}" if row.undoes else ""
        about = f"undone by {row.undone_by}" if row.undone_by else about
        at = f"{row.at:%Y-%m-%d %H:%M}"
        table.append((str(row.id), at, row.source, row.file, *map(str, counts), row.author, about))
    say_table(table)


def _column(text: str) -> tuple[str, Field | None]:
    heading, found, name = text.rpartition("=")
    if not found or not heading:
        raise click.UsageError(f"--columns {text!r}: write HEADING=FIELD")
    return heading.strip(), _field(name) if name.strip() else None


def _default(text: str) -> tuple[Field, str]:
    name, found, value = text.partition("=")
    if not found:
        raise click.UsageError(f"--set {text!r}: write FIELD=VALUE")
    return _field(name), value.strip()


def _answers(texts: Sequence[str], *, retire_many: bool) -> Iterator[tuple[str, str]]:
    if retire_many:
        yield "", "retire"
    for text in texts:
        key, found, answer = text.rpartition("=")
        if not found or not key:
            raise click.UsageError(f"--answer {text!r}: write KEY=ANSWER")
        yield key, answer


def _field(name: str) -> Field:
    try:
        return Field(name.strip())
    except ValueError:
        known = ", ".join(one.value for one in Field)
        raise click.UsageError(f"{name!r} is no field; fields are {known}") from None


def _octets(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(FILE_BYTES + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}; check the path and its rights")


def _progress(what: str, done: int, of: int) -> None:
    """Say on standard error how far it is, where somebody looks."""
    if not sys.stderr.isatty():
        return
    text = {"reading": "reading", "rows": f"{done:,} of {of:,} rows", "file": "writing"}[what]
    click.echo(f"\r{text:<40}\r", err=True, nl=False)


@contextmanager
def _opened(config: Path | None) -> Iterator[tuple[Config, Store, Importer]]:
    settings = load_config(config, os.environ)
    with Store.open(settings.store_path) as store:

        def again() -> Config:
            return load_config(settings.file, os.environ)

        yield settings, store, Importer(store, SystemClock(), again)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except RegisterRefusedError as error:
        for problem in error.problems[:_MOST]:
            click.echo(str(problem), err=True)
        fail("the inventory would have these problems; nothing was changed")
    except _REFUSALS as error:
        fail(str(error))
