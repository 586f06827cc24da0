"""`pantau register …`: what lists say against what the network says."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.commands.options import config_option, who
from api.commands.output import fail, problems_told, say, say_json, say_table
from api.register import views
from api.register.service import Decision, DecisionRefusedError, Register
from collector.clock import SystemClock
from collector.config import load_config
from collector.model import Field
from collector.model.findings import Action, FindingKind, FindingState
from collector.register.scores import Share
from collector.store import Store
from collector.store.register.reconciliation import FindingFilter, FindingRow

_MOST = 10_000


@click.group()
def register() -> None:
    """What lists say, held against each other and against the network."""


@register.command()
@click.option("--json", "as_json", is_flag=True)
@config_option
def reconcile(config: Path | None, *, as_json: bool) -> None:
    """Hold all lists against each other and the network now."""
    with problems_told(), _opened(config) as (store, kept):
        gc.disable()  # a process of its own, of some seconds: a third of them would go there
        made = kept.reconcile()
        counts = store.reconciliation.counts()
    if as_json:
        say_json(views.summary_view(counts, made))
        return
    say(f"{made.rows} rows and {made.devices} devices: {made.found} findings.")
    for it in counts:
        say(f"  {it.kind.value:11} {it.state.value:8} {it.count}")


@register.command()
@click.option("--kind", type=click.Choice([kind.value for kind in FindingKind]))
@click.option(
    "--state",
    type=click.Choice([state.value for state in FindingState]),
    help="Default: what is to be decided.",
)
@click.option("--source", help="Id of a list.")
@click.option("--device", help="Id of a device.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, _MOST))
@click.option("--json", "as_json", is_flag=True)
@config_option
def findings(
    kind: str | None,
    state: str | None,
    source: str | None,
    device: str | None,
    limit: int,
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """List what lists and the network contradict each other in, the surest first."""
    wanted = FindingFilter(
        None if kind is None else FindingKind(kind),
        None if state is None else FindingState(state),
        source,
        device,
    )
    with problems_told(), _opened(config) as (store, _):
        rows = store.reconciliation.page(wanted, limit=limit).items
    if as_json:
        say_json([views.finding_view(row) for row in rows])
        return
    if not rows:
        say("Nothing is found.")
        return
    table = [("ID", "KIND", "STATE", "WEIGHT", "ABOUT", "PROPOSED")]
    say_table([*table, *(_line(row) for row in rows)])


@register.command()
@click.argument("finding_id")
@click.argument("action", type=click.Choice([action.value for action in Action]))
@click.option("--reason", required=True, help="Why, for those who ask later.")
@click.option("--device", help="Id of the device. Default: that of the best list's row.")
@click.option("--value", "values", multiple=True, metavar="FIELD=VALUE", help="For `use`.")
@config_option
def decide(
    finding_id: str,
    action: str,
    reason: str,
    device: str | None,
    values: tuple[str, ...],
    config: Path | None,
) -> None:
    """Decide FINDING_ID (see the list) by ACTION. The last decision is in force."""
    said = dict(_pair(it) for it in values) or None
    with problems_told(), _opened(config) as (store, kept):
        row = store.reconciliation.one(finding_id)
        if row is None:
            fail(f"there is no finding {finding_id!r}; see `pantau register findings`")
        wanted = Decision(Action(action), reason, row.finding.digest, device, said)
        try:
            kept.decide(finding_id, wanted, author=who())
        except DecisionRefusedError as error:
            fail(f"nothing was decided: {error}")
    say(f"{finding_id} is decided: {action}.")


@register.command()
@click.argument("device_id")
@click.option("--json", "as_json", is_flag=True)
@config_option
def show(device_id: str, config: Path | None, *, as_json: bool) -> None:
    """Show where each field of DEVICE_ID comes from, and what others say."""
    with problems_told(), _opened(config) as (_, kept):
        found = kept.provenance(device_id)
        if found is None:
            fail(f"there is no device {device_id!r}")
        shown = views.provenance_view(found)
    if as_json:
        say_json(shown)
        return
    table = [("FIELD", "IN FORCE", "FROM", "SINCE (UTC)", "OTHERS SAY")]
    for of, said in found.entry.values.items():
        others = [
            f"{row.values[of]} ({row.source})"
            for row in found.entry.rows
            if of in row.values and row.values[of] != said.value
        ]
        since = f"{said.seen_at:%Y-%m-%d %H:%M}"
        table.append((of.value, said.value, said.source or "decided", since, "; ".join(others)))
    say_table(table)
    for it in found.identities:
        say(f"the device says: {it.key} {it.value}, last {it.last_seen_at:%Y-%m-%d %H:%M} UTC")
    for row in found.findings:
        say(f"{row.state.value}: {row.finding.kind.value} {row.finding.id}")


@register.command()
@click.option("--json", "as_json", is_flag=True)
@config_option
def score(config: Path | None, *, as_json: bool) -> None:
    """Show how good each list is: complete, valid, agreed, seen alive."""
    with problems_told(), _opened(config) as (_, kept):
        scores = kept.scores()
    if as_json:
        say_json([views.score_view(it) for it in scores])
        return
    lines: list[tuple[str, ...]] = [
        ("LIST", "ROWS", "COMPLETE", "VALID", "AGREED", "ALIVE", "SIGNED")
    ]
    for it in scores:
        made = it.score
        shares = [_share(of) for of in (made.complete, made.valid, made.agreed, made.alive)]
        signed = "no"
        if it.signed is not None:
            signed = it.signed.signature.signed_on + (" (stale)" if it.signed.stale else "")
        lines.append((it.source.id, str(made.rows), *shares, signed))
    say_table(lines)


@register.command()
@click.argument("source_id")
@click.option("--office", required=True, help="Name of the office that signs.")
@click.option("--date", "signed_on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--note", default="", help="Number of the letter, if any.")
@config_option
def sign(source_id: str, office: str, signed_on: object, note: str, config: Path | None) -> None:
    """Note that an agency signs the rows of SOURCE_ID as they are now."""
    with problems_told(), _opened(config) as (_, kept):
        try:
            signed = kept.sign(
                source_id, office=office, signed_on=str(signed_on)[:10], note=note, author=who()
            )
        except DecisionRefusedError as error:
            fail(f"nothing was signed: {error}")
        if signed is None:
            fail(f"there is no list {source_id!r}; see `pantau register score`")
    say(f"{signed.signature.rows} rows of {source_id} are signed by {signed.signature.office}.")


@contextmanager
def _opened(config: Path | None) -> Iterator[tuple[Store, Register]]:
    settings = load_config(config, os.environ)
    with Store.open(settings.store_path) as store:
        yield store, Register(store, SystemClock())


def _pair(text: str) -> tuple[Field, str]:
    name, mark, value = text.partition("=")
    try:
        field = Field(name)
    except ValueError:
        field = None
    if not mark or field is None:
        fields = ", ".join(Field)
        raise click.BadParameter(f"{text!r} is not FIELD=VALUE; fields are {fields}")
    return field, value.strip()


def _line(row: FindingRow) -> tuple[str, ...]:
    found = row.finding
    about = [f"{ref.source}:{ref.key}" for ref in found.rows] or [
        *found.devices,
        *filter(None, [found.heard]),
    ]
    kind = found.kind.value if found.field is None else f"{found.kind.value} ({found.field.value})"
    values = ", ".join(f"{of.value}={value}" for of, value in found.proposal.values.items())
    proposed = f"{found.proposal.action.value} {values}".strip()
    shown = ", ".join(about[:3]) + (" …" if len(about) > 3 else "")
    return found.id, kind, row.state.value, f"{found.weight:.2f}", shown, proposed


def _share(share: Share) -> str:
    percent = "—" if share.percent is None else f"{share.percent:.1f}%"
    return f"{percent} ({share.count}/{share.of})"
