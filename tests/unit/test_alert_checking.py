"""`pantau check-config` looks at alerts.yaml: mistakes, and advice about what may be meant so."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from collector.config.alerts import read_alerts
from collector.inventory import Inventory, load_inventory
from collector.notify.checking import check_all, look_at

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # Friday
REPOSITORY = Path(__file__).resolve().parents[2]
INVENTORY = """
areas: [{code: "73.71", name: Kota}, {code: "73.71.01", name: Mariso}]
owners: [{id: diskominfo, name: Diskominfo}]
sites: [{id: losari, name: Losari, area: "73.71.01"}]
devices:
  - {id: cam-1, name: K1, kind: camera, site: losari, profile: generic-ping, address: 127.0.0.1}
  - {id: cam-2, name: K2, kind: camera, site: losari, profile: generic-ping, address: 127.0.0.2}
  - {id: sw-1, name: S1, kind: switch, site: losari, profile: generic-ping, address: 127.0.0.3,
     owner: diskominfo, tags: [utama]}
"""
CHANNELS = """
channels:
  grup: {type: webhook, url: 'https://chat.example/hook'}
  surel: {type: webhook, url: 'https://mail.example/hook'}
  penjaga: {type: webhook, url: 'https://watch.example/ping', method: GET}
heartbeat: {channel: penjaga}
"""
RECEIVERS = (
    CHANNELS
    + """
receivers:
  noc: {channels: [grup, surel]}
  budi: {channels: [surel, grup]}
"""
)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    path = tmp_path_factory.mktemp("inventory") / "kota.yaml"
    path.write_text(INVENTORY)
    return load_inventory([path])


def write(folder: Path, alerts: str, inventory: str = INVENTORY) -> Path:
    (folder / "kota.yaml").write_text(inventory)
    (folder / "alerts.yaml").write_text(alerts)
    (folder / "pantau.yaml").write_text("alerts: alerts.yaml\ninventory: [kota.yaml]\n")
    return folder / "pantau.yaml"


def told(folder: Path, alerts: str, inventory: Inventory) -> list[str]:
    """Return problems and advice without their file and line."""
    (folder / "alerts.yaml").write_text(alerts)
    loaded = read_alerts(folder / "alerts.yaml")
    problems, advice = look_at(loaded, "Asia/Makassar", inventory, NOW)
    shown = [str(one).partition(": ")[2] for one in problems]
    return shown + ["advice: " + str(one).partition(": ")[2] for one in advice]


def test_a_file_that_leaves_nothing_open_is_well(tmp_path: Path) -> None:
    path = write(tmp_path, RECEIVERS + "routes: [{to: [noc, budi]}]\n")

    report = check_all(path, {}, NOW)

    assert (report.problems, report.advice) == ((), ())
    assert report.files[-1] == tmp_path / "alerts.yaml"
    assert report.devices == 3


ODD = {
    "no sign of life": (
        "channels:\n  grup: {type: webhook, url: 'https://chat.example/hook'}\n"
        "receivers: {noc: {channels: grup}}\n",
        [
            "advice: heartbeat: is missing: nobody would notice when Pantau itself falls silent; "
            "let a watcher elsewhere wait for a sign of life: heartbeat: {channel: …}",
            'advice: receivers.noc.channels: what is critical goes to "noc" by one channel only; '
            "add a second one of another provider, for when the first fails",
        ],
    ),
    "names that the inventory lacks": (
        RECEIVERS
        + "routes:\n  - {match: {area: '73.71.02', site: lossari, owner: pln}, to: budi}\n"
        "  - {to: noc}\npolicies: [{match: {tag: utma, device: cam-3}, tell: false}]\n",
        [
            'routes[0].match.area[0]: the inventory has no area "73.71.02"; did you mean '
            '"73.71.01"?',
            'routes[0].match.site[0]: the inventory has no site "lossari"; did you mean "losari"?',
            'routes[0].match.owner[0]: the inventory has no owner "pln"; known are diskominfo',
            'policies[0].match.device[0]: the inventory has no device "cam-3"; did you mean '
            '"cam-2"?',
            'policies[0].match.tag[0]: the inventory has no tag "utma"; did you mean "utama"?',
        ],
    ),
    "a route behind one that takes everything": (
        RECEIVERS + "routes:\n  - {name: semua, to: noc}\n  - {match: {kind: camera}, to: budi}\n",
        [
            'routes[1]: never takes anything: "semua" before it takes all that fits; '
            "put it before that one, or let that one say continue: true",
        ],
    ),
    "a route behind a wider one": (
        RECEIVERS
        + "routes:\n  - {name: kota, match: {area: '73.71', kind: [camera, switch]}, to: noc}\n"
        "  - {match: {area: '73.71.01', kind: camera, state: down}, to: budi}\n  - {to: noc}\n",
        [
            'routes[1]: never takes anything: "kota" before it takes all that fits; '
            "put it before that one, or let that one say continue: true",
        ],
    ),
    "a route whose devices others have already": (
        RECEIVERS
        + "routes:\n  - {match: {kind: switch}, to: noc}\n  - {match: {tag: utama}, to: budi}\n"
        "  - {to: noc}\n",
        [
            "advice: routes[1]: never takes anything: for each of its devices a route before it "
            "does; put it before those",
        ],
    ),
    "a route for what there is not": (
        RECEIVERS + "routes:\n  - {match: {kind: ups}, to: budi}\n  - {to: noc}\n",
        [
            "advice: routes[0].match: no device of the inventory fits; look at its words once more",
        ],
    ),
    "devices of which nobody is told": (
        RECEIVERS + "routes:\n  - {match: {kind: switch}, to: noc}\n"
        "  - {match: {kind: camera, state: degraded}, to: budi}\n",
        [
            "advice: routes: nobody is told when cam-1, cam-2 are down, unreachable, unknown: "
            "no route fits; add a last route without match, for all that is left",
        ],
    ),
    "hours of which nobody is told": (
        RECEIVERS + "routes:\n  - {match: {kind: switch}, to: noc}\n"
        "  - {match: {hours: 07:00-19:00, state: [down, degraded]}, to: budi}\n"
        "  - {match: {hours: 19:00-07:00, state: down}, to: noc}\n"
        "policies: [{match: {state: unknown}, tell: false}]\n",
        [
            "advice: routes: nobody is told outside the hours of its routes when cam-1, cam-2 are "
            "degraded: no route fits; add a last route without match, for all that is left",
        ],
    ),
    "hours in which nobody is on duty": (
        RECEIVERS
        + "schedules:\n  piket: {shifts: [{hours: Mon-Fri 08:00-24:00, people: [noc, budi]}]}\n"
        "  penuh: {shifts: [{hours: Mon-Fri 08:00-16:00, people: budi}], otherwise: noc}\n"
        "routes: [{to: [piket, penuh]}]\n",
        [
            "advice: schedules.piket: nobody is on duty Mon 00:00-Mon 08:00, Tue 00:00-Tue 08:00, "
            "Wed 00:00-Wed 08:00, Thu 00:00-Thu 08:00, Fri 00:00-Fri 08:00 and 1 more: then "
            "everybody of it is told; fill the hours, or say who stands in: otherwise: [NAME]",
        ],
    ),
    "a chat that would get everything twice": (
        RECEIVERS + "  sari: {channels: [surel, grup]}\n"
        "schedules: {piket: {shifts: [{people: [budi, sari]}]}}\n"
        "routes:\n  - {match: {kind: switch}, to: [noc, piket]}\n  - {to: [budi, sari]}\n",
        [
            'advice: routes[1].to: "surel" gets it twice: for budi and for sari; '
            "give them channels of their own, or name one of them",
        ],
    ),
    "a person who only gets pings": (
        RECEIVERS.replace("[grup, surel]", "[grup, penjaga]") + "routes: [{to: [noc, budi]}]\n",
        [
            'receivers.noc.channels[1]: "penjaga" only pings: nobody reads there what happened; '
            "let it say method: POST, or keep it for the heartbeat",
        ],
    ),
    "a sign of life by a siren": (
        RECEIVERS.replace(
            "penjaga: {type: webhook, url: 'https://watch.example/ping', method: GET}",
            "penjaga: {type: mqtt, topic: cmnd/POWER}",
        )
        + "routes: [{to: [noc, budi]}]\n",
        [
            'heartbeat.channel: "penjaga" is a siren: nobody elsewhere waits for it; '
            "take a webhook with method: GET, to a watcher outside",
        ],
    ),
    "what nobody uses": (
        RECEIVERS + "  sari: {channels: [grup, surel]}\n"
        "schedules: {piket: {shifts: [{people: sari}]}}\nroutes: [{to: [noc, budi]}]\n",
        [
            "advice: receivers.sari: no route and no schedule in use names it; name it, or "
            "remove it",
            "advice: schedules.piket: no route names it; name it, or remove it",
        ],
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_told_whole(case: str, tmp_path: Path, inventory: Inventory) -> None:
    alerts, expected = ODD[case]

    assert told(tmp_path, alerts, inventory) == expected


def test_quiet_hours_without_end_and_a_siren_before_words_are_mistakes(
    tmp_path: Path, inventory: Inventory
) -> None:
    text = CHANNELS.replace(
        "channels:\n", "channels:\n  sirene: {type: mqtt, topic: cmnd/sirene/POWER}\n"
    )
    text += (
        "receivers:\n  noc:\n    channels: [sirene, grup]\n"
        "    quiet_hours: [07:00-19:00, 19:00-07:00]\n"
    )

    assert told(tmp_path, text, inventory) == [
        'receivers.noc.channels[0]: "sirene" is a siren, and says nothing about what happened; '
        "give the siren a receiver of its own, and name both in the route",
        "receivers.noc.quiet_hours: are day and night: what can wait is never told; "
        "leave an hour in which the digest may come",
    ]


def test_a_siren_of_its_own_needs_no_second_channel(tmp_path: Path, inventory: Inventory) -> None:
    text = RECEIVERS.replace(
        "channels:\n  grup", "channels:\n  sirene: {type: mqtt, topic: cmnd/POWER}\n  grup"
    )
    text += "  sirene: {channels: sirene}\nroutes: [{to: [noc, budi, sirene]}]\n"

    assert told(tmp_path, text, inventory) == []


def test_with_a_broken_inventory_only_the_file_itself_is_looked_at(tmp_path: Path) -> None:
    alerts = RECEIVERS + "routes: [{match: {site: lossari}, to: nco}]\n"
    path = write(tmp_path, alerts, INVENTORY.replace("site: losari,", "site: losary,", 1))

    report = check_all(path, {}, NOW)

    places = {(Path(one.file).name, one.place) for one in report.problems}
    assert places == {("kota.yaml", "devices[0].site"), ("alerts.yaml", "routes[0].to")}
    assert report.advice == ()


def test_alerts_yaml_alone_is_checked_without_an_inventory(tmp_path: Path) -> None:
    path = tmp_path / "siaga.yaml"
    path.write_text(RECEIVERS + "routes: [{match: {site: losari}, to: nco}]\n")

    report = check_all(path, {}, NOW)

    assert [one.place for one in report.problems] == ["routes[0].to"]
    assert report.files == (path,)


def test_the_command_tells_advice_and_counts_only_problems(tmp_path: Path) -> None:
    write(tmp_path, RECEIVERS + "routes: [{to: noc}]\n")
    run = CliRunner().invoke

    spoken = run(main, ["check-config", str(tmp_path)])
    assert spoken.exit_code == 0
    assert f"advice: {tmp_path}/alerts.yaml:10: receivers.budi: no route" in spoken.stderr
    assert spoken.stdout == (
        "3 files, 1 sites, 3 devices, 3 checks, 3 channels, 2 receivers, 1 route: all is well\n"
    )
    write(tmp_path, RECEIVERS + "routes: [{to: nco}]\n")
    found = run(main, ["check-config", str(tmp_path), "--json"])
    assert found.exit_code == 1
    as_json = json.loads(found.stdout)
    assert [one["place"] for one in as_json["problems"]] == ["routes[0].to"]
    assert as_json["advice"] == []


SEVERAL = """
channels:
  noc: {type: webhook, url: 'https://chat.example/noc', secret: a, secret_file: b}
  bot: {type: telegram, token: abcdef-geheim, chat: "-1"}
receivers:
  noc: {channels: [noc, cadangan]}
schedules:
  piket:
    shifts:
      - {hours: [07:00-19:00], people: [noc], rotate: week}
routes:
  - {match: {site: losri}, to: nco}
"""


def test_a_mistake_of_shape_does_not_hide_others_elsewhere(tmp_path: Path) -> None:
    report = check_all(write(tmp_path, SEVERAL), {}, NOW)

    assert [(one.place, one.problem.partition(":")[0]) for one in report.problems] == [
        ("channels.noc", "secret and secret_file are both there"),
        ("channels.bot", "this is no bot token"),
        ("receivers.noc.channels", 'there is no channel "cadangan"'),
        ("schedules.piket.shifts[0]", "nobody knows with whom it begins"),
        ("routes[0].to", 'there is no receiver or schedule "nco"'),
        ("routes[0].match.site[0]", 'the inventory has no site "losri"'),
    ]
    assert report.problems[-1].remedy == 'did you mean "losari"?'
    assert "geheim" not in "".join(map(str, report.problems))
    said = CliRunner().invoke(main, ["check-config", str(tmp_path / "pantau.yaml")])
    assert said.stdout.endswith("6 problems; more may follow once that is mended\n")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("", "127.0.0.1 is at 127.0.0.1: this machine; nothing is sent there"),
        ("allow_networks: [10.7.0.9]", "127.0.0.1 is at 127.0.0.1: this machine"),
        ("allow_networks: [127.0.0.1]", None),
        ("allow_private: true", None),
    ],
)
def test_a_channel_to_an_address_that_is_not_open_is_a_problem(
    tmp_path: Path, settings: str, told: str | None
) -> None:
    text = f"""
{settings}
channels:
  noc: {{type: webhook, url: 'http://127.0.0.1:9000/rahasia'}}
  ntfy: {{type: ntfy, topic: kota, server: 'https://ntfy.example'}}
receivers: {{noc: {{channels: [noc, ntfy]}}}}
"""
    problems = [str(one) for one in check_all(write(tmp_path, text), {}, NOW).problems]

    assert len(problems) == (told is not None)
    assert all("channels.noc: " in one and str(told) in one for one in problems)
    assert not any("rahasia" in one for one in problems)


def test_the_example_is_right_and_needs_no_advice() -> None:
    variables = {"PANTAU__ALERTS": str(REPOSITORY / "examples" / "alerts.yaml")}

    report = check_all(REPOSITORY / "examples", variables, NOW)

    assert (report.problems, report.advice) == ((), ())
    assert len(report.files) == 3
