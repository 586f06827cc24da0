"""`pantau alert …`: what was raised, why it was held or told, and how healthy all that is."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from api.commands.alert_explain import explain
from api.commands.alert_health import health
from api.commands.alert_try import test
from api.commands.options import config_option, who
from api.commands.output import fail, problems_told, say, say_json, say_table
from collector.clock import SystemClock
from collector.config import load_config
from collector.config.problems import did_you_mean
from collector.model.alerts import DeliveryState, Notification
from collector.notify.stage_words import PURPOSES, SHORT
from collector.notify.words.sayings import Sayings
from collector.store import AlertFilter, AlertRow, NotificationFilter, Store

_SAY = Sayings("en")
_DEAD = 200  # messages that were given up, the newest: so many are looked through
_ANSWER = 80  # characters of what a channel answered


@click.group()
def alert() -> None:
    """Alerts: why each was told or held, who was told, and how much is asked of people."""


alert.add_command(explain)
alert.add_command(health)
alert.add_command(test)


@alert.command("list")
@click.option("--held", is_flag=True, help="Only those that are held.")
@click.option("--device", help="Only those of a device; ended ones, too.")
@click.option("--all", "every", is_flag=True, help="Ended ones, too.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(
    device: str | None, limit: int, config: Path | None, *, held: bool, every: bool, as_json: bool
) -> None:
    """List what is firing, newest first: whether it was told, or why it is held."""
    wanted = AlertFilter(
        firing=None if every or device is not None else True,
        held=True if held else None,
        device=device,
    )
    with problems_told(), _opened(config) as (store, zone):
        if device is not None:
            _see_that_it_is_known(store, device)
        page = store.alerts.page(wanted, limit=limit)
        missed = {} if as_json else _missed(store, page.items)
    if as_json:
        say_json(page.items)
        return
    if not page.items:
        say("No alert is held." if held else "Nothing is firing." if device is None else "None.")
        return
    now = SystemClock().now()
    title = ("ID", "DEVICE", "STATE", "SEVERITY", f"SINCE ({zone})", "ENDED", "BECAME")
    say_table([title, *(_alert_row(row, missed, zone, now) for row in page.items)])
    if page.next is not None:
        say(f"Older ones are not shown; --limit takes more than {limit}.")


@alert.command()
@click.option("--dead", is_flag=True, help="Only those that were given up.")
@click.option("--receiver", help="Only those to one receiver.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@config_option
def messages(
    receiver: str | None, limit: int, config: Path | None, *, dead: bool, as_json: bool
) -> None:
    """List messages to people, newest first, and what became of each."""
    wanted = NotificationFilter(state=DeliveryState.DEAD if dead else None, receiver=receiver)
    with problems_told(), _opened(config) as (store, zone):
        page = store.outbox.page(wanted, limit=limit)
    if as_json:
        say_json(page.items)
        return
    if not page.items:
        say("No message was given up." if dead else "There is no message.")
        return
    now = SystemClock().now()
    table = [("ID", f"MADE ({zone})", "RECEIVER", "CHANNEL", "WHAT", "STATE", "TRIES", "ANSWER")]
    for one in page.items:
        made = _SAY.clock(one.created_at, zone, now)
        state = f"{one.state.value}, maybe twice" if one.maybe_twice else one.state.value
        tries = str(one.attempts)
        what = PURPOSES[one.purpose]
        table.append(
            (str(one.id), made, one.receiver or "-", one.channel, what, state, tries, one.answer)
        )
    say_table(table)


@alert.command()
@click.argument("message_id", metavar="ID", type=click.IntRange(1))
@config_option
def retry(message_id: int, config: Path | None) -> None:
    """Try a message again that was given up (ID: see `pantau alert messages --dead`)."""
    now = SystemClock().now()
    with problems_told(), _opened(config) as (store, _):
        tried = store.outbox.retry(message_id, who(), now)
        known = store.outbox.get(message_id)
    if tried is not None:
        say(f"Message {message_id} to {tried.receiver} goes to {tried.channel} again.")
        return
    if known is None:
        fail(f"there is no message {message_id}; see `pantau alert messages --dead`")
    else:
        fail(f"message {message_id} was not given up: it is {known.state.value}")


@contextmanager
def _opened(config: Path | None) -> Iterator[tuple[Store, str]]:
    settings = load_config(config, os.environ)
    with Store.open(settings.store_path) as store:
        yield store, settings.zone


def _see_that_it_is_known(store: Store, device: str) -> None:
    if store.device(device) is None and not store.alerts.page(AlertFilter(device=device)).items:
        known = [one.id for one in store.facts() if one.retired_at is None]
        fail(f"there is no device {device!r}; {did_you_mean(device, known)}")


def _missed(store: Store, rows: Sequence[AlertRow]) -> dict[int | None, str]:
    """Return for alerts that were told who was not reached all the same, and why."""
    by_thread: defaultdict[int | None, list[Notification]] = defaultdict(list)
    for one in store.outbox.page(NotificationFilter(state=DeliveryState.DEAD), limit=_DEAD).items:
        if one.thread_id is not None and not _came_otherwise(store, one):
            by_thread[one.thread_id].append(one)
    found: dict[int | None, str] = {}
    for row in rows if by_thread else ():
        detail = None if row.alert.id is None else store.alerts.get(row.alert.id)
        threads = () if detail is None else detail.threads
        names = {one.receiver: one.answer for thread, _ in threads for one in by_thread[thread.id]}
        if names:
            found[row.alert.id] = ", ".join(
                f"{name} ({answer[:_ANSWER]})" for name, answer in names.items()
            )
    return found


def _came_otherwise(store: Store, dead: Notification) -> bool:
    """Say whether its receiver got what a dead message said, or more, by another channel."""
    wanted = NotificationFilter(
        state=DeliveryState.SENT,
        receiver=dead.receiver,
        thread=dead.thread_id,
        start=dead.created_at,
    )
    return bool(store.outbox.page(wanted, limit=1).items)


def _alert_row(
    row: AlertRow, missed: Mapping[int | None, str], zone: str, now: datetime
) -> tuple[str, ...]:
    one, decision = row.alert, row.decision
    if decision is None:
        became = "not decided yet"
    elif decision.reason is None:
        became = f"told, but not to {missed[one.id]}" if one.id in missed else "told"
    else:
        detail = f" ({decision.detail})" if decision.detail else ""
        became = f"held: {SHORT[decision.reason]}{detail}"
        if decision.until_at is not None and one.ended_at is None:
            became += f" until {_SAY.clock(decision.until_at, zone, now)}"
    return (
        str(one.id),
        one.device_id,
        one.state.value,
        one.severity.value,
        _SAY.clock(one.state_at or one.began_at, zone, now),
        "" if one.ended_at is None else _SAY.clock(one.ended_at, zone, now),
        became,
    )
