"""Broken pantau.yaml files and the whole of what is said about each."""

from pathlib import Path

import pytest

from collector.config import ConfigError, load_config

BAD = {
    "a key that is nearly right": (
        "inventry: [a.yaml]\n",
        'F:1: inventry: unknown key; did you mean "inventory"?',
    ),
    "a key that is nothing like ours": (
        "api:\n  xyz: 1\n",
        "F:2: api.xyz: unknown key; known are host, port, public_status",
    ),
    "a duration without unit": (
        "ping:\n  timeout: 1\n",
        'F:2: ping.timeout: "1" has no unit; write 1s or 1m',
    ),
    "a quoted duration without unit": (
        'ping: {timeout: "5"}\n',
        'F:1: ping.timeout: "5" has no unit; write 5s or 5m',
    ),
    "a duration of words": (
        "rule:\n  retry: soon\n",
        'F:2: rule.retry: "soon" is no duration; write 5s, 5m or 1h',
    ),
    "a duration too long": (
        "ping: {timeout: 1h}\n",
        'F:1: ping.timeout: "1h" is out of range; write at most 10s',
    ),
    "a port beyond ports": (
        "# ours\napi:\n  port: 70000\n",
        'F:3: api.port: "70000" is out of range; write at most 65535',
    ),
    "a boolean as number": (
        "snmp: {port: true}\n",
        'F:1: snmp.port: "true" is no number; write a number',
    ),
    "a word as number": (
        "ping: {count: many}\n",
        'F:1: ping.count: "many" cannot be used here; write a whole number',
    ),
    "a half echo": (
        "ping: {count: 2.5}\n",
        'F:1: ping.count: "2.5" cannot be used here; write a whole number',
    ),
    "a language we do not speak": (
        "language: fr\n",
        "F:1: language: \"fr\" is not known; write one of 'id' or 'en'",
    ),
    "a zone that is none": (
        "zone: Asia/Makasar\n",
        'F:1: zone: "Asia/Makasar" is no time zone; write Asia/Jakarta (WIB), '
        "Asia/Makassar (WITA) or Asia/Jayapura (WIT)",
    ),
    "a carrier without port": (
        "ping: {carrier: udp}\n",
        'F:1: ping.carrier: "udp" is no carrier; write icmp or udp:PORT',
    ),
    "a name that is a number": (
        "collector_id: 1\n",
        'F:1: collector_id: 1 is read as a number or constant; put it in quotes: "1"',
    ),
    "an id with spaces": (
        "collector_id: pusat kota\n",
        'F:1: collector_id: "pusat kota" is no id; '
        "use up to 64 letters, digits, dots, dashes and underscores",
    ),
    "an empty section": ("api:\n", "F:1: api: has no value; write one or remove the key"),
    "a section that is a word": (
        "api: yes\n",
        'F:1: api: "yes" cannot be used here; write keys and values below it',
    ),
    "a version of SNMP that is not spoken": (
        "credentials:\n  kota: {version: 2, community: geheim}\n",
        "F:2: credentials.kota.version: this value is not known; write one of '1', '2c' or '3'",
    ),
    "a community for a user": (
        "credentials:\n  kota: {version: 3, community: geheim}\n",
        "F:2: credentials.kota: community belongs to versions 1 and 2c; "
        "remove community and name a user",
    ),
    "a user of version 2c": (
        "credentials:\n  kota: {community: geheim, user: pantau}\n",
        'F:2: credentials.kota: user belongs to version 3; write version: "3" or remove user',
    ),
    "nobody": (
        "credentials:\n  kota: {version: 3}\n",
        "F:2: credentials.kota: there is no user; add user",
    ),
    "a password that no agent can have been given": (
        "credentials:\n  kota:\n    version: 3\n    user: pantau\n    authentication: sha\n"
        "    authentication_password: geheim\n",
        "F:2: credentials.kota: authentication_password is shorter than 8 characters; "
        "take the password that the agent was given",
    ),
    "authentication without a password": (
        "credentials:\n  kota: {version: 3, user: pantau, authentication: md5}\n",
        "F:2: credentials.kota: there is no password of authentication; "
        "give authentication_password_file",
    ),
    "a password without authentication": (
        "credentials:\n  kota: {version: 3, user: pantau, authentication_password_file: x}\n",
        "F:2: credentials.kota: there is a password, but no authentication; "
        "add authentication or remove the password",
    ),
    "two passwords of privacy": (
        "credentials:\n  kota: {version: 3, user: pantau, privacy: aes128,"
        " privacy_password: geheimnis, privacy_password_file: x}\n",
        "F:2: credentials.kota: there are two passwords of privacy; keep privacy_password_file",
    ),
    "privacy without authentication": (
        "credentials:\n  kota: {version: 3, user: pantau, privacy: des,"
        " privacy_password: geheimnis}\n",
        "F:2: credentials.kota: there is privacy without authentication; add authentication",
    ),
    "a cipher that is not spoken": (
        "credentials:\n  kota: {version: 3, user: pantau, privacy: 3des}\n",
        "F:2: credentials.kota.privacy: this value is not known; write one of "
        "'des', 'aes128', 'aes192', 'aes256', 'aes192c' or 'aes256c'",
    ),
    "a credential without community": (
        "credentials:\n  kota: {version: 2c}\n",
        "F:2: credentials.kota: there is no community; give community_file or community",
    ),
    "a credential with two": (
        "credentials:\n  kota: {community: geheim, community_file: secrets/kota}\n",
        "F:2: credentials.kota: there are two communities; give community_file or community",
    ),
    "a secret that is a number": (
        "mqtt: {password: 5309}\n",
        "F:1: mqtt.password: this value is read as a number or constant; put it in quotes",
    ),
    "a secret in the wrong place": (
        "credentials: {kota: geheim}\n",
        "F:1: credentials.kota: this value cannot be used here; write keys and values below it",
    ),
    "an inventory that is not there": (
        "api: {port: 80}\ninventory: [kota.yaml]\n",
        'F:2: inventory: "kota.yaml" finds no file; make one or mend the name',
    ),
    "a profile folder that is not there": (
        "profiles: milik-kita/\n",
        'F:1: profiles: "milik-kita/" is no folder; make it or remove it',
    ),
    "a result that is believed for ever": (
        "rule: {fresh: 60}\n",
        'F:1: rule.fresh: "60" is out of range; write at most 10',
    ),
    "a contract that is not there": (
        "contracts: {astinet: {}, indihome: {}}\ncontract: astinat\n",
        'F:2: contract: there is no contract "astinat"; did you mean "astinet"?',
    ),
    "a contract without contracts": (
        "contract: astinet\n",
        'F:1: contract: there is no contract "astinet"; none are defined',
    ),
    "a contract with the name of none": (
        "contracts:\n  plain: {}\n",
        "F:2: contracts.plain: is the name of the rules without a contract; "
        "give the contract another name",
    ),
    "hours that are none": (
        "contracts:\n  astinet:\n    service_hours:\n      - Mon-Fri\n      - 8\n"
        "      - Moon 07:30-16:00\n      - Mon 07:60-16:00\n      - Mon 07:30-24:01\n"
        "      - Mon 24:00-06:00\n      - Mon 08:00-08:00\n      - Mon Tue 08:00-09:00\n",
        'F:4: contracts.astinet.service_hours[0]: "Mon-Fri" is no hours of the week; '
        "write Mon-Fri 07:30-16:00 or Sen-Jum 07:30-16:00\n"
        'F:5: contracts.astinet.service_hours[1]: "8" is no hours of the week; '
        "write Mon-Fri 07:30-16:00 or Sen-Jum 07:30-16:00\n"
        'F:6: contracts.astinet.service_hours[2]: "moon" is no day; did you mean "Mon"?\n'
        'F:7: contracts.astinet.service_hours[3]: "07:60" is no time of day; '
        "write 00:00 to 24:00\n"
        'F:8: contracts.astinet.service_hours[4]: "24:01" is no time of day; '
        "write 00:00 to 24:00\n"
        'F:9: contracts.astinet.service_hours[5]: "Mon 24:00-06:00" begins at the end of a day; '
        "begin at 00:00 on the day after\n"
        'F:10: contracts.astinet.service_hours[6]: "Mon 08:00-08:00" ends when it begins; '
        "write 00:00-24:00 for a whole day\n"
        'F:11: contracts.astinet.service_hours[7]: "Mon Tue 08:00-09:00" is no hours of the week; '
        "write Mon-Fri 07:30-16:00 or Sen-Jum 07:30-16:00",
    ),
    "hours that overlap over the week's end": (
        "contracts:\n  astinet:\n"
        "    service_hours: [Min 22:00-06:00, Tue 05:00-06:00, Mon 05:59-07:00]\n",
        'F:3: contracts.astinet.service_hours: "Min 22:00-06:00" and "Mon 05:59-07:00" overlap; '
        "let one end before the other begins",
    ),
    "a contract of slips": (
        "contracts:\n  astinet:\n    minimum_outage: 300\n    causes_not_counted: [listrik]\n"
        "    exclude_maintenance: sometimes\n    service_hour: 00:00-24:00\n",
        'F:3: contracts.astinet.minimum_outage: "300" has no unit; write 300s or 300m\n'
        'F:4: contracts.astinet.causes_not_counted[0]: "listrik" is not known; write one of '
        "'device', 'link', 'power', 'upstream', 'planned' or 'unknown'\n"
        'F:5: contracts.astinet.exclude_maintenance: "sometimes" cannot be used here; '
        "write true or false\n"
        'F:6: contracts.astinet.service_hour: unknown key; did you mean "service_hours"?',
    ),
    "half a second of an outage": (
        "contracts: {astinet: {minimum_outage: 1500ms}}\n",
        "F:1: contracts.astinet.minimum_outage: it holds a part of a second; write whole seconds",
    ),
    "a key that stands twice": (
        "api: {port: 80}\nzone: Asia/Jakarta\napi: {port: 81}\n",
        "F:3: api: stands twice, first on line 1; remove one",
    ),
    "a tag": (
        "zone: !!python/name:os.system x\n",
        "F:1: tags (words after `!`) are not used here; remove it",
    ),
    "a merge key": (
        "api: &a {port: 80}\nsnmp: {<<: *a}\n",
        "F:2: <<: merge keys are not used here; write the values out",
    ),
    "an alias to nothing": (
        "zone: *nowhere\n",
        "F:1: an alias (`*`) points at nothing above it; write the value out",
    ),
    "an alias into itself": (
        "credentials: &a {kota: *a}\n",
        "F:1: an alias (`*`) contains itself; write the value out",
    ),
    "two documents": (
        "zone: Asia/Jakarta\n---\nlanguage: en\n",
        "F:2: a second document begins; keep one document a file",
    ),
    "a list at the top": ("- a\n", "F:1: is no mapping; begin with a key, as in `key: value`"),
    "a word at the top": ("halo\n", "F:1: is no mapping; begin with a key, as in `key: value`"),
    "a tab": ("api:\n\tport: 80\n", "F:2: a tab cannot indent YAML; use spaces"),
    "a bracket that is left open": (
        "inventory: [a.yaml\nzone: Asia/Jakarta\n",
        "F:2: is not YAML: did not find expected ',' or ']'; "
        "look at the indentation and quotes here and above",
    ),
    "a key that is a list": (
        "[a, b]: 1\n",
        "F:1: a key must be a word or a whole number; put it in quotes",
    ),
    "nesting without end": (
        "zone: " + "[" * 40 + "]" * 40 + "\n",
        "F:1: is nested deeper than 32 levels; make it flatter",
    ),
    "several at once": (
        "zone: Mars\napi:\n  port: 0\n  hots: x\nrule: {confirm: 0}\n",
        'F:1: zone: "Mars" is no time zone; write Asia/Jakarta (WIB), Asia/Makassar (WITA) '
        "or Asia/Jayapura (WIT)\n"
        'F:3: api.port: "0" is out of range; write at least 1\n'
        'F:4: api.hots: unknown key; did you mean "host"?\n'
        'F:5: rule.confirm: "0" is out of range; write at least 1',
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_whole_with_line_place_and_remedy(case: str, tmp_path: Path) -> None:
    text, expected = BAD[case]
    path = tmp_path / "pantau.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    assert str(caught.value).replace(str(path), "F") == expected


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "pantau.yaml"

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    assert str(caught.value) == (
        f"{path}: cannot be read: No such file or directory; check the path and its rights"
    )


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pantau.yaml"
    path.write_bytes(b"zone: Asia/Jakarta\ncollector_id: caf\xe9\n")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    assert str(caught.value) == f"{path}:2: is not UTF-8 text; save the file as UTF-8"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "pantau.yaml"
    path.write_bytes(b"#" * 1_000_001)

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    assert str(caught.value) == f"{path}: is larger than 1,000,000 bytes; split it"


def test_aliases_cannot_blow_a_small_file_up(tmp_path: Path) -> None:
    path = tmp_path / "pantau.yaml"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for name, below in zip("bcdefgh", "abcdefg", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]")
    path.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    assert "holds too many values; use fewer aliases or several files" in str(caught.value)
