"""alerts.yaml becomes the plan of the process of alerts, and its channels."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.config import Config, ProblemsError, load_config
from collector.config.alerts import read_alerts
from collector.inventory import Inventory
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise import Apprise, AppriseSettings
from collector.notify.channels.email import Email, EmailSettings
from collector.notify.channels.ntfy import Ntfy, NtfySettings
from collector.notify.channels.opening import open_channels
from collector.notify.channels.siren import Siren, SirenSettings
from collector.notify.channels.telegram import Telegram, TelegramSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings
from collector.notify.channels.whatsapp import WhatsApp, WhatsAppSettings
from collector.notify.deciding.world import Address, DeviceFacts, Pace, Step
from collector.notify.loading import load_alert_plan
from collector.notify.matching import Match
from collector.notify.plan import Heartbeat, Receiver
from collector.notify.rosters import whole_days
from collector.notify.routing import Policy, Routing

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # Friday, 09:00 WITA
LEAST = """
channels:
  grup: {type: webhook, url_file: url}
receivers:
  noc: {channels: [grup]}
"""


def config_with(folder: Path, alerts: str, url: str = "https://chat.example/hook/geheim") -> Config:
    (folder / "url").write_text(url)
    (folder / "url").chmod(0o600)
    (folder / "alerts.yaml").write_text(alerts)
    (folder / "pantau.yaml").write_text("alerts: alerts.yaml\ninventory: []\n")
    return load_config(folder / "pantau.yaml", {})


def alert(state: State = State.DOWN, reason: Reason = Reason.NO_ANSWER) -> Alert:
    return Alert("cam-1", state, Severity.WARNING, NOW, NOW, reason)


CAMERA = DeviceFacts("cam-1", "Kamera 1", "camera", "losari", ("73.71.01", "73.71"))


def test_one_channel_and_one_receiver_are_a_whole_file(tmp_path: Path) -> None:
    plan = load_alert_plan(config_with(tmp_path, LEAST), Inventory())

    taken = plan.rules.route(alert(), CAMERA, NOW)
    assert taken is not None
    assert taken.receivers == ("noc",)
    assert plan.rules.people("noc", NOW) == (Address("noc", "grup"),)
    assert plan.receivers["noc"].language == "id"
    assert plan.rules.quiet_until("noc", Severity.INFO, NOW) is None
    assert plan.heartbeat is None


@pytest.mark.parametrize(
    ("state", "severity", "after_seconds"),
    [
        (State.DOWN, Severity.CRITICAL, 0),
        (State.UNREACHABLE, Severity.CRITICAL, 0),
        (State.DEGRADED, Severity.WARNING, 0),
        (State.UNKNOWN, Severity.WARNING, 300),
    ],
)
def test_without_policies_every_state_has_a_severity(
    tmp_path: Path, state: State, severity: Severity, after_seconds: float
) -> None:
    plan = load_alert_plan(config_with(tmp_path, LEAST), Inventory())

    wanted = plan.rules.policy(alert(state), CAMERA)

    assert (wanted.severity, wanted.after_seconds, wanted.tell) == (severity, after_seconds, True)


async def test_the_channels_are_opened_by_their_names_and_closed(tmp_path: Path) -> None:
    async with open_channels(config_with(tmp_path, LEAST), SystemClock()) as channels:
        assert {name: one.name for name, one in channels.items()} == {"grup": "grup"}


def test_a_url_that_cannot_be_is_told_without_the_url(tmp_path: Path) -> None:
    config = config_with(tmp_path, LEAST, "https://pantau:geheim@chat.example/")

    with pytest.raises(ProblemsError) as raised:
        load_alert_plan(config, Inventory())

    (problem,) = raised.value.problems
    assert (problem.line, problem.place) == (3, "channels.grup")
    assert "has a name or password in it" in problem.problem
    assert "geheim" not in str(raised.value)


ALL_KINDS = """
allow_networks: [127.0.0.1]
channels:
  tele: {type: telegram, token_file: telegram, chat: -1001234567890, topic: 7, quiet_info: false}
  wa:
    type: whatsapp
    token_file: rahasia
    phone_id: 123456789
    to: +62 812-3456-7890
    template: pantau
  ntfy: {type: ntfy, topic_file: topik, user: pantau, password_file: rahasia, tags: [kota]}
  hook:
    type: webhook
    url_file: url
    secret_file: dua-rahasia
    authorization_file: rahasia
    headers: {X-Kota: Makassar}
  surel:
    type: email
    host: 127.0.0.1
    user: pantau
    password_file: rahasia
    from: Pantau <pantau@kota.example>
    to: [noc@kota.example, kepala@kota.example]
  sirene: {type: mqtt, topic: cmnd/sirene/POWER, user: pantau, password_file: rahasia, rings: 0s}
  sms: {type: apprise, url_file: apprise, per_minute: 5, longest_text: 300}
receivers:
  noc: {channels: [tele, wa, ntfy, hook, surel], language: en, give_up: 2h, give_up_critical: 5m}
"""
SECRETS = {
    "telegram": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "rahasia": "geheim",
    "topik": "pantau-geheim",
    "apprise": "json://pantau:geheim@127.0.0.1/",
    "dua-rahasia": "geheim-baru\ngeheim-lama\n",
}


def with_secrets(folder: Path) -> None:
    for name, secret in SECRETS.items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)


async def test_every_kind_of_channel_is_opened_with_what_the_file_says(tmp_path: Path) -> None:
    with_secrets(tmp_path)
    config = config_with(tmp_path, ALL_KINDS)

    async with open_channels(config, SystemClock()) as channels:
        telegram, email, siren = channels["tele"], channels["surel"], channels["sirene"]
        apprise = channels["sms"]
        hook, ntfy, whatsapp = channels["hook"], channels["ntfy"], channels["wa"]
    assert isinstance(telegram, Telegram)
    assert telegram._settings == TelegramSettings(
        "tele", SECRETS["telegram"], "-1001234567890", 7, quiet_info=False
    )
    assert isinstance(whatsapp, WhatsApp)
    assert whatsapp._settings == WhatsAppSettings(
        "wa", "geheim", "123456789", "6281234567890", "pantau"
    )
    assert isinstance(ntfy, Ntfy)
    assert ntfy._settings == NtfySettings(
        "ntfy", "pantau-geheim", user="pantau", password=SECRETS["rahasia"], tags=("kota",)
    )
    assert isinstance(hook, Webhook)
    assert hook._settings == WebhookSettings(
        "hook",
        "https://chat.example/hook/geheim",
        ("geheim-baru", "geheim-lama"),
        {"X-Kota": "Makassar", "Authorization": "geheim"},
    )
    assert isinstance(email, Email)
    assert email._settings == EmailSettings(
        "surel",
        "127.0.0.1",
        "Pantau <pantau@kota.example>",
        ("noc@kota.example", "kepala@kota.example"),
        user="pantau",
        password=SECRETS["rahasia"],
    )
    assert isinstance(siren, Siren)
    assert siren._settings == SirenSettings(
        "sirene",
        "cmnd/sirene/POWER",
        user="pantau",
        password=SECRETS["rahasia"],
        rings_seconds=None,
    )

    assert isinstance(apprise, Apprise)
    assert apprise._settings == AppriseSettings(
        "sms", SECRETS["apprise"], Allowed.of("127.0.0.1"), per_minute=5, longest_text=300
    )


def test_no_secret_is_in_what_was_read(tmp_path: Path) -> None:
    with_secrets(tmp_path)
    config = config_with(tmp_path, ALL_KINDS)

    loaded = read_alerts(tmp_path / "alerts.yaml")
    assert loaded.problems == []
    for text in (repr(loaded), repr(load_alert_plan(config, Inventory())), repr(config)):
        for secret in ("geheim", "AAHdq"):
            assert secret not in text


def test_what_the_file_says_of_receivers_and_pace_is_in_the_plan(tmp_path: Path) -> None:
    with_secrets(tmp_path)
    text = ALL_KINDS + (
        "language: en\ndesk_url: https://pantau.kota.example/\nsettle: 45s\nsettle_critical: 5s\n"
        "update: 10m\nrepeat: 0s\nkeep_trying: 12h\nstorm: {more_than: 7, within: 1m}\n"
        "heartbeat: {every: 1m, channel: hook}\n"
    )

    plan = load_alert_plan(config_with(tmp_path, text), Inventory())

    assert plan.receivers == {
        "noc": Receiver("noc", ("tele", "wa", "ntfy", "hook", "surel"), "en", 7200, 300)
    }
    assert plan.next_channel("noc", "tele") == "wa"
    assert plan.rules.pace == Pace(45, 5, 600, 0, 7, 60)
    assert plan.heartbeat == Heartbeat("hook", 60)
    assert (plan.desk_url, plan.keep_trying_seconds) == ("https://pantau.kota.example", 43_200)


ROUTED = (
    LEAST
    + """
  budi: {channels: [grup], quiet_hours: [22:00-06:00], quiet_for: info, zone: Asia/Jayapura}
schedules:
  piket:
    shifts:
      - {name: siang, hours: [07:00-19:00], people: [[noc, budi]]}
      - {people: [budi, noc], rotate: day, since: 2026-11-27, handover: "08:00"}
    overrides:
      - {from: "2026-12-24 19:00", until: 2026-12-25, people: noc, instead_of: budi, reason: Natal}
    otherwise: noc
zone: Asia/Jakarta
routes:
  - match: {area: "73.71", hours: Sen-Jum 08:00-16:00, severity: critical}
    to: [piket]
    escalate: [{after: 1h, to: noc}, {after: 10m, to: budi}]
    continue: true
  - {name: sisanya, to: noc}
policies:
  - {match: {kind: camera, state: down, reason: silent}, severity: info, after: 5m, tell: false}
"""
)


def test_routes_rosters_and_policies_are_taken_over_as_written(tmp_path: Path) -> None:
    rules = load_alert_plan(config_with(tmp_path, ROUTED), Inventory()).rules

    assert isinstance(rules, Routing)
    first, last = rules.routes
    assert first.name == "route 1"
    assert first.steps == (Step(600, ("budi",)), Step(3600, ("noc",)))
    assert first.match.areas == {"73.71"}
    assert first.match.hours is not None
    assert first.match.hours.text == "Sen-Jum 08:00-16:00 Asia/Jakarta"
    assert (first.goes_on, last.name, last.match) == (True, "sisanya", Match())
    assert rules.policies == (
        Policy(
            "policy 1",
            Match(
                kinds=frozenset({"camera"}),
                states=frozenset({State.DOWN}),
                reasons=frozenset({Reason.SILENT}),
            ),
            Severity.INFO,
            300,
            tell=False,
        ),
    )
    roster = rules.rosters["piket"]
    assert (roster.zone, roster.otherwise) == ("Asia/Jakarta", ("noc",))
    day, night = roster.shifts
    assert (day.name, day.turns, day.turn_days) == ("siang", (("noc", "budi"),), 0)
    assert (night.name, night.turns, night.turn_days) == ("2", (("budi",), ("noc",)), 1)
    assert night.hours == whole_days(time(8))
    (override,) = roster.overrides
    assert override.from_ == datetime.fromisoformat("2026-12-24 19:00")
    assert override.until == datetime.fromisoformat("2026-12-26")  # the last day is in it
    assert rules.contacts["budi"].quiet_for == {Severity.INFO}
    assert rules.contacts["budi"].quiet_hours is not None
    assert rules.contacts["budi"].quiet_hours.zone == "Asia/Jayapura"


def test_where_there_is_a_schedule_a_route_has_to_say_what_goes_to_it(tmp_path: Path) -> None:
    text = LEAST + "schedules: {piket: {shifts: [{people: noc}]}}\n"

    with pytest.raises(ProblemsError, match="more than one receiver, and no route"):
        load_alert_plan(config_with(tmp_path, text), Inventory())


def test_loading_again_sees_what_was_written_meanwhile(tmp_path: Path) -> None:
    config = config_with(tmp_path, LEAST)
    assert load_alert_plan(config, Inventory()).rules.pace.settle_seconds == 30

    (tmp_path / "alerts.yaml").write_text(LEAST + "settle: 1m\n")
    assert load_alert_plan(config, Inventory()).rules.pace.settle_seconds == 60

    (tmp_path / "alerts.yaml").write_text(LEAST + "settle: soon\n")
    with pytest.raises(ProblemsError, match=r'alerts.yaml:6: settle: "soon" is no duration'):
        load_alert_plan(config, Inventory())


def test_what_left_the_inventory_is_told_and_keeps_nobody_from_being_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = LEAST + "routes: [{match: {site: tutup}, to: noc}, {to: noc}]\n"

    plan = load_alert_plan(config_with(tmp_path, text), Inventory())

    assert plan.rules.route(alert(), CAMERA, NOW) is not None
    assert 'routes[0].match.site[0]: the inventory has no site "tutup"' in caplog.text


def test_without_the_setting_there_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "pantau.yaml").write_text("inventory: []\n")
    config = load_config(tmp_path / "pantau.yaml", {})

    with pytest.raises(ProblemsError, match="alerts: is not set"):
        load_alert_plan(config, Inventory())


async def test_channels_of_a_file_that_is_wrong_are_not_opened(tmp_path: Path) -> None:
    config = config_with(tmp_path, LEAST + "setle: 1s\n")

    with pytest.raises(ProblemsError, match="setle: unknown key"):
        async with open_channels(config, SystemClock()):
            pytest.fail("it was opened")


def test_a_secret_that_the_channel_cannot_use_is_told_without_it(tmp_path: Path) -> None:
    with_secrets(tmp_path)
    (tmp_path / "telegram").write_text("geheim")
    config = config_with(tmp_path, ALL_KINDS)

    with pytest.raises(ProblemsError) as raised:
        load_alert_plan(config, Inventory())

    (problem,) = raised.value.problems
    assert problem.place == "channels.tele"
    assert problem.problem.startswith("this is no bot token")
    assert "geheim" not in str(problem)
