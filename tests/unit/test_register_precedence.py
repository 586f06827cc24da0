"""What is in force of what lists say: by field, by rank, and who said it."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Field, Source, SourceRow
from collector.register.precedence import Said, values_in_force

T0 = datetime(2026, 11, 1, tzinfo=UTC)
SOURCES = {"a": Source("a", "A", rank=20), "b": Source("b", "B", rank=10)}


def row(source: str, key: str, device: str | None, /, **values: str) -> SourceRow:
    said = {Field(name): value for name, value in values.items()}
    return SourceRow(source, key, said, 2, 7, T0, device)


def in_force(*rows: SourceRow) -> dict[str, dict[str, tuple[str, str | None]]]:
    return {
        device: {field.value: (said.value, said.source) for field, said in values.items()}
        for device, values in values_in_force(rows, SOURCES).items()
    }


def test_of_two_lists_the_one_with_the_lower_rank_is_in_force_field_by_field() -> None:
    found = in_force(
        row("a", "1", "cam-1", name="Losari", serial="X1"),
        row("b", "9", "cam-1", name="Anjungan Losari"),
    )
    assert found == {"cam-1": {"name": ("Anjungan Losari", "b"), "serial": ("X1", "a")}}


def test_a_row_without_a_device_is_nothing_yet_and_keys_are_the_lists_own() -> None:
    found = in_force(row("a", "1", None, name="x"), row("a", "2", "d", key="2", note="n", name="y"))
    assert found == {"d": {"name": ("y", "a")}}


def test_what_a_person_decided_goes_before_every_list() -> None:
    decided = Said("Benteng", None, None, T0)
    rows = [row("b", "9", "cam-1", name="Losari")]
    decisions = {("cam-1", Field.NAME): decided, ("gone", Field.NAME): decided}
    assert values_in_force(rows, SOURCES, decisions) == {"cam-1": {Field.NAME: decided}}


@settings(deadline=None)
@given(st.permutations([("a", "1"), ("a", "2"), ("b", "1"), ("b", "2")]))
def test_the_order_of_rows_never_matters(order: list[tuple[str, str]]) -> None:
    rows = [row(source, key, "d", name=f"{source}{key}") for source, key in order]
    assert in_force(*rows) == {"d": {"name": ("b1", "b")}}
