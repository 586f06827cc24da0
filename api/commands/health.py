"""`pantau health`: is Pantau well, or one of its processes? For people; for service managers.

Of one process it is asked every half minute, for ever, so it loads only what the answer needs.
"""

import http.client
import os
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from api.commands.options import config_option
from collector.clock import SystemClock

ROLES = ("collector", "courier", "alerts", "api")
LONGEST_SILENCE_SECONDS = 60.0
_ANSWER_SECONDS = 5.0


@click.command()
@config_option
@click.option("--role", type=click.Choice(ROLES), help="Which process. Default: all of Pantau.")
@click.option("--port", type=int, help="Where the API listens, if not where the settings say.")
@click.option("--json", "as_json", is_flag=True, help="Of all of Pantau, for programs.")
def health(config: Path | None, role: str | None, port: int | None, *, as_json: bool) -> None:
    """Say whether Pantau is well, with what to do; exit code 1 says that it is not.

    With --role it is asked of one process of this machine. Collector, courier and alerts are well
    while they leave signs of life, the API while it answers. A broken network or a server that is
    down makes none of them unwell: without --role, and in /readyz, those are told as well.
    """
    if role is None:
        _tell_all(config, port, as_json=as_json)
        return
    if role == "api":
        trouble = _api_trouble(port or _api_port(config))
    elif role == "collector":
        trouble = _collector_trouble(config)
    elif role == "alerts":
        trouble = _alerts_trouble(config)
    else:
        trouble = _courier_trouble(config)
    if trouble is not None:
        click.echo(f"{role}: {trouble}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{role}: well")


def _tell_all(path: Path | None, port: int | None, *, as_json: bool) -> None:
    """Print what is wrong with Pantau, as `GET /health` judges it. Exit code 1: something is."""
    from api.commands.output import problems_told, say_json
    from api.health import files_of, look_at, troubles_of
    from api.waiting import Waiting
    from collector.config import load_config
    from collector.sight import COLLECTOR_TIMEOUT_SECONDS
    from collector.sinks.opening import open_for_reading
    from collector.store import Store

    clock = SystemClock()
    with problems_told():
        config = load_config(path, os.environ)
        if not config.store_path.exists():
            raise click.ClickException(f"there is no {config.store_path} yet: start pantau run")
        with Store.open(config.store_path, read_only=True) as store, ExitStack() as open_files:
            sink = open_for_reading(config, clock)
            open_files.callback(sink.close)
            waiting = Waiting.of(config)
            if waiting is not None:
                open_files.callback(waiting.close)
            facts = look_at(
                store,
                sink,
                waiting,
                clock.now(),
                files=files_of(config),
                timeout_seconds=COLLECTOR_TIMEOUT_SECONDS,
                expects_alerts=config.alerts is not None,
                following=True,  # only the process that answers knows
            )
    troubles = [one.view() for one in troubles_of(facts)]
    silent = _api_trouble(port or config.api.port)
    if as_json:
        say_json({"healthy": not troubles and silent is None, "troubles": troubles, "api": silent})
    elif troubles or silent is not None:
        for one in troubles:
            click.echo(f"{one['en']}\n    {one['en_remedy']}")
        if silent is not None:
            click.echo(f"The API: {silent}\n    Start pantau run --role api, or look at its log")
    else:
        click.echo("Pantau is well")
    if troubles or silent is not None:
        raise click.exceptions.Exit(1)


def _api_port(path: Path | None) -> int:
    from collector.config import ConfigError, load_config

    try:
        return load_config(path, os.environ).api.port
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def _api_trouble(port: int) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"it does not answer on port {port} ({type(error).__name__})"
    finally:
        connection.close()
    return None if status == 200 else f"it answers {status}"


def _collector_trouble(path: Path | None) -> str | None:
    from collector.config import ConfigError, load_config
    from collector.store import Store, StoreError

    try:
        config = load_config(path, os.environ)
        if not config.store_path.exists():
            return f"there is no {config.store_path} yet"
        with Store.open(config.store_path, read_only=True) as store:
            beats = {beat.collector_id: beat.heartbeat_at for beat in store.collectors()}
    except (ConfigError, StoreError) as error:
        return str(error)
    return _silence(beats.get(config.collector_id))


def _courier_trouble(path: Path | None) -> str | None:
    from collector.config import ConfigError, load_config
    from collector.courier.report import REPORT_MARK, CourierReport
    from collector.sinks import SinkError
    from collector.sinks.spool import Spool

    try:
        config = load_config(path, os.environ)
        if config.influxdb is None:
            return "there is no section influxdb, so there is no courier"
        spool = Spool.open(config.spool_path, read_only=True)
        try:
            report = CourierReport.decode(spool.mark(REPORT_MARK))
        finally:
            spool.close()
    except (ConfigError, SinkError) as error:
        return str(error)
    return _silence(None if report is None else report.at)


def _alerts_trouble(path: Path | None) -> str | None:
    from collector.config import ConfigError, load_config
    from collector.notify.figures import REPORT
    from collector.store import Store, StoreError

    try:
        config = load_config(path, os.environ)
        if config.alerts is None:
            return "there is no setting alerts, so nobody is told"
        if not config.store_path.exists():
            return f"there is no {config.store_path} yet"
        with Store.open(config.store_path, read_only=True) as store:
            mark = store.alerts.marks().get(REPORT)
    except (ConfigError, StoreError) as error:
        return str(error)
    return _silence(None if mark is None else mark.at)


def _silence(last_at: datetime | None) -> str | None:
    if last_at is None:
        return "it has given no sign of life yet"
    silent = (SystemClock().now() - last_at).total_seconds()
    if silent <= LONGEST_SILENCE_SECONDS:
        return None
    return f"its last sign of life was {int(silent)} s ago"
