"""`pantau check-config` and `pantau doctor`: is it written right, is this machine able."""

import asyncio
import os
import resource
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import click

from api.commands.capacity_checks import look_at_capacity
from api.commands.finding import Finding
from api.commands.influxdb_checks import look_at_influxdb
from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.config.alerts import AlertsFile
from collector.contract import Rules
from collector.notify.checking import check_all
from collector.probes.icmp import Pinger, PingSettings, PingUnavailableError
from collector.store import Store, StoreError

ENOUGH_DISK_BYTES = 1 << 30
ENOUGH_RECEIVE_BUFFER_BYTES = 4 << 20
ENOUGH_FILES = 1024
_RMEM_MAX = Path("/proc/sys/net/core/rmem_max")
_CONNECT_SECONDS = 3.0


@click.command("check-config")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def check_config(path: Path, *, as_json: bool) -> None:
    """Validate PATH: a pantau.yaml with all it names, a folder, an inventory file, alerts.yaml.

    Problems are told together, with file, line, place and remedy. What one of them hides is looked
    at when it is mended; the last line says so. Advice is about what may be meant so: it does not
    count as a problem.
    """
    if not path.exists():
        raise click.UsageError(f"{path} does not exist")
    report = check_all(path, os.environ, SystemClock().now())
    if as_json:
        say_json(
            {
                "problems": report.problems,
                "advice": report.advice,
                "devices": report.devices,
                "checks": report.checks,
            }
        )
    else:
        for problem in report.problems:
            click.echo(str(problem), err=True)
        for hint in report.advice:
            click.echo(f"advice: {hint}", err=True)
        count = len(report.problems)
        found = f"{count} problem{'s' if count > 1 else ''}" if count else "all is well"
        if report.more_may_follow:
            found += "; more may follow once that is mended"
        files = f"{len(report.files)} file{'' if len(report.files) == 1 else 's'}"
        sizes = f"{report.sites} sites, {report.devices} devices, {report.checks} checks"
        if report.alerts is not None:
            sizes += f", {_sizes_of(report.alerts)}"
        say(f"{files}, {sizes}: {found}")
    if report.problems:
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True)
@click.option("--store", "of_store", is_flag=True, help="Hold the store against itself instead.")
@click.option("--all", "every", is_flag=True, help="With --store: the sums of every device.")
@click.option("--forget-sums", is_flag=True, help="With --store: make the kept sums anew first.")
def doctor(
    config: Path | None, *, as_json: bool, of_store: bool, every: bool, forget_sums: bool
) -> None:
    """Say what this machine lacks, and what mends it; or what in the store contradicts itself."""
    if (every or forget_sums) and not of_store:
        raise click.UsageError("--all and --forget-sums go with --store")
    with problems_told():
        settings = load_config(config, os.environ)
        if of_store and forget_sums:
            _forget_sums(settings)
        found = _contradictions(settings, every=every) if of_store else examine(settings)
        findings = list(found)
    if as_json:
        say_json(findings)
    else:
        for one in findings:
            say(f"{'ok     ' if one.ok else 'PROBLEM'}  {one.what}: {one.detail}")
            if not one.ok:
                say(f"         {one.remedy}")
    if not all(one.ok for one in findings):
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


def examine(config: Config) -> Iterator[Finding]:
    """Yield what was found on this machine, in the order of importance."""
    yield _ping_rights(config)
    yield _disk(config.data_directory)
    yield _store(config.store_path)
    yield _receive_buffer()
    yield _open_files()
    yield from look_at_capacity(config, SystemClock())
    if config.mqtt is not None:
        yield _broker(config.mqtt.host, config.mqtt.port)
    if config.influxdb is not None:
        yield from look_at_influxdb(config.influxdb, SystemClock())


def _sizes_of(alerts: AlertsFile) -> str:
    counted = (
        ("channel", len(alerts.channels)),
        ("receiver", len(alerts.receivers)),
        ("route", len(alerts.routes)),
    )
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for word, count in counted)


def _contradictions(config: Config, *, every: bool) -> Iterator[Finding]:
    """Yield what does not agree within the store, or one line that all does."""
    if not config.store_path.exists():
        remedy = "name the right configuration with --config"
        yield Finding("store", False, f"there is no {config.store_path}", remedy)
        return
    rules = {one.digest(): one for one in (Rules(), *config.contracts.values())}
    now = SystemClock().now()
    with Store.open(config.store_path, read_only=True) as store:
        found = store.check(list(rules.values()), zone=config.zone, now=now, every=every)
    for one in found:
        yield Finding("store", False, str(one), one.remedy)
    if not found:
        yield Finding("store", True, "log, states, outages, causes, incidents and sums agree")


def _forget_sums(config: Config) -> None:
    with Store.open(config.store_path) as store:
        say(f"{store.forget_sums()} kept sums forgotten; they are made anew when they are needed")


def _ping_rights(config: Config) -> Finding:
    async def try_it() -> str:
        pinger = await Pinger.open(PingSettings(carrier=config.ping.carrier))
        await pinger.close()
        return "devices can be pinged"

    try:
        return Finding("ping", True, asyncio.run(try_it()))
    except PingUnavailableError as problem:
        return Finding("ping", False, "this machine forbids ICMP", str(problem))


def _disk(directory: Path) -> Finding:
    place = next(one for one in (directory, *directory.parents) if one.exists())
    free = shutil.disk_usage(place).free
    detail = f"{free / (1 << 30):.1f} GiB free in {directory}"
    remedy = "free at least 1 GiB, or name another data_directory"
    return Finding("disk", free >= ENOUGH_DISK_BYTES, detail, remedy)


def _store(path: Path) -> Finding:
    if not path.exists():
        return Finding("store", True, f"{path.name} is made at the first start")
    try:
        with Store.open(path, read_only=True) as store:
            watched = sum(row.count for row in store.counts())
            return Finding("store", True, f"{watched} devices")
    except StoreError as error:
        return Finding("store", False, str(error), "look at the file's owner and the disk")


def _receive_buffer() -> Finding:
    try:
        size = int(_RMEM_MAX.read_text())
    except (OSError, ValueError):
        return Finding("receive buffer", True, "not told by this system")
    remedy = f"sysctl -w net.core.rmem_max={ENOUGH_RECEIVE_BUFFER_BYTES}"
    ok = size >= ENOUGH_RECEIVE_BUFFER_BYTES or os.geteuid() == 0
    return Finding("receive buffer", ok, f"at most {size >> 10} KiB", remedy)


def _open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    detail = f"at most {soft}"
    return Finding("open files", soft >= ENOUGH_FILES, detail, f"ulimit -n {ENOUGH_FILES}")


def _broker(host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), _CONNECT_SECONDS).close()
    except OSError as error:
        why = error.strerror or str(error)
        remedy = "start the broker, or mend mqtt.host and mqtt.port"
        return Finding("broker", False, f"{host} port {port}: {why}", remedy)
    return Finding("broker", True, f"{host} port {port} answers")
