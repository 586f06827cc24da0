"""Makes words of facts: title, text and html in one language, by sandboxed templates.

`title.j2` is one line, enough to act on; `text.j2` says the rest in lines, the most important
first, links last. The same text with escaped names and links is the html. Templates have a variable
`facts` (`collector.notify.words.facts.Facts`) and the filters of `Sayings`; an undefined name is
an error. Values are never templates, and nothing marks them as safe.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import cast

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from collector.model.alerts import Purpose
from collector.notify.words.catalogue import DEFAULT, LANGUAGES
from collector.notify.words.facts import Facts
from collector.notify.words.lengths import fit
from collector.notify.words.sayings import Sayings

log = logging.getLogger(__name__)

LONGEST_TITLE = 240
_FAILURES = (TemplateError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words. `html` says the same as `text`: line ends, `<a>`, nothing else."""

    title: str
    text: str
    html: str | None  # None: not wanted, or not even its first line is short enough
    link: str | None


class Speaker:
    """Says facts in one language. Cheap to keep, costly to make: templates are compiled once."""

    def __init__(self, language: str = DEFAULT) -> None:
        """Speak a language; one that is not in the catalogue is Indonesian."""
        self.language = language if language in LANGUAGES else DEFAULT
        self._plain = _environment(self.language, html=False)
        self._html = _environment(self.language, html=True)

    def title(self, facts: Facts) -> str:
        """Return the first line alone: a list of messages needs no more. Never raises, as `say`."""
        try:
            return fit(self._title(facts), LONGEST_TITLE)
        except _FAILURES:
            log.exception("words for a message of purpose %s failed", facts.purpose)
            return fit(_bare(facts), LONGEST_TITLE)

    def say(
        self,
        facts: Facts,
        *,
        longest: int | None = None,
        size: Callable[[str], int] = len,
        maybe_twice: bool = False,
        html: bool = True,
    ) -> Said:
        """Return words that fit into `longest` together: a title, a line end and the text.

        Without `html` that is not made. `size` measures as the channel does (`lengths.in_bytes`).
        Never raises for facts from the store: should a template fail on them, a short sentence of
        the bare facts is said instead.
        """
        try:
            title = self._title(facts)
            values = {"facts": facts, "maybe_twice": maybe_twice}
            text = self._plain.get_template("text.j2").render(values).strip()
            marked = self._html.get_template("text.j2").render(values).strip() if html else ""
        except _FAILURES:
            log.exception("words for a message of purpose %s failed", facts.purpose)
            title, text = _bare(facts), facts.desk_link
            marked = str(escape(text))
        title = fit(title, LONGEST_TITLE)
        links = sum(1 for one in (facts.desk_link, facts.map_link) if one)
        if longest is not None:
            title = fit(title, longest, size=size)
        return Said(
            title=title,
            text=self._fitted(text, _rest(longest, title, size), links, size),
            html=self._fitted_html(marked, _rest(longest, f"<b>{escape(title)}</b>", size), links,
                                   size) if html else None,
            link=facts.desk_link or None,
        )  # fmt: skip

    def _title(self, facts: Facts) -> str:
        return " ".join(self._plain.get_template("title.j2").render(facts=facts).split())

    def _fitted(
        self, text: str, longest: int | None, links: int, size: Callable[[str], int]
    ) -> str:
        if longest is not None and longest <= 0:
            return ""
        return fit(text, longest, keep=links, language=self.language, size=size)

    def _fitted_html(
        self, html: str, longest: int | None, links: int, size: Callable[[str], int]
    ) -> str | None:
        """Return whole lines only: within one, a tag or an escaped letter could be cut."""
        fitted = self._fitted(html, longest, links, size)
        whole = html.split("\n", 1)[0] == fitted.split("\n", 1)[0]
        return fitted if whole else None


def _rest(longest: int | None, title: str, size: Callable[[str], int]) -> int | None:
    return None if longest is None else longest - size(title) - 1


def _bare(facts: Facts) -> str:
    names = facts.name or ", ".join(one.name for one in facts.devices[:3])
    state = "OK" if facts.purpose is Purpose.RECOVERED else str(facts.state or facts.about)
    return f"Pantau: {names or facts.about} {state} ({facts.purpose})"


def _source(language: str) -> Callable[[str], str | None]:
    folder = files("collector.notify.words") / language

    def load(name: str) -> str | None:
        if name not in {"title.j2", "text.j2", "parts.j2"}:
            return None
        return (folder / name).read_text(encoding="utf-8")

    return load


def _environment(language: str, *, html: bool) -> ImmutableSandboxedEnvironment:
    says = Sayings.of(language)
    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_source(language)),
        undefined=StrictUndefined,
        autoescape=html,
    )
    del made.filters["safe"]

    @pass_context
    def moment(context: Context, at: datetime) -> str:
        facts = cast("Facts", context["facts"])
        return says.moment(at, facts.zone, facts.at)

    @pass_context
    def clock(context: Context, at: datetime) -> str:
        facts = cast("Facts", context["facts"])
        return says.clock(at, facts.zone, facts.at)

    made.filters.update(
        moment=moment,
        clock=clock,
        duration=says.duration,
        number=says.number,
        amount=says.amount,
        amount_more=says.amount_more,
        amounts=says.amounts,
        detail=says.detail,
        word=says.word,
        kind=says.kind,
        called=says.called,
        listed=says.listed,
        first_big=lambda text: text[:1].upper() + text[1:],
        link=_link_html if html else _link,
    )
    return made


def _link(address: str, words: str) -> str:
    return f"{words}: {address}"


def _link_html(address: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words)
