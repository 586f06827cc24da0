"""`pantau alert test`: a real message to a receiver, over each of its channels, now."""

import asyncio
import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from api.commands.options import config_option, who
from api.commands.output import FOUND_A_PROBLEM, fail, problems_told, say, say_json
from collector.clock import Clock, SystemClock
from collector.config import Config, load_config
from collector.config.problems import did_you_mean
from collector.inventory import load_inventory
from collector.model.alerts import AuditEntry, Notification, Purpose, Severity
from collector.notify.channels.contract import Channel, NotifyError
from collector.notify.channels.opening import open_channels
from collector.notify.loading import load_alert_plan
from collector.notify.messages import Renderer
from collector.notify.plan import AlertPlan
from collector.notify.routing import Routing
from collector.notify.words.gathering import Desk, facts_of_test
from collector.store import Store

SEND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test over one channel of one receiver."""

    receiver: str
    channel: str
    ok: bool
    words: str


@click.command()
@click.argument("receiver")
@click.option(
    "--severity",
    type=click.Choice([one.value for one in Severity]),
    default=Severity.INFO.value,
    show_default=True,
    help="How loud: a siren rings for critical only.",
)
@click.option("--json", "as_json", is_flag=True)
@config_option
def test(receiver: str, severity: str, config: Path | None, *, as_json: bool) -> None:
    """Send RECEIVER a test over every one of its channels, and say what became of it.

    RECEIVER is a receiver of alerts.yaml, or a roster: then whoever is on duty now. The process of
    alerts need not run. Exit code 1: a channel did not take it.
    """
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it is said below
    with problems_told():
        settings = load_config(config, os.environ)
        plan = load_alert_plan(settings, load_inventory(settings.inventory))
        clock = SystemClock()
        names = _people(plan, receiver, clock.now())
        with Store.open(settings.store_path) as store:
            note = AuditEntry(clock.now(), who(), "notification.test", f"receiver:{receiver}")
            store.audit.append(note)
            tried = asyncio.run(_try_all(settings, plan, names, Severity(severity), clock, store))
    if as_json:
        say_json(tried)
    else:
        for one in tried:
            say(f"{one.receiver} by {one.channel}: {one.words}")
    if not all(one.ok for one in tried):
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


def _people(plan: AlertPlan, name: str, now: datetime) -> list[str]:
    """Return the receivers that a name stands for now. Exits when there is none such."""
    if name in plan.receivers:
        return [name]
    rosters = plan.rules.rosters if isinstance(plan.rules, Routing) else {}
    if name not in rosters:
        known = [*plan.receivers, *rosters]
        fail(f"there is no receiver {name!r}; {did_you_mean(name, known)}")
    found = [one.receiver for one in plan.rules.people(name, now)]
    if not found:
        fail(f"nobody is on duty in {name!r} now; see `schedules` in alerts.yaml")
    return found


async def _try_all(
    settings: Config,
    plan: AlertPlan,
    names: list[str],
    severity: Severity,
    clock: Clock,
    store: Store,
) -> list[Tried]:
    # A siren that rings for something real goes on ringing after its test: it asks the store.
    async with open_channels(settings, clock, store.outbox.ringing) as channels:
        tests = [
            _try(plan, settings.zone, name, severity, channels[channel], clock)
            for name in names
            for channel in plan.receivers[name].channels
        ]
        return list(await asyncio.gather(*tests))


async def _try(
    plan: AlertPlan, zone: str, receiver: str, severity: Severity, channel: Channel, clock: Clock
) -> Tried:
    now = clock.now()
    facts = facts_of_test(receiver, now, severity, desk=Desk(plan.desk_url), zone=zone)
    row = Notification(
        thread_id=None,
        receiver=receiver,
        channel=channel.name,
        purpose=Purpose.TEST,
        key=f"test/{receiver}/{channel.name}/{now:%Y%m%dT%H%M%S.%fZ}",
        created_at=now,
        due_at=now,
        facts=facts.to_json(),
        severity=severity,
    )
    try:
        message = Renderer().render(row, channel, plan, None)
        async with asyncio.timeout(SEND_SECONDS):
            sent = await channel.send(message)
    except TimeoutError:
        words = f"no answer within {SEND_SECONDS:.0f} s; it may have arrived"
        return Tried(receiver, channel.name, False, words)
    except NotifyError as error:
        return Tried(receiver, channel.name, False, _refused(error))
    answer = f" ({sent.answer})" if sent.answer else ""
    return Tried(receiver, channel.name, True, f"taken{answer}; has it arrived?")


def _refused(error: NotifyError) -> str:
    if error.permanent:
        return f"REFUSED: {error}"
    if error.maybe_sent:
        return f"NO ANSWER, it may have arrived: {error}"
    again = "" if error.retry_after is None else f"; it asks to wait {error.retry_after:.0f} s"
    return f"NOT TAKEN: {error}{again}"
