"""The public page from what is known: a table a service, no script. Pure."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from api.bare import style
from api.deps import Parts
from api.kept import Kept
from api.public.groups import FEWEST, REST, Level, Service
from api.public.making import KEPT_SECONDS, Announced, City, Line, Making, Share
from api.public.words import said
from collector.notify.words.sayings import Sayings

LANGUAGES = ("id", "en")
_HERE = files("api.public")
_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    (_HERE / "page.html.j2").read_text(encoding="utf-8")
)
STYLE = style("api.public")
_DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, in words."""

    place: str
    level: Level
    state: str
    today: str
    today_seen: str  # what was not seen; empty: everything was
    month: str
    month_seen: str


@dataclass(frozen=True, slots=True)
class Table:
    """A service."""

    name: str
    whole: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned work, in words."""

    what: str
    when: str


def page_of(city: City, language: str) -> bytes:
    """Return the page in a language."""
    return _Telling(city, language).html()


def kept_pages(parts: Parts) -> Kept[dict[str, bytes]]:
    """Return the page in every language, as everybody shares it."""
    making = Making(parts)

    def make() -> dict[str, bytes]:
        city = making.make()
        return {language: page_of(city, language) for language in LANGUAGES}

    return Kept(make, KEPT_SECONDS, parts.clock)


@dataclass(frozen=True, slots=True)
class _Telling:
    city: City
    language: str

    def html(self) -> bytes:
        verdict, more, tone = self._verdict()
        (other,) = (one for one in LANGUAGES if one != self.language)
        return _PAGE.render(
            language=self.language,
            other=other,
            say=self._say,
            verdict=verdict,
            more=more,
            tone=tone,
            tables=self._tables(),
            planned=[self._planned(one) for one in self.city.announced],
            updated=self._say(
                "updated", at=Sayings.of(self.language).moment(self.city.at, self.city.zone)
            ),
            rule=self._say("rule", fewest=FEWEST),
        ).encode()

    def _verdict(self) -> tuple[str, str, str]:
        city = self.city
        if city.blind:
            if city.known_until is None:
                return self._say("blind"), self._say("blind_never"), Level.UNKNOWN
            since = self._at(city.known_until)
            return self._say("blind"), self._say("blind_more", since=since), Level.UNKNOWN
        if not city.whole:
            return self._say("nothing"), "", Level.UNKNOWN
        levels = {line.level for line in city.lines}
        if levels <= {Level.NORMAL}:
            return self._say("all_normal"), "", Level.NORMAL
        if levels <= {Level.NORMAL, Level.MAINTENANCE}:
            return self._say("all_planned"), "", Level.MAINTENANCE
        if levels <= {Level.NORMAL, Level.MAINTENANCE, Level.UNKNOWN}:
            return self._say("unknown"), "", Level.UNKNOWN
        return self._say("some"), "", Level.PARTLY

    def _tables(self) -> list[Table]:
        return [
            Table(
                self._say(service),
                self._row(line, self._say("whole")),
                self._districts(service),
            )
            for service in Service
            if (line := self.city.whole.get(service)) is not None
        ]

    def _districts(self, service: Service) -> tuple[Row, ...]:
        """Return a row a district; where there are only the rest, the whole city says it all."""
        own = [one for one in self.city.lines if one.group[0] is service]
        if [one.group[1] for one in own] == [REST]:
            return ()
        return tuple(self._row(one, self._place(one.group[1])) for one in own)

    def _row(self, line: Line, place: str) -> Row:
        return Row(
            place,
            line.level,
            self._say(line.level),
            self._percent(line.today),
            self._seen(line.today),
            self._percent(line.month),
            self._seen(line.month),
        )

    def _place(self, code: str) -> str:
        return self._say("rest") if code == REST else self.city.names.get(code, code)

    def _percent(self, share: Share) -> str:
        return _DASH if share.percent is None else self._number(share.percent)

    def _seen(self, share: Share) -> str:
        if share.coverage_percent >= 100:
            return ""
        return self._say("coverage", percent=self._number(share.coverage_percent))

    def _number(self, percent: float) -> str:
        """Return `99,5%`: one decimal, rounded down."""
        tenths = int(percent * 10 + 1e-6)
        point = "," if self.language == "id" else "."
        return f"{tenths // 10}{point}{tenths % 10}%"

    def _planned(self, one: Announced) -> Planned:
        service, code = one.group
        what = f"{self._say(service)}, {self._place(code)}"
        if one.starts_at <= self.city.at:
            return Planned(what, self._say("planned_on", until=self._at(one.ends_at)))
        return Planned(what, f"{self._at(one.starts_at)} {_DASH} {self._at(one.ends_at)}")

    def _at(self, moment: datetime) -> str:
        return Sayings.of(self.language).moment(moment, self.city.zone, self.city.at)

    def _say(self, key: str, **values: object) -> str:
        return said(key, self.language, **values)
