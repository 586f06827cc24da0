"""`pantau probe` and `pantau profile …`: asking one device, and what the profiles make of it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from api.commands.ask import Answer, Question, ask
from api.commands.credential import AsWhom, credential_of, snmp_options
from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json, say_table
from api.commands.unread import recorded, unread
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory import load_inventory
from collector.model import (
    CheckResult,
    Credential,
    MetricGroup,
    Outcome,
    Profile,
    Reading,
)
from collector.profiles import load_profiles


@click.command()
@click.argument("target")
@click.option("--profile", help="Profile to ask by. Default: the one that fits.")
@snmp_options
@click.option("--port", type=click.IntRange(1, 65_535), help="SNMP port.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def probe(
    target: str,
    profile: str | None,
    port: int | None,
    config: Path | None,
    *,
    as_json: bool,
    **as_whom: Any,
) -> None:
    """Ask TARGET, a device of the inventory or an address, now and over every protocol."""
    with problems_told():
        settings = load_config(config, os.environ)
        profiles = load_profiles(settings.profiles)
        question = question_of(target, settings, profiles, profile, port, AsWhom(**as_whom))
        answer = asyncio.run(ask(question, profiles, SystemClock()))
    _show(target, answer, as_json=as_json)


def question_of(
    target: str,
    settings: Config,
    profiles: Mapping[str, Profile],
    profile: str | None,
    port: int | None,
    as_whom: AsWhom,
) -> Question:
    """Take what the inventory knows of a device; what was given on the line wins.

    Raises UsageError for a device that cannot be asked and a profile that there is not.
    """
    device = load_inventory(settings.inventory).devices.get(target)
    if device is not None and device.address is None:
        raise click.UsageError(f"{target} has no address; it is heard of over MQTT")
    name = profile or (device.profile if device else None)
    if name is not None and name not in profiles:
        raise click.UsageError(f'there is no profile "{name}"; see `pantau profile list`')
    known = [settings.credentials[one] for one in device.credentials] if device else []
    own = known[0] if known else None
    return Question(
        address=(device.address if device else None) or target,
        port=port or (device.snmp_port if device else None) or settings.snmp.port,
        credential=credential_of(as_whom, settings.credentials, own),
        profile=profiles[name] if name else None,
        ping_carrier=settings.ping.carrier,
    )


@click.group()
def profile() -> None:
    """Device profiles: which there are, and what one makes of a recording."""


@profile.command("list")
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the profiles, built-in ones and yours."""
    with problems_told():
        profiles = load_profiles(load_config(config, os.environ).profiles)
    if as_json:
        say_json([_described(one) for one in profiles.values()])
        return
    rows = [("PROFILE", "TITLE", "KINDS", "GROUPS")]
    for one in profiles.values():
        groups = ", ".join(group.name for group in one.groups)
        rows.append((one.name, one.title, ", ".join(one.kinds), groups))
    say_table(rows)


def _described(one: Profile) -> dict[str, object]:
    groups = [
        {"name": group.name, "probe": group.probe, "interval_seconds": group.interval_seconds}
        for group in one.groups
    ]
    return {"profile": one.name, "title": one.title, "kinds": one.kinds, "groups": groups}


@profile.command("test")
@click.argument("name")
@click.option("--walk", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--unread", "with_unread", is_flag=True, help="List what the profile leaves unread.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def test_(name: str, walk: Path, config: Path | None, *, with_unread: bool, as_json: bool) -> None:
    """Replay a recording (.snmprec) as a device and show what a profile makes of it.

    NAME is the profile's name, or the path of its file.
    """
    with problems_told():
        folders = list(load_config(config, os.environ).profiles)
        if name.endswith((".yaml", ".yml")) and Path(name).is_file():
            folders.append(Path(name).parent)
            name = Path(name).stem
        profiles = load_profiles(folders)
        if name not in profiles:
            raise click.UsageError(
                f'there is no profile "{name}"; see `pantau profile list`, or give the path of its '
                "file"
            )
        clock = SystemClock()
        with replayed(walk) as (address, port):
            question = Question(address, port, Credential("recording", "2c", "public"))
            fits = asyncio.run(ask(question, profiles, clock, with_ping=False))
            named = Question(address, port, question.credential, profiles[name])
            answer = asyncio.run(ask(named, profiles, clock, with_ping=False))
    if not as_json:
        say(f"The recording would be matched to {fits.profile.name}: {fits.profile_reason}.")
        _tell_unread(profiles[name], walk, whole=with_unread)
    _show(walk.name, answer, as_json=as_json)


def _tell_unread(profile: Profile, walk: Path, *, whole: bool) -> None:
    """Say what of a recording is not read: where to look for more."""
    left = unread(profile, recorded(walk))
    count = sum(one.count for one in left)
    if not whole:
        say(f"It leaves {count} objects of the recording unread; --unread lists them.\n")
        return
    say(f"Unread are {count} objects:")
    say_table([(f"  {one.oid}", f"{one.count} x", one.example[:60]) for one in left])
    say("")


@contextmanager
def replayed(recording: Path, weaknesses: Iterable[str] = ()) -> Iterator[tuple[str, int]]:
    """Serve a recording on loopback by a process of its own; yield its address and port."""
    command = [sys.executable, "-m", "simulators", "walk", str(recording), "--port", "0"]
    command += [word for one in weaknesses for word in ("--weakness", one)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the replaying process has no output")
            line = process.stdout.readline()
            if not line:
                raise click.ClickException(f"{recording.name} cannot be replayed")
            ready = json.loads(line)
            yield ready["address"], ready["port"]
        finally:
            process.terminate()


def _show(target: str, answer: Answer, *, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(target, answer))
    else:
        _print(target, answer)
    if not answer.answered:
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


def _as_json(target: str, answer: Answer) -> dict[str, object]:
    return {
        "target": target,
        "profile": answer.profile.name,
        "profile_reason": answer.profile_reason,
        "note": answer.note,
        "checks": [
            {
                "name": check.name,
                "probe": check.probe,
                "ok": result.outcome.value == "answered",
                "reason": result.reason,
                "detail": result.detail,
                "latency_seconds": result.latency_seconds,
                "without_value": _without_value(check.group, result),
            }
            for check, result in answer.results
        ],
        "readings": [
            _reading_as_json(reading, words)
            for check, result in answer.results
            for words in (_words(check.group),)
            for reading in result.readings
        ],
    }


def _reading_as_json(
    reading: Reading, words: Mapping[str, Mapping[int | str, str]]
) -> dict[str, object]:
    shown: dict[str, object] = {
        "metric": reading.metric,
        "value": reading.value,
        "unit": reading.unit,
        "labels": dict(reading.labels),
    }
    word = _word(reading, words)
    return shown if word is None else {**shown, "state": word}


def _word(reading: Reading, words: Mapping[str, Mapping[int | str, str]]) -> str | None:
    """Return what a state's raw value is called."""
    value = reading.value
    return None if isinstance(value, float) else words.get(reading.metric, {}).get(value)


def _print(target: str, answer: Answer) -> None:
    say(f"{target}: profile {answer.profile.name} ({answer.profile_reason})")
    if answer.note is not None:
        say(answer.note)
    for check, result in answer.results:
        took = "" if result.latency_seconds is None else f"  {result.latency_seconds * 1000:.1f} ms"
        detail = f"  {result.detail}" if result.detail else ""
        say(f"\n{check.name} over {check.probe}: {result.outcome}, {result.reason}{took}{detail}")
        if result.readings:
            words = _words(check.group)
            say_table([_row(reading, words) for reading in result.readings])
        silent = _without_value(check.group, result)
        if result.outcome is Outcome.ANSWERED and silent:
            say(f"  without a value: {', '.join(silent)}")
    for group in answer.left_out:
        say(f"\n{group.name} over MQTT is sent by the device itself and cannot be asked for.")


def _without_value(group: MetricGroup, result: CheckResult) -> list[str]:
    """Return the metrics of which nothing came, and the tables of which no row did."""
    told = {reading.metric for reading in result.readings}
    single = dict.fromkeys(metric.name for metric in group.metrics)
    empty = [
        f"{table.name}: …"
        for table in group.tables
        if told.isdisjoint(metric.name for metric in table.metrics)
    ]
    return [*(name for name in single if name not in told), *empty]


def _words(group: MetricGroup) -> dict[str, Mapping[int | str, str]]:
    """Return the words of the group's enumerations, by metric."""
    metrics = [*group.metrics, *(metric for table in group.tables for metric in table.metrics)]
    return {metric.name: metric.states for metric in metrics if metric.states}


def _row(reading: Reading, words: Mapping[str, Mapping[int | str, str]]) -> tuple[str, str, str]:
    labels = ", ".join(f"{name}={value}" for name, value in reading.labels)
    unit = "" if reading.unit == "1" else f" {reading.unit}"
    value = reading.value
    plain = f"{value:.6g}" if isinstance(value, float) else str(value)
    word = _word(reading, words)
    return f"  {reading.metric}", labels, f"{plain}{unit}" + (f" ({word})" if word else "")
