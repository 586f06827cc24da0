"""Moments, spans and scopes as people type them."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from api.commands.moments import Lasting, moment_of
from api.commands.scopes import meant, refused, text_of
from collector.maintenance import WindowFault
from collector.model import Scope

NOW = datetime(2026, 11, 27, 18, 14, tzinfo=UTC)  # 02:14 in Makassar, on the 28th
ZONE = "Asia/Makassar"


@pytest.mark.parametrize(
    ("text", "before", "ahead"),
    [
        ("02:14", NOW, NOW + timedelta(days=1)),
        ("2.15", NOW + timedelta(minutes=1, days=-1), NOW + timedelta(minutes=1)),
        ("02:00", NOW - timedelta(minutes=14), NOW + timedelta(minutes=-14, days=1)),
        ("23:00", NOW - timedelta(hours=3, minutes=14), NOW + timedelta(hours=20, minutes=46)),
    ],
)
def test_a_time_of_day_is_the_last_one_or_the_next(
    text: str, before: datetime, ahead: datetime
) -> None:
    assert moment_of(text, "--at", ZONE, NOW) == before
    assert moment_of(text, "--for", ZONE, NOW, ahead=True) == ahead


@pytest.mark.parametrize(
    "text",
    ["2026-11-28T02:14", "2026-11-28 02:14", "2026-11-27T18:14Z", "2026-11-28T03:14+09:00"],
)
def test_a_moment_without_a_zone_is_on_the_clocks_of_the_site(text: str) -> None:
    assert moment_of(text, "--at", ZONE, NOW) == NOW


@pytest.mark.parametrize("text", ["", "25:00", "02:60", "kemarin", "2026-13-01", "٠٢:١٤"])
def test_what_is_no_moment_says_how_to_write_one(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"--at: .* is no moment; write 02:14"):
        moment_of(text, "--at", ZONE, NOW)


def test_a_zone_that_is_none_is_named() -> None:
    with pytest.raises(click.UsageError, match="'Asia/Makasar' is no time zone"):
        moment_of("02:14", "--from", "Asia/Makasar", NOW)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1_800), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800)]
)
def test_spans_have_a_unit(text: str, seconds: int) -> None:
    assert Lasting().convert(text, None, None).total_seconds() == seconds


@pytest.mark.parametrize("text", ["2", "0h", "2 h", "-1h", "2y", ""])
def test_what_is_no_span_says_how_to_write_one(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write 30m, 2h, 3d or 1w"):
        Lasting().convert(text, None, None)


def test_a_scope_is_read_as_it_is_written() -> None:
    words = ["cam-1", "device:cam-2", "site:losari", "area:73.71", "tag:pantai", "cam-1"]
    found = meant([*words, "owner:diskominfo", "kind:camera"], narrowing=True)
    assert found.scope == Scope(("cam-1", "cam-2"), ("losari",), ("73.71",), ("pantai",))
    assert (found.owners, found.kinds) == (("diskominfo",), ("camera",))
    assert text_of(found.scope, found.owners, found.kinds) == (
        "cam-1 cam-2 site:losari area:73.71 tag:pantai owner:diskominfo kind:camera"
    )


@pytest.mark.parametrize("word", ["kota:73", "site:", ":x", "owner:pln"])
def test_what_names_nothing_says_what_can_be_named(word: str) -> None:
    with pytest.raises(click.UsageError, match=r"names nothing; write a device's id, or one of"):
        meant([word], narrowing=False)


def test_faults_name_the_option_that_mends_them() -> None:
    faults = [WindowFault("ends_at", "is past"), WindowFault("scope.sites", "there is no site x")]
    error = refused(faults, {"ends_at": "--for"})
    assert error.message == "--for: the end is past; SCOPE: there is no site x"
