"""The process that tells people: alerts from the log of transitions, messages from alerts."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import IO

import click

from api.commands.output import say
from api.reports.sending import keep_sending
from api.roles.stopping import run_until_stopped
from api.sessions import load_session_key
from collector.clock import Clock, SystemClock
from collector.config import Config, load_config
from collector.inventory import load_inventory
from collector.notify.app import Alerting, AlertingSettings, Channels, Loaded
from collector.notify.channels.opening import open_channels
from collector.notify.loading import load_alert_plan
from collector.notify.plan import AlertPlan
from collector.notify.words.links import LinkSigner
from collector.sinks import SinkError
from collector.sinks.own_file import take_claim
from collector.store import CursorMovedError, Store


def run_alerts(config: Config) -> None:
    """Follow and tell until told to stop; on SIGHUP, by alerts.yaml as it is then.

    Raises ProblemsError, StoreError, SinkError when another process of alerts runs, and UsageError
    without the setting `alerts`.
    """
    if config.alerts is None:
        raise click.UsageError(
            "--role alerts: nobody is to be told; name a file with the setting alerts in "
            "pantau.yaml, or leave this role out"
        )
    clock = SystemClock()
    plan = _plan(config)  # what is wrong with it is told before anything is opened
    with closing(_claim(config)), Store.open(config.store_path) as store:
        say(f"alerts: {len(plan.receivers)} receivers, as {config.alerts} says")

        def opening(config: Config) -> Callable[[], Channels]:
            return partial(open_channels, config, clock, store.outbox.ringing)

        def load_anew() -> Loaded:
            """Read all settings as they are by now. Raises ProblemsError."""
            fresh = load_config(config.file, os.environ)
            return _plan(fresh), opening(fresh)

        settings = AlertingSettings(
            collector_id=config.collector_id,
            zone=config.zone,
            load=load_anew,
            open_channels=opening(config),
            signer=LinkSigner(load_session_key(config.data_directory / "session.key")),
        )
        alerting = Alerting(store, clock, settings, plan)
        try:
            run_until_stopped(alerting.run, partial(_beside, alerting, config, clock))
        except CursorMovedError as error:
            raise click.ClickException(str(error)) from None


def _claim(config: Config) -> IO[str]:
    """Keep a second process of alerts out, until this one ends, however it ends."""
    try:
        return take_claim(config.store_path, "alerts")
    except SinkError as error:
        words = f"{error}; people are told by one process of alerts: end the other"
        raise SinkError(words) from None


def _plan(config: Config) -> AlertPlan:
    return load_alert_plan(config, load_inventory(config.inventory))


async def _beside(alerting: Alerting, config: Config, clock: Clock) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_reload_at_sighup(alerting), name="reload")
        tasks.create_task(keep_sending(config, clock), name="reports")


async def _reload_at_sighup(alerting: Alerting) -> None:
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    while True:
        await asked.wait()
        asked.clear()
        await alerting.reload()
