"""Words of alerts: what people read is harmless, short enough, and the same in both languages."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import CauseClass, CauseRule, Reason, State
from collector.notify.words.catalogue import KINDS, LANGUAGES, WORDS
from collector.notify.words.details import METRICS
from collector.notify.words.facts import Facts
from collector.notify.words.lengths import fit, in_bytes
from collector.notify.words.sayings import Sayings
from collector.notify.words.speaker import Speaker
from tests.alert_words import NAMES, PAGE, dead_camera, page, scenes

WEB = Path(__file__).parents[2] / "dashboards" / "web" / "src"
WALL = WEB / "shared" / "words"
DESK = WEB / "desk" / "words" / "core"
SCENES = dict(scenes())
SPEAKERS = {language: Speaker(language) for language in LANGUAGES}
QUICK = settings(deadline=None, max_examples=40)
HOSTILE = st.one_of(
    st.text(min_size=1, max_size=120),
    st.sampled_from(
        (
            "<b>cam</b>&<script>", "{{ 7 * 7 }}{% for x in y %}", "a\nInsiden 99, selesai",
            "cam\u202egnp.exe\u2066", "x\u2028y\u2029z\x85", "*_`[a](tg://user?id=1)",
            "\x00\x1b[31m",
            'cam"><a href="https://evil.example">klik</a>', "{{ ''.__class__.__mro__ }}",
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_has_words_and_its_first_line_fits_a_phone(scene: str, language: str) -> None:
    said = SPEAKERS[language].say(SCENES[scene])
    assert "\n" not in said.title
    assert not said.title.startswith("Pantau: ")  # the bare words of a failed template
    assert len(said.title) <= 130
    assert all(line == line.strip() and line for line in said.text.split("\n"))
    assert "None" not in said.title + said.text


@pytest.mark.parametrize("scene", SCENES)
def test_facts_come_back_from_the_outbox_as_they_went_in(scene: str) -> None:
    facts = SCENES[scene]
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_facts_of_a_newer_version_are_read_and_bad_ones_are_named() -> None:
    data = SCENES["a camera is dead"].to_json()
    assert Facts.from_json({**data, "colour": "red"}) == SCENES["a camera is dead"]
    with pytest.raises(ValueError, match="'firing'"):
        Facts.from_json({**data, "firing": "many"})
    with pytest.raises(ValueError, match="missing"):
        Facts.from_json({"purpose": "firing"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_reasons_and_kinds_are_called_as_on_the_wall(language: str) -> None:
    wall = json.loads((WALL / f"{language}.json").read_text(encoding="utf-8"))
    for state in State:
        assert WORDS[language][f"state.{state}"] == wall[f"state.{state}"]
    for reason in Reason:
        said = WORDS[language][f"reason.{reason}"]
        assert said == wall.get(f"reason.{reason}", said)
    for kind, (one, several) in KINDS[language].items():
        if kind != "collector":
            forms = wall[f"kind.{kind}"]
            assert (one, several) == (forms.get("one", forms["other"]), forms["other"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_metrics_are_called_as_on_the_desk(language: str) -> None:
    shared = json.loads((WALL / f"{language}.json").read_text(encoding="utf-8"))
    for metric, name in METRICS[language].items():
        assert name[0].upper() + name[1:] == shared[f"metric.{metric}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_points_to_a_cause_is_called_as_on_the_desk(language: str) -> None:
    desk = json.loads((DESK / f"{language}.json").read_text(encoding="utf-8"))
    for rule in CauseRule:
        assert WORDS[language][f"rule.{rule}"] == desk[f"rule.{rule}"]


@pytest.mark.parametrize(
    ("detail", "indonesian", "english"),
    [
        ("0 of 3 echoes answered", "ping: 0 dari 3 dijawab", "ping: 0 of 3 answered"),
        (
            "0 of 3 echoes answered; the network says: No route to host",
            "ping: 0 dari 3 dijawab; kata jaringan: No route to host",
            "ping: 0 of 3 answered; the network says: No route to host",
        ),
        ("ping_loss_percent = 33.3333 %", "ping hilang 33,3%", "ping loss 33.3%"),
        ("ping_rtt_seconds = 0.35 s", "waktu tempuh ping 350 md", "ping round trip 350 ms"),
        ("cpu_percent = 97 %", "CPU 97%", "CPU 97%"),
        ("temperature_celsius = 41.5 °C", "suhu 41,5 °C", "temperature 41.5 °C"),
        ("cpu_percent[2] = 97 %", "cpu_percent[2] = 97 %", "cpu_percent[2] = 97 %"),
        ("disk_state[1] = error", "disk_state[1] = error", "disk_state[1] = error"),
        ("{0} of 3 echoes answered", "{0} of 3 echoes answered", "{0} of 3 echoes answered"),
        ("ping_rtt_seconds = 1e-05 s", "ping_rtt_seconds = 1e-05 s", "ping_rtt_seconds = 1e-05 s"),
    ],
)
def test_details_of_pings_and_thresholds_are_translated_and_others_quoted(
    detail: str, indonesian: str, english: str
) -> None:
    assert (Sayings("id").detail(detail), Sayings("en").detail(detail)) == (indonesian, english)


def test_an_area_that_has_no_name_is_left_out() -> None:
    nameless = replace(NAMES, areas={"73.71.09": "Kec. Wajo"})
    said = SPEAKERS["id"].say(dead_camera(nameless)).text
    assert "Lokasi: Pasar Butung, Kec. Wajo\n" in said


@pytest.mark.parametrize(
    ("scene", "indonesian", "english"),
    [
        ("a camera is dead", "Buka insiden: https://", "Open incident: https://"),
        ("a UPS is on battery", "Buka perangkat: https://", "Open device: https://"),
        ("a storm of 400", "Buka: https://", "Open: https://"),
        ("a collector is gone", "Buka: https://", "Open: https://"),
    ],
)
def test_a_link_says_what_it_opens(scene: str, indonesian: str, english: str) -> None:
    for language, words in (("id", indonesian), ("en", english)):
        lines = SPEAKERS[language].say(SCENES[scene]).text.split("\n")
        assert [one for one in lines if one.startswith(words)]


def test_both_languages_have_every_word_and_every_cause_has_one() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
    for cause in CauseClass:
        assert f"cause.{cause}" in WORDS["id"]
    for rule in CauseRule:
        assert f"rule.{rule}" in WORDS["id"]
    for facts in SCENES.values():
        assert not facts.advice or f"advice.{facts.advice}" in WORDS["id"]


class _Tags(HTMLParser):
    """Collects the tags of a text, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs).get("href")))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@QUICK
@given(HOSTILE, st.sampled_from(sorted(SCENES)), st.sampled_from(LANGUAGES))
def test_hostile_names_come_out_harmless(bad: str, scene: str, language: str) -> None:
    facts = SCENES[scene]
    named = tuple(replace(o, name=bad, site=bad, detail=bad) for o in facts.devices)
    hostile = replace(
        facts, name=bad, site=bad, sites=(bad,), areas=(bad,), root=bad, detail=bad, owner=bad,
        link_owner=bad, power_owner=bad, acknowledged_by=bad, acknowledged_at=facts.at,
        devices=named, receiver=bad,
    )  # fmt: skip
    tame = replace(
        hostile, name="x", site="x", sites=("x",), areas=("x",), root="x", detail="x", owner="x",
        link_owner="x", power_owner="x", acknowledged_by="x", receiver="x",
        devices=tuple(replace(o, name="x", site="x", detail="x") for o in facts.devices),
    )  # fmt: skip
    said = SPEAKERS[language].say(hostile)
    whole = f"{said.title}\n{said.text}"
    assert not [c for c in whole if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Zl"}]
    assert "49" not in whole or "49" in bad or "49" in SPEAKERS[language].say(facts).text
    links = {facts.desk_link, facts.map_link} - {""}
    assert set(re.findall(r"\w+://\S+", whole)) == links
    if hostile.name:  # empty once cleaned: its line may go
        extra = len(SPEAKERS[language].say(tame).text.split("\n")) - len(said.text.split("\n"))
        assert extra in {0, 1}
    tags = _Tags()
    assert said.html is not None
    tags.feed(said.html)
    tags.close()
    assert not tags.open
    assert {href for tag, href in tags.tags if tag == "a"} == links
    assert {tag for tag, _ in tags.tags} <= {"a"}


@QUICK
@given(st.integers(20, 1200), st.sampled_from(sorted(SCENES)), st.sampled_from((len, in_bytes)))
def test_words_fit_and_the_link_stays(longest: int, scene: str, size: object) -> None:
    measure = len if size is len else in_bytes
    facts = SCENES[scene]
    said = SPEAKERS["id"].say(facts, longest=longest, size=measure)
    assert measure(f"{said.title}\n{said.text}".rstrip("\n")) <= longest
    if facts.desk_link and longest >= 320:
        assert facts.desk_link in said.text
    if said.html is not None and said.html:
        tags = _Tags()
        tags.feed(said.html)
        tags.close()
        assert not tags.open


@QUICK
@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 4))
def test_fit_never_says_more_than_may_be_said(text: str, longest: int, keep: int) -> None:
    short = fit(text, longest, keep=keep)
    assert len(short) <= longest
    if len(text) <= longest:
        assert short == text


def test_what_is_left_out_is_counted_and_links_stay() -> None:
    text = "satu\ndua dua dua dua dua dua\ntiga tiga tiga tiga tiga\nPeta: x"
    assert fit(text, 40, keep=1) == "satu\n+ 2 baris lagi\nPeta: x"
    assert fit(text, 14, keep=1) == "satu\nPeta: x"
    assert fit("a" * 50, 10) == "a" * 9 + "…"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 detik"), (59, "59 detik"), (7_500, "2 jam 5 menit"), (7_259, "2 jam"),
     (90_061, "1 hari 1 jam"), (86_400 + 240, "1 hari")],
)  # fmt: skip
def test_durations_are_two_units_rounded_down(seconds: int, said: str) -> None:
    assert Sayings("id").duration(timedelta(seconds=seconds)) == said


def test_moments_are_those_of_the_site_with_its_zone() -> None:
    at = datetime(2026, 11, 26, 18, 14, tzinfo=UTC)
    says = Sayings("id")
    assert says.moment(at, "Asia/Makassar", at) == "02.14 WITA"
    assert says.moment(at, "Asia/Jakarta", at) == "01.14 WIB"
    assert says.moment(at, "Asia/Jayapura", at + timedelta(days=1)) == "27 Nov 03.14 WIT"
    assert says.moment(at, "Mars/Olympus", at) == "18.14 UTC"


def test_lists_say_how_many_more_and_kinds_are_not_said_twice() -> None:
    assert Sayings("id").listed(("cam-1", "cam-2"), 12) == "cam-1, cam-2 dan 12 lainnya"
    assert Sayings("en").listed(("cam-1",), 1) == "cam-1 and 1 other"
    assert Sayings("id").called("Simpang Lima", "camera") == "kamera Simpang Lima"
    assert Sayings("id").called("CCTV Simpang Lima", "camera") == "CCTV Simpang Lima"
    assert Sayings("id").called("Peladen Balai Kota", "server") == "Peladen Balai Kota"
    assert Sayings("id").called("Kapal Api", "access_point") == "titik akses Kapal Api"


def test_what_may_have_arrived_before_says_so() -> None:
    said = SPEAKERS["id"].say(SCENES["a camera is dead"], maybe_twice=True)
    assert "Mungkin pernah terkirim" in said.text
    assert said.text.split("\n")[-1].startswith("Peta: ")


def test_the_recovery_says_how_long_it_lasted() -> None:
    assert SPEAKERS["id"].say(SCENES["the switch is back"]).title == (
        "🟢 Pulih: SW-BALAIKOTA (Balai Kota) dan 40 perangkat lain, setelah mati 2 jam 5 menit"
    )


def test_the_page_shows_the_messages_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.alert_words page"
