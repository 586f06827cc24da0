"""Which devices somebody means, as typed: `cam-1`, `site:losari-01`, `area:73.71`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from collector.maintenance import WindowFault
from collector.model import Scope

KINDS = ("device", "site", "area", "tag", "owner", "kind")


@dataclass(frozen=True, slots=True)
class Meant:
    """What was named. Owners and kinds narrow; without a scope they are all of these."""

    scope: Scope
    owners: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def meant(words: Sequence[str], *, narrowing: bool) -> Meant:
    """Return what words mean; `narrowing`: owners and kinds may be named. Raises UsageError."""
    named: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    allowed = KINDS if narrowing else KINDS[:4]
    for word in words:
        kind, colon, name = word.partition(":")
        if not colon:
            kind, name = "device", word
        if kind not in allowed or not name:
            forms = ", ".join(f"{one}:…" for one in allowed)
            raise click.UsageError(
                f"{word!r} names nothing; write a device's id, or one of {forms}"
            )
        named[kind][name] = None
    found = {kind: tuple(names) for kind, names in named.items()}
    scope = Scope(found["device"], found["site"], found["area"], found["tag"])
    return Meant(scope, found["owner"], found["kind"])


def text_of(scope: Scope, owners: Iterable[str] = (), kinds: Iterable[str] = ()) -> str:
    """Return a scope as it is typed."""
    return " ".join(
        [
            *scope.devices,
            *(f"site:{one}" for one in scope.sites),
            *(f"area:{one}" for one in scope.areas),
            *(f"tag:{one}" for one in scope.tags),
            *(f"owner:{one}" for one in owners),
            *(f"kind:{one}" for one in kinds),
        ]
    )


def refused(faults: Iterable[WindowFault], options: dict[str, str]) -> click.UsageError:
    """Return what is wrong, each with the option that mends it."""
    lines = []
    for fault in faults:
        field = fault.field.removeprefix("scope.")
        said = _said(field, fault.message, options)
        lines.append(f"{options.get(field, 'SCOPE')}: {said}")
    return click.UsageError("; ".join(lines))


def _said(field: str, message: str, options: dict[str, str]) -> str:
    """Return a fault's words with options for fields; those of the end begin with what it is."""
    for name in ("starts_at", "ends_at"):
        message = message.replace(name, options.get(name, name))
    return f"the end {message}" if field == "ends_at" else message
