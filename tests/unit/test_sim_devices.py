"""Live devices: what moves, what resets, what is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators import ber
from simulators.city import Device, Kind, build_city
from simulators.live import Live
from simulators.mib import Layout
from simulators.models import layout_of

NOW = 5_000_000.0
moments = st.floats(0, 10_000_000, allow_nan=False)


def _device(kind: Kind, city_seed: int = 1) -> Device:
    return next(
        it for it in build_city(200, city_seed).devices if it.kind is kind and it.answers_snmp
    )


def _values(layout: Layout, live: Live, now: float) -> dict[ber.Oid, tuple[int, bytes]]:
    """Return tag and content of every object at a moment."""
    found = {}
    for entry in layout._entries:
        value = entry.value if isinstance(entry.value, bytes) else entry.value(live, now)
        assert value[0] == entry.tag, entry.oid
        found[entry.oid] = (entry.tag, value[2:])
    return found


def _counters64(kind: Kind, live: Live, now: float) -> dict[ber.Oid, int]:
    layout = layout_of(_device(kind))
    assert layout is not None
    return {
        oid: int.from_bytes(content, "big")
        for oid, (tag, content) in _values(layout, live, now).items()
        if tag == ber.COUNTER64
    }


@settings(deadline=None)
@given(st.sampled_from([Kind.SWITCH, Kind.ROUTER, Kind.SERVER, Kind.UPS]), moments, moments)
def test_counters_never_go_back(kind: Kind, one: float, other: float) -> None:
    live = Live(_device(kind), 1, NOW)
    early, late = sorted((one, other))
    before, after = (_counters64(kind, live, NOW + seconds) for seconds in (early, late))
    assert before
    assert all(after[oid] >= value for oid, value in before.items())


def test_counters_in_use_move_and_32_bits_are_the_low_half_of_64() -> None:
    live = Live(_device(Kind.ROUTER), 1, NOW)
    layout = layout_of(live.device)
    assert layout is not None
    early, late = (_values(layout, live, NOW + seconds) for seconds in (0, 60))
    wide, narrow = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1), (1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 1)
    assert int.from_bytes(late[wide][1], "big") > int.from_bytes(early[wide][1], "big")
    low = int.from_bytes(late[wide][1], "big") & 0xFFFF_FFFF
    assert int.from_bytes(late[narrow][1], "big") == low


def test_every_value_of_every_model_has_the_type_its_entry_says() -> None:
    for device in build_city(200, 2).devices:
        layout = layout_of(device)
        assert (layout is None) == (device.profile in ("generic-ping", "tasmota"))
        if layout is not None:
            assert _values(layout, Live(device, 2, NOW), NOW + 12_345.6)


def test_devices_of_a_model_differ_and_one_device_is_always_the_same() -> None:
    servers = [it for it in build_city(200, 1).devices if it.kind is Kind.SERVER][:2]
    layout = layout_of(servers[0])
    assert layout is not None
    one, other = (_values(layout, Live(it, 1, NOW), NOW) for it in servers)
    again = _values(layout, Live(servers[0], 1, NOW), NOW)
    assert one == again
    assert one != other


def test_a_counter_reset_leaves_the_uptime_alone_and_says_when_it_was() -> None:
    live = Live(_device(Kind.ROUTER), 1, NOW)
    layout = layout_of(live.device)
    assert layout is not None
    live.reset_counters(NOW + 100)
    now = _values(layout, live, NOW + 110)
    uptime, began = (1, 3, 6, 1, 2, 1, 1, 3, 0), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19, 1)
    ticks = int.from_bytes(now[uptime][1], "big")
    assert ticks > 24 * 3600 * 100
    assert abs(ticks - int.from_bytes(now[began][1], "big") - 1000) <= 1
    assert max(_counters64(Kind.ROUTER, live, NOW + 100).values()) == 0


def test_a_ups_on_its_battery_says_so_and_drains() -> None:
    ups = (1, 3, 6, 1, 2, 1, 33, 1)
    source, seconds, minutes, charge, alarms = (
        (*ups, *tail, 0) for tail in ((4, 1), (2, 2), (2, 3), (2, 4), (6, 1))
    )
    volts = (*ups, 3, 3, 1, 3, 1)
    live = Live(_device(Kind.UPS), 1, NOW)
    layout = layout_of(live.device)
    assert layout is not None

    def said(now: float) -> list[int]:
        values = _values(layout, live, now)
        return [int.from_bytes(values[it][1], "big") for it in (source, seconds, volts, alarms)]

    def left(now: float) -> list[int]:
        values = _values(layout, live, now)
        return [int.from_bytes(values[it][1], "big") for it in (minutes, charge)]

    on_mains = said(NOW)
    assert on_mains[0] == 3
    assert on_mains[1] == on_mains[3] == 0
    assert 212 <= on_mains[2] <= 232
    full = left(NOW + 600)
    live.on_battery_since = NOW
    assert said(NOW + 90.5) == [5, 90, 0, 1]
    assert all(less < more for less, more in zip(left(NOW + 600), full, strict=True))
    assert left(NOW + 86_400) == [1, 1]
    live.on_battery_since = None
    assert said(NOW) == on_mains


def test_a_reboot_begins_the_uptime_anew() -> None:
    live = Live(_device(Kind.SERVER), 1, NOW)
    assert live.uptime_ticks(NOW) >= 24 * 3600 * 100
    live.reboot(NOW)
    assert live.uptime_ticks(NOW + 2.5) == 250


@settings(deadline=None)
@given(st.integers(1, 99), st.integers(1, 2000))
def test_loss_is_exactly_the_share_at_any_moment(percent: int, echoes: int) -> None:
    live = Live(_device(Kind.SERVER), 1, NOW)
    live.lose_packets(percent / 100)
    lost = sum(live.loses_this_one() for _ in range(echoes))
    assert lost == echoes * percent // 100


def test_half_of_the_packets_lost_means_every_second_one() -> None:
    live = Live(_device(Kind.SERVER), 1, NOW)
    live.lose_packets(0.5)
    assert [live.loses_this_one() for _ in range(6)] == [False, True] * 3
    live.lose_packets(0.0)
    assert not any(live.loses_this_one() for _ in range(100))


def test_a_retried_request_is_counted_once_and_another_one_again() -> None:
    live = Live(_device(Kind.SERVER), 1, NOW)
    for request_id in (b"a", b"a", b"b", b"a", b"c"):
        live.count_uptime_get(request_id)
    assert live.uptime_gets == 3
    for number in range(20):
        live.count_uptime_get(bytes([number]))
    assert live.uptime_gets == 23
