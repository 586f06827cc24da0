"""A case as a page: few words, one button, no script. Pure."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from api.acting.cases import Case, Standing
from api.acting.words import said
from api.bare import style
from collector.model import State
from collector.notify.acting import LINKS_LAST
from collector.notify.words.links import Action
from collector.notify.words.sayings import Sayings
from collector.notify.words.speaker import Speaker

_HERE = files("api.acting")
_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    (_HERE / "page.html.j2").read_text(encoding="utf-8")
)
STYLE = style("api.acting")
_DESK = "/meja/insiden"
_TONES = {Standing.OPEN: "", Standing.RECOVERED: ""}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows, in words."""

    title: str
    tone: str = ""  # "done", "refused"
    lines: tuple[str, ...] = ()
    headline: str = ""  # of the message
    rows: tuple[tuple[str, str], ...] = ()
    button: str = ""
    note: str = ""
    desk: str = _DESK
    desk_words: str = ""

    def html(self, language: str) -> bytes:
        """Return the page. What names of devices hold is escaped."""
        return _PAGE.render(page=self, language=language).encode()


def problem(key: str, language: str, **values: object) -> Page:
    """Return the page of a link that leads nowhere, or of a store that cannot be read."""
    if key == "expired":
        values["hours"] = int(LINKS_LAST.total_seconds()) // 3_600
    return Page(
        title=said(key, language),
        tone="refused",
        lines=(said(f"{key}_more", language, **values),),
        desk_words=said("desk", language),
    )


def case_page(case: Case, speaker: Speaker, *, done: bool) -> Page:
    """Return the page of a case. `done`: the link was used by this very request."""
    return _Telling(case, speaker).page(done=done)


@dataclass(frozen=True, slots=True)
class _Telling:
    case: Case
    speaker: Speaker

    @property
    def says(self) -> Sayings:
        return Sayings.of(self.speaker.language)

    def page(self, *, done: bool) -> Page:
        case = self.case
        asks = case.standing is Standing.OPEN and not done
        title, lines = self._asking() if asks else self._answering(done=done)
        return Page(
            title=title,
            tone="done" if done else _TONES.get(case.standing, "refused"),
            lines=lines,
            headline=self._headline(),
            rows=self._rows(),
            button=self._button() if asks else "",
            note=self._say("works_until", until=self._at(case.permission.expires_at))
            if asks
            else "",
            desk=self._desk(),
            desk_words=self._say("desk"),
        )

    def _asking(self) -> tuple[str, tuple[str, ...]]:
        case, who = self.case, self.case.permission.receiver
        if case.lasts is None:
            lines = [self._say("after_take", who=who)]
            title = self._say("ask_take", incident=case.incident)
        else:
            until = self._at(case.now + case.lasts)
            devices = self.says.amount(len(case.devices))
            lines = [self._say("after_silence", who=who, until=until, devices=devices)]
            title = self._say("ask_silence", lasts=self.says.duration(case.lasts))
        if case.merged is not None:
            lines.insert(0, self._say("merged", merged=case.merged, incident=case.incident))
        return title, tuple(lines)

    def _answering(self, *, done: bool) -> tuple[str, tuple[str, ...]]:
        case, who = self.case, self.case.permission.receiver
        if done and case.lasts is None:
            values = {"who": who, "incident": case.incident}
            return self._both("done_take", **values)
        if done and case.lasts is not None:
            until = self._at(case.now + case.lasts)
            devices = self.says.amount(len(case.devices))
            return self._both("done_silence", who=who, until=until, devices=devices)
        if case.standing is Standing.USED and case.used is not None:
            return self._both("used", who=case.used.by, at=self._at(case.used.at))
        if case.standing is Standing.TAKEN and case.holder is not None:
            return self._both("taken", who=case.holder.name, since=self._at(case.holder.since_at))
        if case.standing is Standing.RECOVERED and case.recovered_at is not None:
            return self._both("recovered", at=self._at(case.recovered_at))
        return self._both("replaced")

    def _headline(self) -> str:
        """Return the message's first line without its mark, which is for chats."""
        if self.case.facts is None:
            return ""
        title = self.speaker.title(self.case.facts)
        mark, _, rest = title.partition(" ")
        return title if mark.isalnum() else rest

    def _rows(self) -> tuple[tuple[str, str], ...]:
        case = self.case
        rows = [("since", f"{self._at(case.began_at)} ({self._lasted()})"), ("now", self._now())]
        if case.facts is not None and case.facts.site:
            rows.insert(0, ("place", case.facts.site))
        if case.incident is not None:
            rows.append(("handled", self._handled()))
        if case.silence is not None:
            until, who = self._at(case.silence.ends_at), case.silence.author
            rows.append(("muted", self._say("muted_until", until=until, who=who)))
        return tuple((self._say(name), value) for name, value in rows)

    def _now(self) -> str:
        case = self.case
        if case.recovered_at is not None:
            return self._say("recovered_at", at=self._at(case.recovered_at))
        if case.blind:
            return self._say("blind")
        if case.state is not None:
            return self.says.word(case.state, "state")
        counted = ((case.down, State.DOWN), (case.unreachable, State.UNREACHABLE))
        parts = [
            f"{self.says.number(count)} {self.says.word(state, 'state')}"
            for count, state in counted
            if count
        ]
        return ", ".join(parts) or self._say("well")

    def _handled(self) -> str:
        holder = self.case.holder
        if holder is None:
            return self._say("nobody")
        return self._say("holder", who=holder.name, since=self._at(holder.since_at))

    def _button(self) -> str:
        if self.case.action is Action.ACKNOWLEDGE or self.case.lasts is None:
            return self._say("take")
        return self._say("silence", lasts=self.says.duration(self.case.lasts))

    def _desk(self) -> str:
        if self.case.incident is not None:
            return f"{_DESK}/{self.case.incident}"
        if self.case.devices:
            return f"/meja/perangkat/{quote(self.case.devices[0], safe='')}"
        return _DESK

    def _lasted(self) -> str:
        until = self.case.recovered_at or self.case.now
        return self.says.duration(until - self.case.began_at)

    def _at(self, moment: datetime) -> str:
        return self.says.moment(moment, self.case.zone, self.case.now)

    def _both(self, key: str, **values: object) -> tuple[str, tuple[str, ...]]:
        return self._say(key, **values), (self._say(f"{key}_more", **values),)

    def _say(self, key: str, **values: object) -> str:
        return said(key, self.speaker.language, **values)
