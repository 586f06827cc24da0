"""Which route takes an alert, how severe it is, whose quiet hours hold it; and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config.hours import read_hours
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.notify.deciding.world import Address, DeviceFacts, Step
from collector.notify.hours import Hours
from collector.notify.matching import Match
from collector.notify.reasons import why
from collector.notify.rosters import Roster, Shift, whole_days
from collector.notify.routing import Contact, Policy, Route, Routing
from tests.alert_play import START

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # Friday, 12:00 in Makassar
NIGHT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # Friday, 23:00
CAMERA = DeviceFacts(
    "cam-1",
    "Kamera Losari 01",
    "camera",
    "losari",
    ("73.71.01", "73.71", "73"),
    owner="diskominfo",
    link_owner="icon",
    power_owner="pln",
    tags=("prioritas",),
)
SWITCH = replace(CAMERA, id="sw-1", kind="switch", tags=())
COLLECTOR = DeviceFacts("collector:main", "main", "collector", "")


def written(*texts: str) -> Hours:
    text = ", ".join(texts)
    return Hours(tuple(read_hours(one).hours for one in texts), "Asia/Makassar", text)


DAY = written("07:00-19:00")
CONTACTS = {name: Contact(name, f"{name}-chat") for name in ("noc", "budi", "sari", "kepala")}


def alert(
    device: DeviceFacts = CAMERA, state: State = State.DOWN, reason: Reason = Reason.NO_ANSWER
) -> Alert:
    return Alert(device.id, state, Severity.INFO, START, START, reason)


def receivers(
    routing: Routing, device: DeviceFacts, now: datetime = NOON, state: State = State.DOWN
) -> tuple[str, ...]:
    taken = routing.route(alert(device, state), device, now)
    return () if taken is None else taken.receivers


def test_the_first_route_that_fits_takes_an_alert() -> None:
    routing = Routing(
        CONTACTS,
        [
            Route("kamera", Match(kinds=frozenset({"camera"})), ("budi",)),
            Route("semua", Match(), ("noc",)),
        ],
    )

    assert receivers(routing, CAMERA) == ("budi",)
    assert receivers(routing, SWITCH) == ("noc",)


def test_a_route_that_goes_on_lets_the_next_count_as_well() -> None:
    routing = Routing(
        CONTACTS,
        [
            Route("pln", Match(power_owners=frozenset({"pln"})), ("sari",), goes_on=True),
            Route("noc", Match(), ("noc", "sari"), (Step(900, ("kepala",)),)),
            Route("lain", Match(), ("budi",)),
        ],
    )

    taken = routing.route(alert(), CAMERA, NOON)

    assert taken is not None
    assert taken.route == "pln, noc"
    assert taken.receivers == ("sari", "noc")
    assert taken.steps == (Step(900, ("kepala",)),)


def test_an_area_means_what_lies_within_it() -> None:
    for area, expected in (("73", True), ("73.71", True), ("73.71.01", True), ("73.71.02", False)):
        routing = Routing(CONTACTS, [Route("w", Match(areas=frozenset({area})), ("noc",))])
        assert (receivers(routing, CAMERA) == ("noc",)) is expected, area


def test_down_means_cut_off_as_well_but_not_the_other_way() -> None:
    routing = Routing(
        CONTACTS,
        [
            Route("putus", Match(states=frozenset({State.UNREACHABLE})), ("budi",)),
            Route("mati", Match(states=frozenset({State.DOWN})), ("noc",)),
        ],
    )

    assert receivers(routing, CAMERA, state=State.DOWN) == ("noc",)
    assert receivers(routing, CAMERA, state=State.UNREACHABLE) == ("budi",)
    assert receivers(Routing(CONTACTS, routing.routes[1:]), CAMERA, state=State.UNREACHABLE) == (
        "noc",
    )
    assert receivers(routing, CAMERA, state=State.DEGRADED) == ()


def test_a_route_with_hours_leaves_the_others_to_the_next() -> None:
    routing = Routing(
        CONTACTS, [Route("siang", Match(hours=DAY), ("budi",)), Route("malam", Match(), ("noc",))]
    )

    assert receivers(routing, CAMERA, NOON) == ("budi",)
    assert receivers(routing, CAMERA, NIGHT) == ("noc",)


def test_a_route_asks_the_severity_that_the_policies_give_now() -> None:
    routing = Routing(
        CONTACTS,
        [Route("kritis", Match(severities=frozenset({Severity.CRITICAL})), ("budi",))],
        policies=[
            Policy("kamera", Match(kinds=frozenset({"camera"})), Severity.WARNING),
        ],
    )

    assert receivers(routing, CAMERA) == ()
    assert receivers(routing, SWITCH) == ("budi",)


def test_of_each_key_the_first_policy_that_has_it_counts() -> None:
    routing = Routing(
        CONTACTS,
        [Route("semua", Match(), ("noc",))],
        policies=[
            Policy("prioritas", Match(tags=frozenset({"prioritas"})), Severity.CRITICAL),
            Policy("kamera", Match(kinds=frozenset({"camera"})), Severity.INFO, 600),
            Policy("jam", Match(reasons=frozenset({Reason.THRESHOLD})), tell=False),
        ],
    )

    wanted = routing.policy(alert(), CAMERA)
    assert (wanted.severity, wanted.after_seconds, wanted.policy) == (
        Severity.CRITICAL,
        600,
        "kamera",
    )
    told = routing.policy(alert(state=State.DEGRADED, reason=Reason.THRESHOLD), CAMERA)
    assert (told.tell, told.policy) == (False, "jam")
    assert routing.policy(alert(SWITCH), SWITCH).severity is Severity.CRITICAL


def test_no_policy_mutes_the_loss_of_a_collector_without_naming_it() -> None:
    mute = Policy("tak diketahui", Match(states=frozenset({State.UNKNOWN})), tell=False)
    named = Policy("kolektor", Match(kinds=frozenset({"collector"})), Severity.WARNING, 900)
    gone = alert(COLLECTOR, State.UNKNOWN, Reason.COLLECTOR_GONE)

    wanted = Routing(CONTACTS, [], policies=[mute]).policy(gone, COLLECTOR)
    assert (wanted.tell, wanted.severity, wanted.after_seconds) == (True, Severity.CRITICAL, 0)
    wanted = Routing(CONTACTS, [], policies=[mute, named]).policy(gone, COLLECTOR)
    assert (wanted.severity, wanted.after_seconds) == (Severity.WARNING, 900)


def test_the_loss_of_a_collector_that_no_route_takes_goes_to_all_who_are_told_of_devices() -> None:
    routes = [
        Route("mariso", Match(areas=frozenset({"73.71.01"})), ("budi",)),
        Route("mamajang", Match(areas=frozenset({"73.71.02"})), ("sari", "budi")),
    ]

    assert receivers(Routing(CONTACTS, routes), COLLECTOR, state=State.UNKNOWN) == ("budi", "sari")
    routes.append(Route("kolektor", Match(kinds=frozenset({"collector"})), ("noc",)))
    assert receivers(Routing(CONTACTS, routes), COLLECTOR, state=State.UNKNOWN) == ("noc",)


def test_a_roster_stands_for_whoever_is_on_duty() -> None:
    shifts = (
        Shift("siang", (read_hours("07:00-19:00").hours,), (("budi",),)),
        Shift("malam", (read_hours("19:00-07:00").hours,), (("sari",),)),
    )
    routing = Routing(CONTACTS, [], rosters={"piket": Roster("piket", "Asia/Makassar", shifts)})

    assert routing.people("piket", NOON) == (Address("budi", "budi-chat"),)
    assert routing.people("piket", NIGHT) == (Address("sari", "sari-chat"),)
    assert routing.people("noc", NIGHT) == (Address("noc", "noc-chat"),)
    assert routing.people("whoever left", NIGHT) == ()


def test_quiet_hours_hold_what_can_wait_until_they_end() -> None:
    quiet = replace(
        CONTACTS["kepala"],
        quiet_hours=written("20:00-07:00", "07:00-09:00"),
        quiet_for=frozenset({Severity.WARNING, Severity.INFO}),
    )
    routing = Routing({"kepala": quiet}, [])

    assert routing.quiet_until("kepala", Severity.WARNING, NIGHT) == datetime(
        2026, 11, 28, 1, 0, tzinfo=UTC
    )
    assert routing.quiet_until("kepala", Severity.CRITICAL, NIGHT) is None
    assert routing.quiet_until("kepala", Severity.INFO, NOON) is None
    assert routing.quiet_until("noc", Severity.INFO, NIGHT) is None


def test_why_names_the_policy_the_routes_and_the_people() -> None:
    shift = Shift("malam", (read_hours("19:00-07:00").hours,), (("sari",),))
    quiet = replace(
        CONTACTS["kepala"], quiet_hours=written("20:00-07:00"), quiet_for=frozenset(Severity)
    )
    routing = Routing(
        {**CONTACTS, "kepala": quiet},
        [
            Route("mamajang", Match(areas=frozenset({"73.71.02"})), ("noc",)),
            Route("kantor", Match(hours=DAY), ("budi",)),
            Route("piket", Match(), ("piket",), (Step(900, ("kepala",)),)),
            Route("sisanya", Match(), ("noc",)),
        ],
        policies=[Policy("kamera", Match(kinds=frozenset({"camera"})), Severity.WARNING, 600)],
        rosters={"piket": Roster("piket", "Asia/Makassar", (shift,), otherwise=("noc",))},
    )

    assert why(routing, alert(), CAMERA, NIGHT) == [
        'down is warning, told when it has lasted 10m (policy "kamera")',
        'route "mamajang": no, area is 73.71.01, 73.71, 73, not 73.71.02',
        'route "kantor": no, outside its hours (07:00-19:00)',
        'route "piket": takes it',
        "1 more route: not asked any more",
        "piket: sari (shift malam, until Sat 28 Nov 07:00 WITA)",
        "sari: by sari-chat",
        "if nobody acknowledges it within 15m: kepala",
        "  kepala: by kepala-chat; quiet hours hold warning back until Sat 28 Nov 07:00 WITA",
    ]


def test_why_says_that_nobody_is_told() -> None:
    routing = Routing(CONTACTS, [Route("sw", Match(kinds=frozenset({"switch"})), ("noc",))])

    assert why(routing, alert(), CAMERA, NOON) == [
        "down is critical (no policy says otherwise)",
        'route "sw": no, kind is camera, not switch',
        "no route takes it: nobody is told",
    ]


# --- properties -------------------------------------------------------------------------------


def some(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.just(frozenset()) | st.frozensets(st.sampled_from(values), min_size=1, max_size=2)


matches = st.builds(
    Match,
    areas=some("73", "73.71", "73.71.01", "73.71.02"),
    sites=some("losari", "balai"),
    kinds=some("camera", "switch"),
    devices=some("a", "b"),
    tags=some("x", "y"),
    owners=some("diskominfo", "icon"),
    states=st.just(frozenset())
    | st.frozensets(st.sampled_from([one for one in State if one is not State.UP]), min_size=1),
    reasons=st.just(frozenset()) | st.just(frozenset({Reason.NO_ANSWER})),
    severities=st.just(frozenset()) | st.frozensets(st.sampled_from(Severity), min_size=1),
    hours=st.none() | st.just(DAY) | st.just(written("07:00-19:00", "20:00-21:00")),
)
devices = st.builds(
    DeviceFacts,
    id=st.sampled_from(["a", "b", "c"]),
    name=st.just("n"),
    kind=st.sampled_from(["camera", "switch", "collector"]),
    site=st.sampled_from(["losari", "balai"]),
    areas=st.sampled_from([("73.71.01", "73.71", "73"), ("73.71.02", "73.71", "73"), ()]),
    owner=st.none() | st.sampled_from(["diskominfo", "icon"]),
    tags=st.sampled_from([(), ("x",), ("x", "y")]),
)
alerts = st.builds(
    Alert,
    device_id=st.just("a"),
    state=st.sampled_from([one for one in State if one is not State.UP]),
    severity=st.just(Severity.INFO),
    began_at=st.just(START),
    confirmed_at=st.just(START),
    reason=st.sampled_from([Reason.NO_ANSWER, Reason.THRESHOLD]),
)
moments = st.integers(0, 48).map(lambda half_hours: START + timedelta(minutes=30 * half_hours))


def fits(
    match: Match, one: Alert, device: DeviceFacts, severity: Severity | None, now: datetime
) -> bool:
    in_hours = match.hours is None or match.hours.hold(now)
    return (
        match.fits_device(device)
        and match.fits_alert(one.state, one.reason, severity)
        and (in_hours)
    )


@settings(deadline=None, max_examples=150)
@given(matches, matches, devices, alerts, st.sampled_from(Severity), moments)
def test_what_is_within_another_never_fits_where_that_does_not(
    narrow: Match, wide: Match, device: DeviceFacts, one: Alert, severity: Severity, now: datetime
) -> None:
    if narrow.is_within(wide) and fits(narrow, one, device, severity, now):
        assert fits(wide, one, device, severity, now)
    assert narrow.is_within(narrow)
    assert narrow.is_within(Match())


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(matches, st.booleans()), max_size=4),
    st.lists(st.tuples(matches, st.sampled_from(Severity)), max_size=3),
    st.lists(st.tuples(devices, alerts, moments), min_size=1, max_size=12),
)
def test_what_is_kept_answers_as_if_everything_were_asked_anew(
    ways: list[tuple[Match, bool]],
    judged: list[tuple[Match, Severity]],
    questions: list[tuple[DeviceFacts, Alert, datetime]],
) -> None:
    routes = [
        Route(f"r{number}", match, (f"p{number}",), goes_on=goes_on)
        for number, (match, goes_on) in enumerate(ways)
    ]
    policies = [
        Policy(f"p{number}", replace(match, hours=None, severities=frozenset()), severity)
        for number, (match, severity) in enumerate(judged)
    ]
    routing = Routing({}, routes, policies=policies)

    for device, one, now in questions:
        found = receivers_of(routing, one, device, now)
        severity = routing.policy(one, device).severity
        expected: list[str] = []
        for route in routes:
            if fits(route.match, one, device, severity, now):
                expected.extend(route.to)
                if not route.goes_on:
                    break
        if not expected and device.kind == "collector":
            expected = [name for route in routes for name in route.to]
        assert found == tuple(expected)
        against = [route.match.against(device, one.state, one.reason, severity) for route in routes]
        for route, words in zip(routes, against, strict=True):
            free = replace(route.match, hours=None)
            assert (words == "") is fits(free, one, device, severity, now)


def receivers_of(
    routing: Routing, one: Alert, device: DeviceFacts, now: datetime
) -> tuple[str, ...]:
    taken = routing.route(one, device, now)
    return () if taken is None else taken.receivers


def test_ten_thousand_alerts_are_asked_for_few_kinds_of_devices() -> None:
    routing = Routing(
        CONTACTS,
        [
            Route("mariso", Match(areas=frozenset({"73.71.01"})), ("budi",)),
            Route("semua", Match(), ("noc",)),
        ],
    )
    for number in range(10_000):
        device = replace(CAMERA, id=f"cam-{number}", site=f"s-{number}")
        assert receivers(routing, device) == ("budi",)

    assert len(routing._standings) == 1  # what the file cannot tell apart is worked out once


def test_turns_of_whole_days_are_people_of_a_route() -> None:
    shift = Shift("1", whole_days(NOON.time()), (("budi", "sari"),))
    routing = Routing(CONTACTS, [], rosters={"piket": Roster("piket", "Asia/Makassar", (shift,))})

    assert [one.receiver for one in routing.people("piket", NOON)] == ["budi", "sari"]
