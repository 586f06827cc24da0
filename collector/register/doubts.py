"""Which device a row is about; where that is not sure, a person says so.

    the key is known from before                              ─► the same device
    the list gives Pantau's id                                ─► that device
    a gone row has its serial, MAC, address, or name and site ─► renamed?
    another device has its serial, MAC, address, or id        ─► the same as that one?
    the key was there once                                    ─► the device of then
    else                                                      ─► a new device

Names alone never make two devices one, and a proposal is never taken for an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.inventory import Inventory
from collector.model import Field, SourceRow
from collector.register.names import free_id, id_of
from collector.register.remarks import Code, Remark, shown
from collector.register.said import Said

_STRONG = (Field.SERIAL, Field.MAC, Field.ADDRESS)
_ALL = "*"


class Verb(StrEnum):
    """What can be said of a row in doubt."""

    SAME = "same"  # as a device that is there
    NEW = "new"
    LEAVE_OUT = "leave_out"
    RETIRE = "retire"  # of the rows that are gone


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said: `new`, `leave_out`, `same:DEVICE`, or `same` for the only candidate."""

    verb: Verb
    device_id: str | None = None

    @classmethod
    def read(cls, text: str) -> "Answer | None":
        """Return an answer from its text; None for a text that is none."""
        word, _, device_id = text.partition(":")
        try:
            return cls(Verb(word.strip()), device_id.strip() or None)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that a row may be about, and why: the field that is the same."""

    device_id: str
    name: str
    because: Field


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row of which a person must say what it is about."""

    key: str
    remark: Remark
    candidates: Sequence[Candidate]
    answers: Sequence[str]
    answer: str | None


class Identifier:
    """Says of rows, in the order of the list, which device each is about."""

    def __init__(
        self,
        source_id: str,
        rows: Sequence[Said],
        before: Mapping[str, SourceRow],
        others: Iterable[SourceRow],
        hand: Inventory,
        past_devices: Mapping[str, str],
        used: frozenset[str],
        answers: Mapping[str, Answer | None],
    ) -> None:
        self.doubts: list[Doubt] = []
        self.awaited: set[str] = set()  # gone keys that a doubt may keep
        self._source_id = source_id
        self._before = before
        self._past = past_devices
        self._answers = answers
        others = [row for row in others if row.device_id is not None]
        self._names = {row.device_id or "": row.values.get(Field.NAME, "") for row in others}
        self._names |= {device.id: device.name for device in hand.devices.values()}
        self.ids = frozenset(self._names)
        self._used = {*used, *self._names, *past_devices.values()}
        self._used |= {row.device_id for row in before.values() if row.device_id is not None}
        self._by_value = _by_value(others)
        for device in hand.devices.values():
            if device.address is not None:
                place = self._by_value.setdefault((Field.ADDRESS, device.address), [])
                place.append(device.id)
        keys = {said.key for said in rows}
        self._gone = [row for key, row in before.items() if key not in keys]
        self._gone_by_value = _by_value(self._gone, with_place=True)
        self._gone_by_device = {row.device_id: row for row in self._gone}
        self._seen: dict[str, int] = {}
        self._taken: dict[str, int] = {}  # devices of this list, with their row
        self._in_list: dict[tuple[Field, str], int] = {}

    def device_of(self, said: Said) -> tuple[str, str | None] | None:
        """Return the device of a row, and the key that it had before if that is another.

        None: it is in doubt, or to be left out.
        """
        first = self._seen.setdefault(said.key, said.row)
        if first != said.row:
            self._ask(said, Code.KEY_TWICE, first, [], (Verb.LEAVE_OUT,), Field.KEY)
            return None
        found = self._known(said)
        if found is None:
            twin = self._twin(said)
            if twin is not None:
                verbs = (Verb.NEW, Verb.LEAVE_OUT)
                answer = self._ask(said, Code.TWICE_IN_LIST, twin[1], [], verbs, twin[0])
                if answer is None or answer.verb is not Verb.NEW:
                    return None
            found = self._unknown(said)
        if found is None:
            return None
        taken = self._taken.setdefault(found[0], said.row)
        if taken != said.row:
            self._ask(said, Code.TWICE_IN_LIST, taken, [], (Verb.LEAVE_OUT,), Field.ID)
            return None
        for one in (Field.SERIAL, Field.MAC):
            if one in said.values:
                self._in_list.setdefault((one, said.values[one]), said.row)
        self._used.add(found[0])
        return found

    def _known(self, said: Said) -> tuple[str, str | None] | None:
        """Return the device that the list itself names, by its key or by Pantau's id."""
        named = said.values.get(Field.ID)
        if named is not None:
            return named, None
        old = self._before.get(said.key)
        return None if old is None or old.device_id is None else (old.device_id, None)

    def _unknown(self, said: Said) -> tuple[str, str | None] | None:
        """Return the device of a key that is new to the list; ask where it may be a known one."""
        renamed = self._candidates(said, self._gone_by_value)
        same = [] if renamed else self._candidates(said, self._by_value)
        if not renamed and not same and said.key in self.ids and not said.key.isdigit():
            same = [Candidate(said.key, self._names[said.key], Field.KEY)]
        candidates = renamed or same
        if not candidates:
            return self._new(said), None
        code = Code.RENAMED if renamed else Code.SAME_AS
        verbs = (Verb.SAME, Verb.NEW, Verb.LEAVE_OUT)
        answer = self._ask(said, code, None, candidates, verbs, candidates[0].because)
        if answer is None or answer.verb is Verb.LEAVE_OUT:
            if renamed:
                self.awaited |= {self._gone_by_device[it.device_id].key for it in renamed}
            return None
        if answer.verb is Verb.NEW:
            return self._new(said), None
        device_id = answer.device_id or candidates[0].device_id
        gone = self._gone_by_device.get(device_id)
        return device_id, None if gone is None else gone.key

    def _candidates(
        self, said: Said, index: Mapping[tuple[Field, str], list[str]]
    ) -> list[Candidate]:
        if not index:
            return []
        found: dict[str, Candidate] = {}
        wanted = [(one, said.values.get(one)) for one in _STRONG]
        if index is self._gone_by_value:
            wanted.append((Field.NAME, _name_and_place(said.values)))
        for one, value in wanted:
            for device_id in index.get((one, value), []) if value is not None else []:
                old = self._gone_by_device.get(device_id)
                name = self._names.get(device_id) or (old.values.get(Field.NAME, "") if old else "")
                found.setdefault(device_id, Candidate(device_id, name, one))
        return [it for it in found.values() if it.device_id not in self._taken]

    def _twin(self, said: Said) -> tuple[Field, int] | None:
        for one in (Field.SERIAL, Field.MAC):
            row = self._in_list.get((one, said.values.get(one, "")))
            if row is not None and row != said.row:
                return one, row
        return None

    def _ask(
        self,
        said: Said,
        code: Code,
        first: int | None,
        candidates: Sequence[Candidate],
        verbs: Sequence[Verb],
        of: Field,
    ) -> Answer | None:
        """Note a doubt and return what was answered; None: nothing that could be used."""
        answer = self._answers.get(said.key) or self._answers.get(_ALL)
        if answer is not None and not self._fits(answer, candidates, verbs):
            answer = None
        given = None
        if answer is not None:
            device_id = answer.device_id or (candidates[0].device_id if candidates else None)
            is_same = answer.verb is Verb.SAME
            given = f"{answer.verb}:{device_id}" if is_same else answer.verb.value
        about = {"key": shown(said.key), "field": of.value}
        if first is not None:
            about["first"] = str(first)
        if candidates:
            about["device"] = candidates[0].device_id
            about["name"] = shown(candidates[0].name)
        offered = [f"same:{it.device_id}" for it in candidates]
        offered += [verb.value for verb in verbs if verb is not Verb.SAME]
        self.doubts.append(
            Doubt(said.key, Remark(code, about, said.row), candidates, offered, given)
        )
        return answer

    def _fits(self, answer: Answer, candidates: Sequence[Candidate], verbs: Sequence[Verb]) -> bool:
        if answer.verb not in verbs:
            return False
        if answer.verb is not Verb.SAME:
            return True
        if answer.device_id is None:
            return len(candidates) == 1
        return answer.device_id in self.ids or answer.device_id in self._gone_by_device

    def _new(self, said: Said) -> str:
        """Return the id of a new device: that of a row that is back, else one made of its key."""
        past = self._past.get(said.key)
        if past is not None and past not in self._taken:
            return past
        word = id_of(said.key)
        if not word or word.isdigit():
            word = id_of(f"{self._source_id}-{said.key}") or self._source_id
        return free_id(word, lambda wanted: wanted in self._used)


def _by_value(
    rows: Iterable[SourceRow], *, with_place: bool = False
) -> dict[tuple[Field, str], list[str]]:
    """Return the devices of rows by what tells devices apart."""
    found: dict[tuple[Field, str], list[str]] = {}
    for row in rows:
        if row.device_id is None:
            continue
        wanted = [(one, row.values.get(one)) for one in _STRONG]
        if with_place:
            wanted.append((Field.NAME, _name_and_place(row.values)))
        for one, value in wanted:
            if value is not None and row.device_id not in found.setdefault((one, value), []):
                found[one, value].append(row.device_id)
    return found


def _name_and_place(values: Mapping[Field, str]) -> str | None:
    """Return name and place together: the same name elsewhere is another device."""
    place = values.get(Field.SITE) or values.get(Field.LATITUDE)
    return None if place is None else f"{values.get(Field.NAME)}\n{place}"
