"""`pantau spool`: what waits on disk for InfluxDB, and lines that it never takes."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json, say_table
from api.waiting import Look, Waiting, size_in_words, span_in_words
from collector.clock import SystemClock
from collector.config import load_config
from collector.sinks.spool import DeadLetter

_WIDEST = 100  # characters of a line and of a server's words in the table


@click.command()
@click.option("--dead", is_flag=True, help="List the lines that InfluxDB will never take.")
@click.option("--retry", is_flag=True, help="Let all of them be tried again.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@config_option
def spool(*, config: Path | None, dead: bool, retry: bool, limit: int, as_json: bool) -> None:
    """Show what waits on disk for InfluxDB, since when and why."""
    now = SystemClock().now()
    with problems_told(), _opened(config) as waiting:
        if retry:
            lines = waiting.retry(now)
            if as_json:
                say_json({"lines": lines})
            else:
                say(f"{lines} lines are tried again.")
        elif dead:
            letters = waiting.dead_letters(limit)
            if as_json:
                say_json([asdict(one) | {"line": _text(one)} for one in letters])
            else:
                _say_letters(letters)
        else:
            look = waiting.look(now)
            if as_json:
                say_json(look.view(with_words=True))
            else:
                _say_look(look)


@contextmanager
def _opened(config: Path | None) -> Iterator[Waiting]:
    waiting = Waiting.of(load_config(config, os.environ))
    if waiting is None:
        click.echo(
            "pantau: nothing waits: readings stay in a file of this machine, for there is no"
            " section influxdb in pantau.yaml",
            err=True,
        )
        raise click.exceptions.Exit(FOUND_A_PROBLEM)
    with closing(waiting):
        yield waiting


def _say_look(look: Look) -> None:
    status = look.status
    waits = f"{status.lines} lines ({size_in_words(status.bytes)})"
    if status.lines:
        waits += f", the oldest for {span_in_words(look.age_seconds)}"
    of = f"{size_in_words(status.file_bytes)} of {size_in_words(look.limits.bytes)}"
    say_table(
        [
            ("waiting", waits),
            ("on disk", of),
            ("sent", f"{status.sent_lines} lines"),
            ("dead letters", f"{status.dead_letters}"),
            ("lost", _lost(look)),
            ("roll-ups", _rolled(look)),
        ]
    )
    if look.trouble is not None:
        say("")
        say(f"{look.trouble.kind}: {look.trouble.words}")


def _lost(look: Look) -> str:
    status = look.status
    lost = (
        (status.dropped_lines, "waited too long or were too many"),
        (status.damaged_lines, "did not come back from the disk"),
        (status.dead_dropped, "dead letters more than are kept"),
    )
    return "; ".join(f"{count} lines {why}" for count, why in lost if count) or "nothing"


def _rolled(look: Look) -> str:
    said = look.roller
    if said is None:
        return "none yet"
    newest = "none yet" if said.newest_at is None else f"up to {said.newest_at:%Y-%m-%d %H:%M} UTC"
    trouble = "" if said.trouble is None else f"; {said.trouble}"
    return f"{newest}; {said.waiting_hours} hours wait{trouble}"


def _say_letters(letters: list[DeadLetter]) -> None:
    if not letters:
        say("There are no dead letters.")
        return
    for one in letters:
        say(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.status}  {_cut(one.words)}")
        say(f"    {_cut(_text(one))}")


def _text(letter: DeadLetter) -> str:
    return letter.line.decode(errors="replace")


def _cut(text: str) -> str:
    """Return a text for a terminal: bounded, and without what would steer it."""
    plain = "".join(one if one.isprintable() else "?" for one in text)
    return plain if len(plain) <= _WIDEST else f"{plain[:_WIDEST]}…"
