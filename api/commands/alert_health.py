"""`pantau alert health`: the health of alarms as a table."""

import os
from datetime import timedelta
from pathlib import Path

import click

from api.alarm_health import as_json, health_of, window
from api.commands.alert_explain import not_ready
from api.commands.options import config_option
from api.commands.output import problems_told, say, say_json, say_table
from collector.alarm_health import Health, Measure, advise, judge, worst
from collector.alarm_health.judging import BOUNDS, values
from collector.alarm_health.words import HELD, MEASURES, advice_words, verdict_words
from collector.clock import SystemClock
from collector.config import load_config
from collector.model.alerts import Severity
from collector.store import Store

_LANGUAGE = "en"
_PERCENT = frozenset({Measure.FLOOD, Measure.CRITICAL, Measure.NOISY, Measure.FLEETING})


@click.command()
@click.option("--days", type=click.IntRange(1, 93), default=7, show_default=True)
@click.option("--json", "as_json_", is_flag=True, help="Write what GET /alarm-health gives.")
@config_option
def health(days: int, config: Path | None, *, as_json_: bool) -> None:
    """Say how much is asked of the people who get alerts, and what to mend first."""
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        with Store.open(settings.store_path) as store:
            found = health_of(store, *window(now - timedelta(days=days), now, now))
            notes = not_ready(store, settings, now)
    if as_json_:
        say_json(as_json(found))
    else:
        _print(found, notes)


def _print(health: Health, notes: list[str]) -> None:
    verdicts = judge(health)
    overall = verdict_words(None, worst(verdicts.values()), _LANGUAGE)
    if health.dead:
        were = "message was" if health.dead == 1 else "messages were"
        overall += f"; but {health.dead} {were} given up"
    say(f"{health.start:%Y-%m-%dT%H:%MZ} to {health.end:%Y-%m-%dT%H:%MZ}: {overall}")
    for note in notes:
        say(f"! {note}")
    say("")
    lines = [("", "FIGURE", "GOOD UP TO", "VERDICT")]
    for measure, value in values(health).items():
        verdict = verdicts.get(measure)
        said = "too few to say" if verdict is None else verdict_words(measure, verdict, _LANGUAGE)
        good = _figure(measure, BOUNDS[measure][0])
        lines.append((MEASURES[_LANGUAGE][measure], _figure(measure, value), good, said))
    say_table(lines)
    say("")
    _print_rates(health)
    if health.held:
        held = ", ".join(f"{count} {HELD[_LANGUAGE][one]}" for one, count in health.held.items())
        say(f"Held, never told: {held}.")
    say(f"Acknowledged: {health.waited.acknowledged} of {health.waited.incidents} incidents.")
    if health.noisy:
        say("")
        table = [("NOISIEST DEVICES", "NAME", "ALERTS", "FLAPPING", "FLEETING", "CONFIRM")]
        for one in health.noisy:
            counts = (str(one.count), str(one.flapping), str(one.fleeting))
            name, confirm = one.about.name or "-", str(one.about.confirm or "-")
            table.append((one.device_id, name, *counts, confirm))
        say_table(table)
    advice = [advice_words(one, _LANGUAGE) for one in advise(health)]
    if advice:
        say("")
        say("What to do, the worst first:")
        for line in advice:
            say(f"- {line}")


def _print_rates(health: Health) -> None:
    table = [("", "COUNT", "A DAY", "PER 10 MIN", "PEAK", "FLOODS", "CRITICAL/WARNING/INFO")]
    kinds = [
        ("raised", health.raised, health.own_by_severity),
        *((f"told {name}", rate, None) for name, rate in health.receivers.items()),
    ]
    for name, rate, severities in kinds:
        shares = "" if severities is None else "/".join(str(severities.get(s, 0)) for s in Severity)
        means = (f"{rate.per_day:.1f}", f"{rate.per_10_minutes:.2f}")
        table.append((name, str(rate.count), *means, str(rate.peak), str(rate.floods), shares))
    say_table(table)
    behind = health.raised.count - health.own
    say(f"Of what was raised, behind another device or not looked at: {behind}.")


def _figure(measure: Measure, value: float | None) -> str:
    if value is None:
        return "-"
    if measure is Measure.ACKNOWLEDGED_AFTER:
        return f"{value / 60:.0f} min"
    return f"{value:.1f} %" if measure in _PERCENT else f"{value:.0f}"
