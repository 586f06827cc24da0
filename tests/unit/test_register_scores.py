"""How good a list is: counts over counts, floored, with what is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collector.model import Field, SourceRow
from collector.model.findings import FindingKind, NetworkDevice, RowRef
from collector.register.scores import Share, rows_digest, score

NOW = datetime(2026, 11, 27, tzinfo=UTC)
WHOLE = {
    Field.NAME: "Kamera 1",
    Field.KIND: "camera",
    Field.AREA: "73.71.01",
    Field.LATITUDE: "-5.15",
    Field.LONGITUDE: "119.4",
    Field.ADDRESS: "10.0.0.1",
    Field.SERIAL: "KT0001",
    Field.OWNER_NAME: "Dishub",
}


def row(key: str, **changes: str) -> SourceRow:
    values = {**WHOLE, **{Field(name): value for name, value in changes.items()}}
    return SourceRow("dishub", key, values, 2, 1, NOW, f"cam-{key}")


def device(key: str, seen_days_ago: float | None) -> NetworkDevice:
    seen = None if seen_days_ago is None else NOW - timedelta(days=seen_days_ago)
    return NetworkDevice(f"cam-{key}", key, "camera", "73.71.01", NOW, last_seen_at=seen)


def test_each_share_counts_rows_and_says_what_is_missing() -> None:
    rows = [row("1"), row("2", serial="", area=""), row("3", address="10.0.0", latitude="95")]
    undecided = [
        (FindingKind.DUPLICATE, RowRef("dishub", "1")),
        (FindingKind.WRONG_AREA, RowRef("dishub", "2")),
        (FindingKind.CONFLICT, RowRef("dlh", "1")),
    ]
    network = {it.id: it for it in (device("1", 0), device("2", None), device("3", 31))}
    made = score(rows, undecided, network, NOW)
    assert made.complete == Share(2, 3, {"area": 1, "number": 1})
    assert made.valid == Share(1, 3, {"wrong_area": 1, "bad_address": 1, "bad_position": 1})
    assert made.agreed == Share(2, 3, {"duplicate": 1})
    assert made.alive == Share(1, 3, {"never_seen": 1, "long_silent": 1})


def test_a_share_is_floored_and_of_nothing_it_is_unknown() -> None:
    assert Share(2, 3, {}).percent == 66.6
    assert Share(9_999, 10_000, {}).percent == 99.9
    assert Share(0, 0, {}).percent is None


def test_a_digest_changes_with_any_value_and_not_with_the_order() -> None:
    rows = [row("1"), row("2")]
    assert rows_digest(rows) == rows_digest(reversed(rows))
    assert rows_digest(rows) == rows_digest([replace(it, row=9) for it in rows])
    assert rows_digest(rows) != rows_digest([rows[0], row("2", vendor="Axis")])
    assert rows_digest(rows) != rows_digest(rows[:1])
