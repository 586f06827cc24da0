"""What contracts in pantau.yaml become: hours of the week, causes, and which one is in force."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config import Config, ConfigError, load_config
from collector.config.hours import WrittenHours, overlap_of, read_hours
from collector.contract import Rules, ServiceHours
from collector.model import CauseClass

CONTRACTS = """\
contract: serat-nusa
contracts:
  serat-nusa:
    service_hours: [Sat 08:00-12:00, "Mon-Fri 07:30-16:00"]
    minimum_outage: 5m
    causes_not_counted: [power, planned]
    exclude_maintenance: false
  gratis: {}
"""
NIGHT, MORNING, EVENING, MIDNIGHT = time(22), time(7, 30), time(16), time(0)
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "pantau.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, environ or {})


def test_a_contract_becomes_rules(tmp_path: Path) -> None:
    config = load(tmp_path, CONTRACTS)

    assert config.contract == "serat-nusa"
    assert config.rules == Rules(
        name="serat-nusa",
        exclude_maintenance=False,
        causes_not_counted=frozenset({CauseClass.POWER, CauseClass.PLANNED}),
        minimum_outage_seconds=300,
        service_hours=(
            ServiceHours((0, 1, 2, 3, 4), MORNING, EVENING),
            ServiceHours((5,), time(8), time(12)),
        ),
    )
    assert config.contracts["gratis"] == Rules(name="gratis")
    assert config.contracts["gratis"].digest() == Rules().digest()


def test_the_order_of_hours_and_causes_is_no_other_contract(tmp_path: Path) -> None:
    turned = CONTRACTS.replace("[power, planned]", "[planned, power]").replace(
        '[Sat 08:00-12:00, "Mon-Fri 07:30-16:00"]', "[Sen-Jum 07.30-16.00, Sabtu 8:00-12:00]"
    )

    assert load(tmp_path, turned).rules == load(tmp_path, CONTRACTS).rules


def test_without_a_contract_in_force_the_plain_rules_hold(tmp_path: Path) -> None:
    text = CONTRACTS.replace("contract: serat-nusa\n", "")

    assert load(tmp_path, text).rules == Rules()
    assert load(tmp_path, CONTRACTS, {"PANTAU__CONTRACT": "plain"}).rules == Rules()
    assert load(tmp_path, CONTRACTS, {"PANTAU__CONTRACT": "gratis"}).rules.name == "gratis"


def test_a_contract_can_come_from_the_environment(tmp_path: Path) -> None:
    prefix = "PANTAU__CONTRACTS__SERAT_NUSA__"
    config = load(
        tmp_path,
        CONTRACTS,
        {
            prefix + "SERVICE_HOURS": "Fri-Mon 07:30-16:00, Rab 07:30-16:00",
            prefix + "CAUSES_NOT_COUNTED": "power, link",
            prefix + "EXCLUDE_MAINTENANCE": "true",
            prefix + "MINIMUM_OUTAGE": "1h",
            "PANTAU__CONTRACTS__BARU__MINIMUM_OUTAGE": "90s",
        },
    )

    rules = config.rules
    assert [hours.weekdays for hours in rules.service_hours] == [(0, 4, 5, 6), (2,)]
    assert rules.causes_not_counted == {CauseClass.POWER, CauseClass.LINK}
    assert (rules.exclude_maintenance, rules.minimum_outage_seconds) == (True, 3600)
    assert config.contracts["baru"] == Rules(name="baru", minimum_outage_seconds=90)


def test_a_target_is_promised_and_counts_no_other_minutes(tmp_path: Path) -> None:
    config = load(tmp_path, CONTRACTS + "  janji: {target_percent: 99.5}\n")

    assert config.contracts["janji"] == Rules(name="janji", target_percent=99.5)
    assert config.contracts["janji"].digest() == Rules().digest()


@pytest.mark.parametrize("written", ["0", "100.1", "-1", "99.9995", ".nan", ".inf"])
def test_what_no_figure_can_be_held_against_is_no_target(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigError, match="target_percent"):
        load(tmp_path, CONTRACTS + f"  janji: {{target_percent: {written}}}\n")


# --- hours ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mon-Fri 07:30-16:00", ServiceHours((0, 1, 2, 3, 4), MORNING, EVENING)),
        ("Sen-Jum 07.30-16.00", ServiceHours((0, 1, 2, 3, 4), MORNING, EVENING)),
        ("senin - JUM'AT 07:30 - 16:00", ServiceHours((0, 1, 2, 3, 4), MORNING, EVENING)),
        ("Mon\u2013Fri 7:30\u201316:00", ServiceHours((0, 1, 2, 3, 4), MORNING, EVENING)),
        ("Sab-Min 00:00-24:00", ServiceHours((5, 6), MIDNIGHT, MIDNIGHT)),
        ("Fri-Mon 07:30-16:00", ServiceHours((0, 4, 5, 6), MORNING, EVENING)),
        ("Sun-Sat 07:30-16:00", ServiceHours(ALL_DAYS, MORNING, EVENING)),
        ("Wed-Wed 07:30-16:00", ServiceHours((2,), MORNING, EVENING)),
        ("Minggu 22:00-07:30", ServiceHours((6,), NIGHT, MORNING)),
        ("Kam 16:00-24:00", ServiceHours((3,), EVENING, MIDNIGHT)),
        ("Kam 16:00-00:00", ServiceHours((3,), EVENING, MIDNIGHT)),
        ("00:00-24:00", ServiceHours(ALL_DAYS, MIDNIGHT, MIDNIGHT)),
        ("22:00-07:30", ServiceHours(ALL_DAYS, NIGHT, MORNING)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: ServiceHours) -> None:
    assert read_hours(text).hours == hours


def minutes_of(hours: ServiceHours) -> list[int]:
    """Return every minute of the week that the hours hold, each as often as it is held."""
    begin = hours.from_.hour * 60 + hours.from_.minute
    end = hours.until.hour * 60 + hours.until.minute
    length = end - begin if end > begin else end - begin + 1440
    return [
        (weekday * 1440 + begin + minute) % (7 * 1440)
        for weekday in hours.weekdays
        for minute in range(length)
    ]


some_time = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
some_hours = st.builds(
    ServiceHours,
    st.sets(st.integers(0, 6), min_size=1, max_size=7).map(lambda days: tuple(sorted(days))),
    some_time,
    some_time,
).map(lambda hours: WrittenHours(repr(hours), hours))


@given(st.lists(some_hours, max_size=4))
@settings(deadline=None, max_examples=60)
def test_an_overlap_is_found_exactly_when_a_minute_of_the_week_is_there_twice(
    several: list[WrittenHours],
) -> None:
    minutes = [minute for written in several for minute in minutes_of(written.hours)]

    assert (overlap_of(several) is not None) == (len(minutes) != len(set(minutes)))
