"""The store as others see it: every method is one transaction, every failure a StoreError."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from collector.contract import Rules
from collector.model import (
    Area,
    Check,
    CheckState,
    DeviceState,
    Heartbeat,
    Owner,
    Site,
    State,
    Transition,
)
from collector.moments import to_micros
from collector.store import (
    checking,
    heartbeats,
    intervals,
    ledger,
    outages,
    spans,
    states,
)
from collector.store import devices as device_rows
from collector.store import inventory as inventory_rows
from collector.store import transitions as transition_log
from collector.store.access import Tokens
from collector.store.alerts.desk import Alerts
from collector.store.area_codes import AreaCodes
from collector.store.audit import Audit
from collector.store.checking import StoreFinding
from collector.store.incidents.desk import Incidents
from collector.store.joining import Question
from collector.store.lately import Lately
from collector.store.maintenance import MaintenanceWindows
from collector.store.outage_list import Outages
from collector.store.outbox import Outbox
from collector.store.past import Past
from collector.store.quarantine import QuarantineList
from collector.store.register.lists import Lists
from collector.store.register.reconciliation import Reconciliation
from collector.store.rows import (
    AreaFreshness,
    CheckRow,
    CountRow,
    DeviceFacts,
    DeviceRow,
    InventoryChange,
    LoadedStates,
    Page,
    RuleCount,
    WallRow,
)
from collector.store.silences import Silences
from collector.store.tallies import Ledger
from collector.store.transactions import Database
from collector.uptime import OutageSpan, StateInterval, Window


class Store:
    """Inventory, states, transitions, heartbeats and tokens of one installation.

    Safe for several threads and several processes. Every method may raise StoreError; then nothing
    was written and, unless the error is `permanent`, the same call may work later.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.maintenance = MaintenanceWindows(database)
        self.tokens = Tokens(database)
        self.outages = Outages(database)
        self.incidents = Incidents(database)
        self.ledger = Ledger(database)
        self.quarantine = QuarantineList(database)
        self.alerts = Alerts(database, self.facts)
        self.outbox = Outbox(database)
        self.silences = Silences(database)
        self.audit = Audit(database)
        self.area_codes = AreaCodes(database)
        self.lists = Lists(database)
        self.lately = Lately(database)
        self.reconciliation = Reconciliation(database)
        self._facts: tuple[int, list[DeviceFacts]] | None = None
        self._periods: tuple[int, dict[str, float]] | None = None
        self._saved = states.Saved()

    @classmethod
    def open(cls, path_or_url: str | Path, *, read_only: bool = False) -> Self:
        """Open a store by the path of its SQLite file or by a database URL.

        Makes it and upgrades its schema unless `read_only`; then it must exist already.
        """
        store = cls(Database(path_or_url, read_only=read_only))
        try:
            store._make_what_follows_from_the_log()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close all connections. Safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # --- writing --------------------------------------------------------------------------

    def apply_inventory(
        self, inventory: inventory_rows.InventoryLike, now: datetime
    ) -> InventoryChange:
        """Make the store say what the inventory says; return what that did to devices.

        Doing it again changes nothing. Devices no longer listed are retired and keep their history.
        """
        self._saved.forget()  # what is retired is not to be remembered for ever
        with self._database.write() as connection:
            return inventory_rows.apply(connection, inventory, now)

    def apply_checks(self, checks: Sequence[Check], now: datetime) -> InventoryChange:
        """Make the store list the plan's checks; return what changed. Their devices come first."""
        with self._database.write() as connection:
            return inventory_rows.apply_checks(connection, checks, now)

    def commit(
        self,
        devices: Sequence[DeviceState],
        checks: Sequence[CheckState],
        transitions: Sequence[Transition],
    ) -> list[Transition]:
        """Write states and the transitions that led to them; return the transitions with ids.

        What follows from them is written with them: outages and incidents. Ids grow in the given
        order. A `permanent` error names what was never applied or a transition that was confirmed
        before it began.
        """
        with self._writing_states() as connection:
            self._saved.save(connection, devices, checks)
            stored = transition_log.append(connection, transitions)
            outages.record(connection, stored)
            return stored

    def beat(
        self,
        heartbeat: Heartbeat,
        checks: Sequence[CheckState],
        devices: Sequence[DeviceState],
    ) -> str | None:
        """Write a sign of life, with the states that moved since without a transition.

        Return which run gave the sign of life before it under the same name, None for none: if
        that was neither this run nor one before it, two collectors have one name.
        """
        with self._writing_states() as connection:
            before = heartbeats.run_of(connection, heartbeat.collector_id)
            if before != heartbeat.run_id:
                self._saved.forget()  # another run may have written states meanwhile
            heartbeats.save(connection, heartbeat)
            self._saved.save(connection, devices, checks)
            return before

    # --- looking after itself -------------------------------------------------------------

    def check(
        self, rules: Sequence[Rules], *, zone: str, now: datetime, every: bool = False
    ) -> list[StoreFinding]:
        """Hold the store against itself; return what does not agree (none: all is well).

        `rules` are those whose kept sums are reckoned again, of a sample of devices or of all
        (`every`); `zone` is that of areas without one. See `collector.store.checking`.
        """
        with self._database.read() as connection:
            return list(checking.check(connection, rules, zone, now, every=every))

    def forget_sums(self) -> int:
        """Forget every kept sum of uptime, to be made anew; return how many there were."""
        with self._database.write() as connection:
            return checking.forget_sums(connection)

    # --- reading --------------------------------------------------------------------------

    def load_states(self) -> LoadedStates:
        """Return every state of what is watched: where a collector takes up its work again."""
        with self._database.read() as connection:
            return states.load(connection)

    def collectors(self) -> list[Heartbeat]:
        """Return the last sign of life of every collector, by id."""
        with self._database.read() as connection:
            return heartbeats.every(connection)

    def areas(self) -> list[Area]:
        """Return the areas in use, by code."""
        with self._database.read() as connection:
            return inventory_rows.every_area(connection)

    def sites(self) -> list[Site]:
        """Return the sites in use, by id."""
        with self._database.read() as connection:
            return inventory_rows.every_site(connection)

    def owners(self) -> list[Owner]:
        """Return the owners in use, by id."""
        with self._database.read() as connection:
            return inventory_rows.every_owner(connection)

    def devices(
        self,
        *,
        kind: str | None = None,
        state: State | str | None = None,
        site: str | None = None,
        area: str | None = None,
        owner: str | None = None,
        query: str | None = None,
        limit: int = 500,
        after: str | None = None,
    ) -> Page[DeviceRow]:
        """Return devices in use by id, narrowed by what is given.

        `area` takes its sub-areas in; `query` is a part of an id, a name or an address, in any
        case. `after` is the `next` of the page before.
        """
        wanted = device_rows.DeviceFilter(kind, state, site, area, owner, query)
        with self._database.read() as connection:
            return device_rows.page(connection, wanted, limit=limit, after=after)

    def for_walls(self) -> list[WallRow]:
        """Return every device in use as walls show it, by id."""
        with self._database.read() as connection:
            return device_rows.for_walls(connection)

    def device(self, device_id: str) -> DeviceRow | None:
        """Return one device, also a retired one; None when it was never applied."""
        with self._database.read() as connection:
            return device_rows.one(connection, device_id)

    def facts(self) -> list[DeviceFacts]:
        """Return the facts of every device there ever was, retired ones too, by id.

        Kept in memory until the inventory changes, in whichever process.
        """
        with self._database.read() as connection:
            mark = ledger.touches(connection, until=0)
            known = self._facts
            if known is None or known[0] != mark:
                known = self._facts = (mark, device_rows.facts(connection))
        return list(known[1])

    def inventory_mark(self) -> tuple[int, tuple[Owner, ...]]:
        """Return a value that differs after devices, places, areas or owners were changed."""
        with self._database.read() as connection:
            owners = inventory_rows.every_owner(connection)
            return ledger.touches(connection, until=0), tuple(owners)

    def checks(self, device_id: str) -> list[CheckRow]:
        """Return a device's checks in use, by id, with what is believed of them."""
        with self._database.read() as connection:
            return device_rows.checks_of(connection, device_id)

    def rules(self) -> list[RuleCount]:
        """Return how many checks in use there are by probe, role and rule."""
        with self._database.read() as connection:
            return device_rows.rules(connection)

    def counts(self) -> list[CountRow]:
        """Return how many devices in use there are by kind, area and state."""
        with self._database.read() as connection:
            return device_rows.counts(connection)

    def freshness(self) -> list[AreaFreshness]:
        """Return how new the newest result of every area with checks is, by code.

        How often one should come is kept in memory until the plan changes, in whichever process.
        """
        with self._database.read() as connection:
            mark = ledger.touches(connection, until=0)
            known = self._periods
            if known is None or known[0] != mark:
                known = self._periods = (mark, device_rows.periods(connection))
            return device_rows.freshness(connection, known[1])

    def transitions(
        self,
        device_id: str | None = None,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 500,
        after: str | None = None,
    ) -> Page[Transition]:
        """Return transitions with start <= at < end, newest first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        before = None if after is None else int(after)
        with self._database.read() as connection:
            return transition_log.page(
                connection, device_id, start=start, end=end, limit=limit, before=before
            )

    def transitions_after(self, transition_id: int, limit: int) -> list[Transition]:
        """Return up to `limit` transitions with greater ids, oldest first: the log to follow."""
        with self._database.read() as connection:
            return transition_log.after(connection, transition_id, limit)

    def last_transition_id(self) -> int:
        """Return the greatest id given so far, 0 for none."""
        with self._database.read() as connection:
            return transition_log.last_id(connection)

    def data_version(self) -> int:
        """Return a number that changes whenever any process has committed.

        Compare it only with earlier answers of this same Store. Costs microseconds on SQLite;
        elsewhere it is the last transition's id, which heartbeats do not move.
        """
        return self._database.version()

    def glance(self) -> object:
        """Return a value that mostly differs after a commit, None where only `data_version` knows.

        Never blocks: what an event loop may look at ten times a second. A commit right after
        another may not show: ask for the version now and then all the same.
        """
        return self._database.glance()

    def state_intervals(
        self,
        start: datetime,
        end: datetime,
        device_ids: Collection[str] | None = None,
        *,
        known_until: intervals.KnownUntil = None,
    ) -> Iterator[StateInterval]:
        """Yield who was in which state from when to when, covering start <= t < end per device.

        Sorted by device and time. Unknown: before a device's first transition, and after
        `known_until` (one moment, or one for each device id: normally the last heartbeat). A
        device's time begins when it was created and ends when it was retired. Reads on while it
        is consumed.
        """
        with self._database.read() as connection:
            yield from intervals.state_intervals(connection, start, end, device_ids, known_until)

    def outage_spans(
        self, start: datetime, end: datetime, device_ids: Collection[str] | None = None
    ) -> list[OutageSpan]:
        """Return the outages that touch start <= t < end, with who answers for them.

        By device id; whole, not cut to the window.
        """
        with self._database.read() as connection:
            return spans.outage_spans(connection, to_micros(start), to_micros(end), device_ids)

    @contextmanager
    def past(
        self,
        window: Window,
        *,
        zone: str,
        now: datetime,
        known_until: datetime,
        device_ids: Collection[str] | None = None,
    ) -> Iterator[Past]:
        """Give the past of a window, of these devices or all, as it is at one moment.

        Arguments as of `Ledger.tallies`. Other processes go on writing meanwhile.
        """
        chosen = None if device_ids is None else frozenset(device_ids)
        known = min(to_micros(now), to_micros(known_until))
        asked = Question(window, Rules(), zone, to_micros(now), known, chosen)
        with self._database.read() as connection:
            yield Past(connection, asked)

    @contextmanager
    def _writing_states(self) -> Iterator[Connection]:
        """Give a transaction that writes states; what it wrote is known only once committed."""
        try:
            with self._database.write() as connection:
                yield connection
        except BaseException:
            self._saved.forget()
            raise

    def _make_what_follows_from_the_log(self) -> None:
        if not self._database.read_only:
            with self._database.write() as connection:
                outages.fill(connection)
