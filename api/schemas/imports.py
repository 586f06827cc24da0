"""The shapes of imports: lists of agencies, what they would change, and what they did.

POST /imports/preview          a file → ListPreview (and `upload`, by which the file is kept a day)
POST /imports/preview/{upload} PreviewBody → ListPreview, of the same file read otherwise
POST /imports                  ImportBody → ImportApplied
GET  /imports · /imports/{id}  ImportPage · ImportDetail
POST /imports/{id}/undo        → ImportApplied
GET  /sources · PUT /sources/{id}   SourceList · SourceBody → SourceView
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape

FieldName = Annotated[str, Field(max_length=40, description="What a list can say: `address`.")]
Heading = Annotated[str, Field(max_length=200)]
Value = Annotated[str, Field(max_length=500)]
SourceId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="Short name of a list, such as `dishub-cctv`.",
    ),
]
Columns = Annotated[
    dict[Heading, FieldName | None],
    Field(max_length=200, description="Heading → field; null: the column is not used."),
]
Defaults = Annotated[
    dict[FieldName, Value],
    Field(max_length=40, description="Field → value, for rows that leave it empty."),
]
Answers = Annotated[
    dict[Value, Value],
    Field(
        max_length=10_000,
        description=(
            "Key of a row in doubt → `new`, `same:DEVICE` or `leave_out`; `*` → `retire`: "
            "the rows that are gone are to be retired, however many."
        ),
    ),
]


class PreviewBody(Shape):
    """How a file that was sent is to be read; what is left out is as remembered or proposed."""

    source: SourceId
    sheet: Annotated[str | None, Field(max_length=100, description="Of an XLSX file.")] = None
    columns: Columns | None = None
    defaults: Defaults | None = None
    answers: Answers | None = None


class ImportBody(PreviewBody):
    """An import of a file that was sent, as it was previewed."""

    upload: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="From the preview.")]
    plan: Annotated[str, Field(max_length=64, description="`plan` of the preview that was seen.")]


class RemarkWords(Shape):
    """What is wrong and what to do, in one language."""

    problem: str
    remedy: str


class ListRemark(Shape):
    """Something about the list or one of its cells, with its place and its words."""

    code: Annotated[str, Field(description="A stable word for programs.")]
    row: Annotated[int | None, Field(description="As the spreadsheet numbers it; null: no row.")]
    column: Annotated[str | None, Field(description="Letter of the column: `D`.")]
    heading: str | None
    values: Annotated[dict[str, str], Field(description="What the words speak of.")]
    texts: Annotated[dict[Literal["id", "en"], RemarkWords], Field(description="By language.")]


class DoubtCandidate(Shape):
    """A device that a row in doubt may be about."""

    device: str
    name: str
    because: Annotated[str, Field(description="The field that is the same, or `key`.")]


class ListDoubt(ListRemark):
    """A row of which a person must say what it is about."""

    key: Annotated[str, Field(description="By this it is answered.")]
    candidates: list[DoubtCandidate]
    answers: Annotated[list[str], Field(description="What can be answered.")]
    answer: Annotated[str | None, Field(description="What was answered.")]


class ColumnView(Shape):
    """A column of the list and what it was taken for."""

    letter: str
    heading: str
    field: FieldName | None
    why: Annotated[
        str,
        Field(description="`given`, `remembered`, `proposed`, `unused` (said so) or `unknown`."),
    ]
    examples: Annotated[list[str], Field(description="Its first values.")]


class FieldChange(Shape):
    """A field that a row says otherwise than before."""

    field: FieldName
    old: str | None
    new: str | None


class ImportItem(Shape):
    """What an import would do to one row, or did."""

    outcome: Annotated[str, Field(description="`created`, `changed`, `same` or `retired`.")]
    key: str
    device: str | None
    name: str | None
    row: Annotated[int | None, Field(description="null: the list has no such row any more.")]
    watched: Annotated[bool, Field(description="Whether the device is watched by what lists say.")]
    why_not: Annotated[
        str | None,
        Field(description="`hand_written`: another inventory file has it; `no_address`."),
    ]
    changes: list[FieldChange]


class PreviewCounts(Shape):
    """How many rows are what."""

    created: int
    changed: int
    same: int
    retired: int
    in_doubt: int


class NewNames(Shape):
    """What an import would make beside devices."""

    areas: Annotated[dict[str, str], Field(description="Code → name.")]
    owners: Annotated[dict[str, str], Field(description="Id → name.")]
    sites: Annotated[int, Field(description="How many.")]


class ListPreview(Shape):
    """What importing a list would do. Nothing was changed.

    Of a long list these are the first `problems`, `notes`, `doubts` and `items`; totals count all.
    """

    upload: str
    file: str
    form: Annotated[str, Field(description="`csv`, `xlsx` or `yaml`.")]
    sheet: str | None
    sheets: list[str]
    source: SourceId
    new_source: Annotated[bool, Field(description="No list with this name was imported before.")]
    heading_row: Annotated[int | None, Field(description="Where the headings stand.")]
    rows: int
    columns: list[ColumnView]
    defaults: Defaults
    counts: PreviewCounts
    new: NewNames
    ready: Annotated[bool, Field(description="Nothing stands in the way of importing it.")]
    plan: Annotated[str, Field(description="Goes with `POST /imports`: what was seen is done.")]
    problems: list[ListRemark]
    problems_total: int
    notes: list[ListRemark]
    notes_total: int
    doubts: list[ListDoubt]
    doubts_total: int
    items: list[ImportItem]


class ImportProgress(Shape):
    """How far the list that is being read or imported now is."""

    what: Annotated[
        str | None, Field(description="`reading`, `rows` or `file` (writing); null: nothing is.")
    ]
    done: Annotated[int, Field(description="Rows that were read.")]
    of: Annotated[int, Field(description="Rows that there are; 0: not known yet.")]
    waiting: Annotated[int, Field(description="How many lists come after it.")]


class ImportCountsView(Shape):
    """How many rows an import found to be what."""

    created: int
    changed: int
    same: int
    retired: int


class ImportView(Shape):
    """An import that was done, or the undoing of one."""

    id: int
    source: str
    file: str
    sheet: str | None
    counts: ImportCountsView
    author: str
    at: AwareDatetime
    undoes: Annotated[int | None, Field(description="It took back that import.")]
    undone_by: Annotated[int | None, Field(description="It was taken back by that one.")]
    undoable: Annotated[bool, Field(description="It is the last of its list.")]


class ImportPage(Shape):
    """Imports and undoings, newest first."""

    items: list[ImportView]
    next: Next


class ImportDetail(ImportView):
    """One import with the rows that it changed: the first 1,000 of `items_total`."""

    items: list[ImportItem]
    items_total: int


class ImportApplied(Shape):
    """What became of an import or of its undoing."""

    import_: Annotated[ImportView, Field(alias="import")]
    devices: Annotated[int, Field(description="How many devices lists keep watched now.")]


class SourceBody(Shape):
    """What is to be known of a list; what is left out stays as it is."""

    name: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    agency: Annotated[str | None, Field(max_length=64, description="Id of an owner.")] = None
    rank: Annotated[int | None, Field(ge=1, le=1000, description="The lower one is in force.")] = (
        None
    )
    columns: Columns | None = None
    defaults: Defaults | None = None


class SourceView(Shape):
    """A list that somebody keeps."""

    id: str
    name: str
    agency: str | None
    rank: int
    columns: Columns
    defaults: Defaults
    rows: Annotated[int, Field(description="How many rows it has now.")]
    last_import: ImportView | None


class SourceList(Shape):
    """All lists, by rank."""

    items: list[SourceView]
    next: Next
