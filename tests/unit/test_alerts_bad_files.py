"""Broken alerts.yaml files and the whole of what is said about each."""

from pathlib import Path

import pytest

from collector.config import ProblemsError
from collector.config.alerts import read_alerts

LEAST = """\
channels:
  grup: {type: webhook, url: 'https://chat.example/hook'}
receivers:
  noc: {channels: [grup]}
"""
BAD = {
    "an empty file": (
        "",
        'F:1: channels: is missing; add "channels"\nF:1: receivers: is missing; add "receivers"',
    ),
    "nobody to tell": (
        "channels: {grup: {type: webhook, url: 'https://c.example'}}\nreceivers: {}\n",
        "F:1: there is no receiver; add one below receivers",
    ),
    "a key that is nearly right": (
        LEAST + "setle: 30s\n",
        'F:5: setle: unknown key; did you mean "settle"?',
    ),
    "a kind of channel that there is not": (
        "channels:\n"
        "  grup: {type: telegrem, url: 'https://chat.example/hook'}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        "F:2: channels.grup: type: \"telegrem\" is not known; write one of 'webhook', "
        "'telegram', 'whatsapp', 'ntfy', 'email', 'mqtt', 'apprise'",
    ),
    "a channel without its kind": (
        "channels:\n"
        "  grup: {url: 'https://chat.example/hook'}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        'F:2: channels.grup: type is missing; add "type"',
    ),
    "a token that is read as a number": (
        "channels:\n"
        "  grup: {type: telegram, token: 12345, chat: -100123}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        "F:2: channels.grup.token: this value is read as a number or constant; put it in quotes",
    ),
    "several mistakes of one channel": (
        "channels:\n"
        "  grup: {type: telegram, token: geheim, tokn_file: x, chat: kami}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        'F:2: channels.grup.chat: "kami" is no chat; write its number, of a group as '
        '"-1001234567890", or @name of a channel\n'
        'F:2: channels.grup.tokn_file: unknown key; did you mean "token_file"?',
    ),
    "a secret twice": (
        "channels:\n"
        "  grup: {type: telegram, token: geheim, token_file: x, chat: -100}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        "F:2: channels.grup: token and token_file are both there; keep token_file",
    ),
    "a telephone number without country code": (
        "channels:\n"
        "  wa: {type: whatsapp, token: geheim, phone_id: 123456, to: '0812-3456-789', "
        "template: pantau}\n"
        "receivers:\n"
        "  noc: {channels: [wa]}\n",
        'F:2: channels.wa.to: "0812-3456-789" has no country code; write "628123456789"',
    ),
    "a sender without address": (
        "channels:\n"
        "  surel: {type: email, host: mail, from: 'Pantau', to: [a@b.example, kami]}\n"
        "receivers:\n"
        "  noc: {channels: [surel]}\n",
        'F:2: channels.surel.from: "Pantau" is no e-mail address; write noc@kota.example\n'
        'F:2: channels.surel.to[1]: "kami" is no e-mail address; write noc@kota.example',
    ),
    "a match of words that nobody knows": (
        LEAST
        + (
            "routes:\n"
            "  - {to: nco}\n"
            "  - {to: noc, match: {area: 73.71, kind: kamera, state: up, severity: kritis, "
            "hours: 7-8, reason: batre}}\n"
        ),
        'F:6: routes[0].to: there is no receiver or schedule "nco"; known are noc\n'
        "F:7: routes[1].match.area: 73.71 is read as a number or constant; put it in "
        'quotes: "73.71"\n'
        'F:7: routes[1].match.kind: "kamera" is no kind; did you mean "camera"?\n'
        "F:7: routes[1].match.state: \"up\" is not known; write one of 'down', 'degraded', "
        "'unreachable' or 'unknown'\n"
        'F:7: routes[1].match.reason: "batre" is no reason; known are agent_error, '
        "bad_answer, collector_error, collector_gone, collector_lag, collector_rights, "
        "credential_refused, host_unreachable, never_seen, no_answer, on_battery, "
        "parent_down, refused, reported_offline, silent, threshold\n"
        "F:7: routes[1].match.severity: \"kritis\" is not known; write one of 'critical', "
        "'warning' or 'info'\n"
        'F:7: routes[1].match.hours: "7-8" is no hours of the week; write Mon-Fri '
        "07:30-16:00 or Sen-Jum 07:30-16:00",
    ),
    "an escalation within seconds": (
        LEAST + ("routes:\n  - to: noc\n    escalate: [{after: 10s, to: noc}]\n    lanjut: true\n"),
        'F:7: routes[0].escalate[0].after: "10s" is out of range; write at least 60s\n'
        "F:8: routes[0].lanjut: unknown key; known are continue, escalate, match, name, to",
    ),
    "turns that nobody can reckon": (
        LEAST
        + (
            "schedules:\n"
            "  piket:\n"
            "    shifts:\n"
            "      - {people: [budi], rotate: week}\n"
            "      - {people: []}\n"
            "      - {hours: 07:00-19:00, handover: '08:00', rotate: day, since: 2026-11-31, "
            "people: [noc]}\n"
        ),
        "F:3: receivers: there is more than one receiver, and no route; say what goes to whom: "
        "`routes: [{to: …}]` for everything\n"
        "F:8: schedules.piket.shifts[0]: nobody knows with whom it begins; add since: the "
        "day of the first turn\n"
        "F:9: schedules.piket.shifts[1].people: nobody is in the list; name at least one\n"
        'F:10: schedules.piket.shifts[2].since: "2026-11-31" is no date; write 2026-12-24',
    ),
    "an override that ends before it begins": (
        LEAST
        + (
            "schedules:\n"
            "  noc:\n"
            "    shifts: [{people: [budi, noc]}]\n"
            "    overrides: [{from: 2026-12-24, until: 2026-12-23, people: noc}]\n"
        ),
        "F:3: receivers: there is more than one receiver, and no route; say what goes to whom: "
        "`routes: [{to: …}]` for everything\n"
        'F:6: schedules.noc: "noc" is a receiver as well; give the schedule another name\n'
        "F:8: schedules.noc.overrides[0]: it ends before it begins; mend from or until",
    ),
    "policies that say nothing or too much": (
        LEAST
        + (
            "policies:\n"
            "  - {match: {kind: camera}}\n"
            "  - {severity: parah}\n"
            "  - {match: {severity: info}, tell: false}\n"
        ),
        "F:6: policies[0]: the policy says nothing; add severity, after or tell\n"
        "F:7: policies[1].severity: \"parah\" is not known; write one of 'critical', "
        "'warning' or 'info'\n"
        "F:8: policies[2].match.severity: unknown key; known are area, device, kind, "
        "link_owner, owner, power_owner, reason, site, state, tag",
    ),
    "a heartbeat without channel": (
        LEAST
        + ("heartbeat: {every: 1s, chanel: x}\nstorm: {more_than: 1}\nallow_networks: [kami]\n"),
        'F:5: heartbeat.every: "1s" is out of range; write at least 10s\n'
        'F:5: heartbeat.channel: is missing; add "channel"\n'
        'F:5: heartbeat.chanel: unknown key; did you mean "channel"?\n'
        'F:6: storm.more_than: "1" is out of range; write at least 2\n'
        'F:7: allow_networks[0]: "kami" is no network; write 10.7.0.9 or 10.7.0.0/24',
    ),
    "channels that are not there, or twice": (
        "channels:\n"
        "  grup: {type: webhook, url: 'https://chat.example/hook'}\n"
        "receivers:\n"
        "  noc: {channels: [grub, grup, grup]}\n",
        'F:4: receivers.noc.channels: there is no channel "grub"; did you mean "grup"?\n'
        'F:4: receivers.noc.channels[2]: "grup" is there twice; keep the first',
    ),
    "a secret file that is missing": (
        "channels:\n"
        "  grup: {type: webhook, url_file: tidakada}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        'F:2: channels.grup.url_file: "tidakada" cannot be read: no such file or '
        "directory; make the file or mend the path",
    ),
    "a siren on a wild topic": (
        "channels:\n"
        "  s: {type: mqtt, topic: 'cmnd/#', ca_file: x}\n"
        "receivers:\n"
        "  noc: {channels: [s]}\n",
        'F:2: channels.s.topic: "cmnd/#" is no topic; write it without + and #, in 200 characters',
    ),
    "two ways to log in": (
        "channels:\n"
        "  s: {type: ntfy, topic: rahasia, token: x, user: y}\n"
        "receivers:\n"
        "  noc: {channels: [s]}\n",
        "F:2: channels.s: a token and a user are both there; keep one of them",
    ),
    "two receivers and no route": (
        LEAST + "  budi: {channels: [grup]}\n",
        "F:3: receivers: there is more than one receiver, and no route; say what goes to "
        "whom: `routes: [{to: …}]` for everything",
    ),
    "a webhook of nonsense": (
        "channels:\n"
        "  grup: {type: webhook, url: [a], headers: {'X Y': 1, Host: x}, method: PUT}\n"
        "receivers:\n"
        "  noc: {channels: [grup]}\n",
        "F:2: channels.grup.url: this value cannot be used here; write text\n"
        "F:2: channels.grup.headers.X Y: this value is read as a number or constant; put "
        "it in quotes\n"
        "F:2: channels.grup.method: this value is not known; write one of 'POST', 'GET' or "
        "'HEAD'",
    ),
    "words where keys belong": (
        "channels:\n"
        "  grup: https://chat.example/geheim\n"
        "receivers:\n"
        "  noc: grup\n"
        "  budi: {channels: [], quiet_hours: [malam], quiet_for: [critcal], zone: WITA}\n",
        "F:2: channels.grup: this value cannot be used here; write keys and values below "
        "it\n"
        "F:3: receivers: there is more than one receiver, and no route; say what goes to whom: "
        "`routes: [{to: …}]` for everything\n"
        'F:4: receivers.noc: "grup" cannot be used here; write keys and values below it\n'
        "F:5: receivers.budi.channels: is empty; list at least one\n"
        'F:5: receivers.budi.quiet_hours[0]: "malam" is no hours of the week; write '
        "Mon-Fri 07:30-16:00 or Sen-Jum 07:30-16:00\n"
        'F:5: receivers.budi.quiet_for[0]: "critcal" is not known; write one of '
        "'critical', 'warning' or 'info'\n"
        'F:5: receivers.budi.zone: "WITA" is no time zone; write Asia/Jakarta (WIB), '
        "Asia/Makassar (WITA) or Asia/Jayapura (WIT)",
    ),
    "names that refer to nothing": (
        LEAST
        + (
            "schedules:\n"
            "  noc:\n"
            "    shifts: [{people: [budi, noc]}]\n"
            "    overrides: [{from: 2026-12-24, until: 2026-12-24, people: [noc], instead_of: "
            "sari}]\n"
            "    otherwise: kepala\n"
            "routes: [{to: nco, escalate: [{after: 5m, to: piket}]}]\n"
            "heartbeat: {channel: grub}\n"
        ),
        'F:6: schedules.noc: "noc" is a receiver as well; give the schedule another name\n'
        'F:7: schedules.noc.shifts[0].people: there is no receiver "budi"; known are noc\n'
        'F:8: schedules.noc.overrides[0].instead_of: there is no receiver "sari"; known '
        "are noc\n"
        'F:9: schedules.noc.otherwise: there is no receiver "kepala"; known are noc\n'
        'F:10: routes[0].to: there is no receiver or schedule "nco"; known are noc\n'
        'F:10: routes[0].escalate[0].to: there is no receiver or schedule "piket"; known '
        "are noc\n"
        'F:11: heartbeat.channel: there is no channel "grub"; did you mean "grup"?',
    ),
    "people and times that are none": (
        LEAST
        + (
            "schedules:\n"
            "  piket:\n"
            "    shifts:\n"
            "      - {people: 5}\n"
            "      - {people: [[], noc]}\n"
            "      - {people: [1]}\n"
            "      - {people: noc, since: 2026-01-01}\n"
            "      - {people: noc, rotate: day, since: 2026-01-01, handover: '25:00'}\n"
        ),
        "F:3: receivers: there is more than one receiver, and no route; say what goes to whom: "
        "`routes: [{to: …}]` for everything\n"
        'F:8: schedules.piket.shifts[0].people: "5" cannot be used here; write a list: '
        "[budi, sari]\n"
        "F:9: schedules.piket.shifts[1].people: a turn without people is in the list; "
        "remove it, or name somebody\n"
        'F:10: schedules.piket.shifts[2].people: "1" is no name; put it in quotes\n'
        "F:11: schedules.piket.shifts[3]: since and handover go with rotate; add rotate: "
        "week, or remove them\n"
        'F:12: schedules.piket.shifts[4].handover: "25:00" is no time of day; write "08:00"',
    ),
    "logins that cannot be": (
        "channels:\n"
        "  surel: {type: email, host: mail, from: a@b.example, to: a@b.example, tls: none, "
        "user: u, password: geheim}\n"
        "  dua: {type: email, host: mail, from: a@b.example, to: a@b.example, user: u}\n"
        "  tiga: {type: mqtt, topic: a, password: geheim}\n"
        "  empat: {type: mqtt, topic: a, ca_file: x.pem}\n"
        "receivers:\n"
        "  noc: {channels: [surel]}\n",
        "F:2: channels.surel: a password without tls can be read on its way; write tls: "
        "starttls\n"
        "F:3: channels.dua: there is a user without a password; give password_file\n"
        "F:4: channels.tiga: there is a password without a user; add user\n"
        "F:5: channels.empat: ca_file without tls; add tls: true, or remove ca_file",
    ),
    "an authority that is missing": (
        LEAST + "ca_file: tidakada.pem\n",
        'F:5: ca_file: "tidakada.pem" holds no certificate: no such file or directory; '
        "write the authority's PEM file",
    ),
    "a name that is no id": (
        "channels:\n"
        "  Grup NOC: {type: telegram, chat: 1}\n"
        "receivers:\n"
        "  noc: {channels: [Grup NOC]}\n",
        'F:2: channels.Grup NOC: "Grup NOC" is no id; use up to 64 letters, digits, dots, '
        "dashes and underscores\n"
        "F:2: channels.Grup NOC: there is no token; give token_file\n"
        'F:4: receivers.noc.channels[0]: "Grup NOC" is no id; use up to 64 letters, '
        "digits, dots, dashes and underscores",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_whole_with_line_place_and_remedy(case: str, tmp_path: Path) -> None:
    text, expected = BAD[case]
    path = tmp_path / "alerts.yaml"
    path.write_text(text, encoding="utf-8")

    loaded = read_alerts(path)

    assert str(ProblemsError(loaded.problems)).replace(str(path), "F") == expected
    assert "geheim" not in expected


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read_alerts(tmp_path / "alerts.yaml").problems

    assert problem.problem == "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"", 0o600, '"token" is empty'),
        (b"\xff\xfe", 0o600, '"token" is not UTF-8 text'),
        (b"110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", 0o644, 'everybody can read "token"'),
        (b"x" * 5_000, 0o600, '"token" is larger than 4096 bytes'),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_told_without_what_it_holds(
    tmp_path: Path, content: bytes, mode: int, problem: str
) -> None:
    (tmp_path / "token").write_bytes(content)
    (tmp_path / "token").chmod(mode)
    path = tmp_path / "alerts.yaml"
    path.write_text(
        "channels:\n  grup: {type: telegram, token_file: token, chat: -1001}\n"
        "receivers: {noc: {channels: [grup]}}\n"
    )

    (found,) = read_alerts(path).problems

    assert (found.line, found.place, found.problem) == (2, "channels.grup.token_file", problem)
    assert "AAHdq" not in str(found)
