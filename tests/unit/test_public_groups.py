"""What may be spoken of in public: no group that points to a device."""

from hypothesis import given
from hypothesis import strategies as st

from api.public.groups import FEWEST, REST, Level, Member, Service, grouped, level_of, service_of
from collector.model import State


def members(kind: str, area: str, count: int, state: State = State.UP) -> list[Member]:
    return [Member(f"{kind}-{area}-{n}", kind, area, state, False) for n in range(count)]


def sizes(found: list[Member]) -> dict[str, int]:
    return {code: len(devices) for (_, code), devices in grouped(found).items()}


def test_districts_with_too_few_devices_are_one_group() -> None:
    found = members("camera", "73.71.01", 9) + members("camera", "73.71.02", 3)
    found += members("camera", "73.71.03.1001", 4)
    assert sizes(found) == {"73.71.01": 9, REST: 7}


def test_a_single_small_district_is_not_learned_as_the_difference() -> None:
    found = members("camera", "73.71.01", 9) + members("camera", "73.71.02", 6)
    found += members("camera", "73.71.03", 1)
    assert sizes(found) == {"73.71.01": 9, REST: 7}


def test_villages_are_put_together_to_their_district() -> None:
    found = members("camera", "73.71.01.1001", 3) + members("camera", "73.71.01.1002", 3)
    assert sizes(found) == {"73.71.01": 6}


def test_a_service_of_four_devices_is_not_there() -> None:
    assert grouped(members("access_point", "73.71.01", FEWEST - 1)) == {}


def test_one_camera_of_a_hundred_changes_nothing() -> None:
    well = members("camera", "73.71.01", 99)
    dead = members("camera", "73.71.09", 1, State.DOWN)
    assert level_of(well + dead, blind=False) is Level.NORMAL
    assert level_of(well[:3] + dead, blind=False) is Level.PARTLY
    assert level_of(well[:1] + dead, blind=False) is Level.MOSTLY


def test_what_nobody_sees_is_not_normal() -> None:
    well, silent = members("camera", "a", 4), members("camera", "b", 4, State.UNKNOWN)
    assert level_of(well + silent, blind=False) is Level.UNKNOWN
    assert level_of(well, blind=True) is Level.UNKNOWN


def test_planned_work_on_most_of_a_group_is_called_that() -> None:
    planned = [Member(str(n), "camera", "a", State.DOWN, True) for n in range(6)]
    assert level_of(planned + members("camera", "a", 3), blind=False) is Level.MAINTENANCE


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["camera", "access_point", "switch", "ups"]),
            st.integers(1, 6).map(lambda n: f"73.71.{n:02}"),
            st.integers(1, 9),
        ),
        max_size=12,
    )
)
def test_no_group_and_no_difference_of_groups_is_small(
    city: list[tuple[str, str, int]],
) -> None:
    found = [
        Member(f"{nth}-{one.id}", one.kind, one.area, one.state, False)
        for nth, (kind, area, count) in enumerate(city)
        for one in members(kind, area, count)
    ]
    groups = grouped(found)
    assert all(len(devices) >= FEWEST for devices in groups.values())
    for service in Service:
        all_of_it = [one for one in found if service_of(one.kind) is service]
        shown = [one for (of, _), devices in groups.items() if of is service for one in devices]
        assert len(shown) == (len(all_of_it) if len(all_of_it) >= FEWEST else 0)
