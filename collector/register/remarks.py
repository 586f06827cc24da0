"""What is to be said of a list: problems and notes as data; their words are made last (`words`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """What a remark is about. `words` has a sentence and a remedy for each, in two languages."""

    # The file.
    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    FORM_UNKNOWN = "form_unknown"
    FORM_OLD = "form_old"
    FORM_OTHER = "form_other"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    MACROS = "macros"
    ZIP_BOMB = "zip_bomb"
    FILE_BROKEN = "file_broken"
    NO_SUCH_SHEET = "no_such_sheet"
    NOT_TEXT = "not_text"
    QUOTES = "quotes"
    YAML = "yaml"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    TAKES_TOO_LONG = "takes_too_long"
    # The table.
    NO_HEADINGS = "no_headings"
    TWO_HEADINGS = "two_headings"
    NO_ROWS = "no_rows"
    MERGED = "merged"
    ROW_TOO_LONG = "row_too_long"
    CELL_TOO_LONG = "cell_too_long"
    FORMULA = "formula"
    CELL_ERROR = "cell_error"
    DIGITS_LOST = "digits_lost"
    # Columns.
    NO_KEY = "no_key"
    NO_NAME = "no_name"
    FIELD_TWICE = "field_twice"
    UNKNOWN_HEADING = "unknown_heading"
    UNKNOWN_FIELD = "unknown_field"
    # Values.
    KEY_MISSING = "key_missing"
    UNPRINTABLE = "unprintable"
    NOT_A_COORDINATE = "not_a_coordinate"
    COORDINATE_POINT_LOST = "coordinate_point_lost"
    COORDINATE_OUTSIDE = "coordinate_outside"
    COORDINATES_EXCHANGED = "coordinates_exchanged"
    COORDINATE_ALONE = "coordinate_alone"
    NOT_AN_ADDRESS = "not_an_address"
    ADDRESS_NEEDLESS = "address_needless"
    NOT_A_MAC = "not_a_mac"
    NOT_A_DATE = "not_a_date"
    DATE_AMBIGUOUS = "date_ambiguous"
    NOT_A_PORT = "not_a_port"
    NOT_AN_ID = "not_an_id"
    UNKNOWN_KIND = "unknown_kind"
    KIND_MISSING = "kind_missing"
    UNKNOWN_AREA = "unknown_area"
    AREA_AMBIGUOUS = "area_ambiguous"
    AREA_MISSING = "area_missing"
    NOT_AN_AREA = "not_an_area"
    UNKNOWN_PROFILE = "unknown_profile"
    PROFILE_NEEDS = "profile_needs"
    UNKNOWN_CREDENTIAL = "unknown_credential"
    UNKNOWN_PARENT = "unknown_parent"
    PARENTS_LOOP = "parents_loop"
    INVENTORY = "inventory"
    # Doubts.
    KEY_TWICE = "key_twice"
    SAME_AS = "same_as"
    RENAMED = "renamed"
    TWICE_IN_LIST = "twice_in_list"
    MANY_GONE = "many_gone"
    # Notes.
    ORDINAL = "ordinal"
    SECRET_COLUMN = "secret_column"  # noqa: S105 - a word, not a secret
    COLUMN_UNUSED = "column_unused"
    ROW_TWICE = "row_twice"
    HEADING_AGAIN = "heading_again"
    TOTAL_ROW = "total_row"
    NUMBER_ROW = "number_row"
    HIDDEN_ROWS = "hidden_rows"
    OTHER_SHEETS = "other_sheets"
    KIND_GUESSED = "kind_guessed"
    AREA_OF_CITY = "area_of_city"
    HAND_WRITTEN = "hand_written"
    NO_ADDRESS = "no_address"
    KEYS_ARE = "keys_are"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say: what, with which values, and where the list shows it."""

    code: Code
    values: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None  # as a spreadsheet numbers it: 1 is the first line
    column: str | None = None  # its letter
    heading: str | None = None


class ListRefusedError(Exception):
    """A list cannot be read at all; `remarks` say why."""

    def __init__(self, *remarks: Remark) -> None:
        self.remarks: Sequence[Remark] = remarks
        super().__init__("; ".join(str(remark.code) for remark in remarks))


def shown(text: str, most: int = 60) -> str:
    """Return a value as remarks repeat it: short, printable, on one line."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
