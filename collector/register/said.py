"""Rows of a list as it says them: each cell read for what its column means, names looked up.

Every fault gets a remark with its row, column letter and heading; reading goes on, so that all of
them are told at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.model import Field, Source, SourceRow
from collector.register.columns import Column, Meaning, Why
from collector.register.coordinates import (
    BadValueError,
    check_place,
    degrees_of,
    split_pair,
    text_of,
)
from collector.register.names import Names
from collector.register.reading import ListTable, Row
from collector.register.remarks import Code, ListRefusedError, Remark, shown
from collector.register.values import is_nothing, kind_in, tidy, value_of

_KEYS = (Field.KEY, Field.ID, Field.SERIAL, Field.MAC, Field.NAME)
_EVERY = 500  # rows between two words about progress
_MOST_PROBLEMS = 2_000
_REMEMBERED = 1_000  # values of a column
_LOOKED_UP = (Field.NAME, Field.AREA, Field.OWNER, Field.SITE, Field.LONGITUDE)
"""What a row may come to say without a column of its own."""
_PLACE = (Field.LATITUDE, Field.LONGITUDE)


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says, and by which key."""

    key: str
    row: int
    values: Mapping[Field, str]


@dataclass(slots=True)
class ReadRows:
    """All that the rows of a list say."""

    key_field: Field
    rows: list[Said] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    columns: Mapping[Field, Column] = field(default_factory=dict)

    def place_of(self, row: int, of: Field) -> Remark:
        """Return a remark that stands where a row says a field, or where the row stands."""
        column = self.columns.get(of)
        if column is None:
            return Remark(Code.INVENTORY, {}, row)
        return Remark(Code.INVENTORY, {}, row, column.letter, column.heading)


def read_rows(
    source: Source,
    table: ListTable,
    meanings: Sequence[Meaning],
    names: Names,
    before: Mapping[str, SourceRow],
    progress: Callable[[int], None],
) -> ReadRows:
    """Return what the rows of a list say; `before` is what it said last, by key.

    Raises ListRefusedError when a field has two columns or there are no names.
    """
    columns = _columns(meanings)
    key_field = _key_field(columns)
    read = ReadRows(key_field, columns=columns)
    read.notes.extend(_about_columns(meanings, columns, key_field))
    reader = _Reader(source, columns, names, before, read)
    for count, row in enumerate(table.rows, start=1):
        if len(read.problems) >= _MOST_PROBLEMS:
            break
        reader.take(row)
        if count % _EVERY == 0:
            progress(count)
    progress(len(table.rows))
    return read


def guessed_defaults(table: ListTable, file: str, meanings: Sequence[Meaning]) -> dict[Field, str]:
    """Return what title lines, sheet and file say of all rows: a list of cameras is headed so."""
    fields = {meaning.field for meaning in meanings}
    if Field.KIND in fields:
        return {}
    for text in (*table.title, table.sheet or "", file):
        kind = kind_in(text)
        if kind is not None:
            return {Field.KIND: kind}
    return {}


def _columns(meanings: Sequence[Meaning]) -> dict[Field, Column]:
    columns: dict[Field, Column] = {}
    for meaning in meanings:
        if meaning.field is None:
            continue
        if meaning.field in columns:
            values = {"field": meaning.field.value, "other": columns[meaning.field].letter}
            here = meaning.column
            raise ListRefusedError(
                Remark(Code.FIELD_TWICE, values, None, here.letter, here.heading)
            )
        columns[meaning.field] = meaning.column
    return columns


def _key_field(columns: Mapping[Field, Column]) -> Field:
    if Field.NAME not in columns:
        raise ListRefusedError(Remark(Code.NO_NAME))
    return next(one for one in _KEYS if one in columns)


def _about_columns(
    meanings: Sequence[Meaning], columns: Mapping[Field, Column], key_field: Field
) -> list[Remark]:
    notes: list[Remark] = []
    for meaning in meanings:
        column = meaning.column
        if meaning.secret:
            notes.append(Remark(Code.SECRET_COLUMN, {}, None, column.letter, column.heading))
        elif meaning.why is Why.UNKNOWN:
            notes.append(Remark(Code.COLUMN_UNUSED, {}, None, column.letter, column.heading))
    if key_field is not Field.KEY:
        column = columns[key_field]
        notes.append(Remark(Code.KEYS_ARE, {}, None, column.letter, column.heading))
    return notes


class _Reader:
    def __init__(
        self,
        source: Source,
        columns: Mapping[Field, Column],
        names: Names,
        before: Mapping[str, SourceRow],
        read: ReadRows,
    ) -> None:
        self._source = source
        self._columns = columns
        self._names = names
        self._before = before
        self._read = read
        self._by_key: dict[str, Said] = {}
        may = {*columns, *source.defaults, *_LOOKED_UP}
        self._order = tuple(of for of in Field if of in may)
        self._known: list[tuple[Field, int, dict[str, str]]] = [
            (of, column.position, {}) for of, column in columns.items()
        ]

    def take(self, row: Row) -> None:
        """Read a row; what is wrong with it becomes problems."""
        values: dict[Field, str] = {}
        faults = len(self._read.problems)
        for of, position, known in self._known:
            cell = row.cells[position]
            value = known.get(cell)  # lists say the same in most rows
            if value is None:
                if is_nothing(cell):
                    continue
                try:
                    text = tidy(cell)
                    value = text if of in _PLACE else value_of(of, text)
                except BadValueError as error:
                    self._problem(row, of, error)
                    continue
                if len(known) < _REMEMBERED:
                    known[cell] = value
            values[of] = value
        for of, value in self._source.defaults.items():
            values.setdefault(of, value)
        self._place(row, values)
        key = values.get(self._read.key_field)
        if key is None:
            if len(self._read.problems) == faults:
                self._problem(row, self._read.key_field, BadValueError(Code.KEY_MISSING))
            return
        if Field.NAME not in values:
            values[Field.NAME] = key
        self._look_up(row, values, self._before.get(key))
        self._keep(row, key, values)

    def _keep(self, row: Row, key: str, values: dict[Field, str]) -> None:
        said = Said(
            key[:200], row.number, {one: values[one] for one in self._order if one in values}
        )
        first = self._by_key.setdefault(said.key, said)
        if first is not said and first.values == said.values:
            note = {"key": shown(key), "first": str(first.row)}
            self._read.notes.append(Remark(Code.ROW_TWICE, note, row.number))
            return
        self._read.rows.append(said)

    def _place(self, row: Row, values: dict[Field, str]) -> None:
        """Read coordinates, of one cell or of two, and hold them against the country."""
        texts = [values.pop(of, None) for of in _PLACE]
        if texts[0] is not None and texts[1] is None:
            texts = list(split_pair(texts[0]) or texts)
        degrees: list[float] = []
        for of, text in zip(_PLACE, texts, strict=True):
            try:
                degrees.extend(() if text is None else (degrees_of(text),))
            except BadValueError as error:
                self._problem(row, of, error)
                return
        if not degrees:
            return
        if len(degrees) == 1:
            self._problem(row, _PLACE[texts.index(None)], BadValueError(Code.COORDINATE_ALONE))
            return
        try:
            check_place(*degrees)
        except BadValueError as error:
            self._problem(row, Field.LATITUDE, error)
            return
        values[Field.LATITUDE], values[Field.LONGITUDE] = map(text_of, degrees)

    def _look_up(self, row: Row, values: dict[Field, str], old: SourceRow | None) -> None:
        """Put codes and ids beside the names of areas, owners and sites.

        A row that names its owner and its site as before keeps them: the same list is the same.
        """
        names = self._names
        area = None
        faulty = Field.AREA if Field.AREA in values else Field.AREA_NAME
        try:
            area = names.area(values.get(Field.AREA), values.get(Field.AREA_NAME))
            if area is not None:
                values[Field.AREA] = area
        except BadValueError as error:
            self._problem(row, faulty, error)
        owner = _as_before(values, old, Field.OWNER, Field.OWNER_NAME)
        if owner is None:
            owner = names.owner(values.get(Field.OWNER), values.get(Field.OWNER_NAME))
        if owner is not None:
            values[Field.OWNER] = owner
        site = _as_before(values, old, Field.SITE, Field.SITE_NAME, Field.AREA)
        if site is None:
            site = names.site(values.get(Field.SITE), values.get(Field.SITE_NAME), area)
        if site is not None:
            values[Field.SITE] = site

    def _problem(self, row: Row, of: Field, error: BadValueError) -> None:
        column = self._columns.get(of)
        self._read.problems.append(
            Remark(
                error.code,
                error.values,
                row.number,
                None if column is None else column.letter,
                None if column is None else column.heading,
            )
        )


def _as_before(
    values: Mapping[Field, str], old: SourceRow | None, wanted: Field, *named: Field
) -> str | None:
    """Return what a row had before of what it names the same now; None: it is to be looked up."""
    if old is None or wanted in values or named[0] not in values:
        return None
    if any(values.get(one) != old.values.get(one) for one in named):
        return None
    return old.values.get(wanted)
