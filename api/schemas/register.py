"""The shapes of the register: devices with where their values come from, findings, scores."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Percent, Shape

_Word = Annotated[str, Field(max_length=200)]
_Fields = Annotated[dict[str, str], Field(description="Field → value.")]


class OtherWord(Shape):
    """What a list says of a field that is not in force."""

    value: str
    source: str
    key: Annotated[str, Field(description="Of the row within its list.")]
    seen_at: AwareDatetime


class RegisterField(Shape):
    """One field of a device: what is in force, from where, and the others."""

    field: str
    value: str
    source: Annotated[str | None, Field(description="Id of the list; null: a person decided.")]
    decided: bool
    seen_at: AwareDatetime
    others: list[OtherWord]


class RegisterEntry(Shape):
    """A device of the register."""

    device: str
    sources: Annotated[list[str], Field(description="Lists that name it, by rank.")]
    fields: list[RegisterField]


class RegisterPage(Shape):
    """Devices, by id."""

    items: list[RegisterEntry]
    next: Next


class ListedRow(Shape):
    """A row of a list that is about a device."""

    source: str
    key: str
    row: int
    import_id: int
    seen_at: AwareDatetime


class IdentityView(Shape):
    """Something a device said of itself."""

    key: Annotated[str, Field(description="`serial_number`, `mac_address`, `sys_name` …")]
    value: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime


class SaidView(Shape):
    """One value, and who says it."""

    who: Annotated[str, Field(description="Id of a list, `network` or `inventory`.")]
    key: Annotated[str, Field(description="Of the row; or the device's id, or what it is called.")]
    value: str


class EvidenceView(Shape):
    """What is said of one field, by everybody who says something."""

    field: str
    agrees: Annotated[bool | None, Field(description="Null: one speaks, or it is a hint.")]
    said: list[SaidView]


class ProposalView(Shape):
    """What the evidence speaks for."""

    action: str
    values: _Fields


class FindingRowRef(Shape):
    """A row that a finding is about."""

    source: str
    key: str


class RulingView(Shape):
    """What a person decided."""

    id: int
    finding: str
    kind: str
    action: str
    reason: str
    author: str
    at: AwareDatetime
    device: str | None
    values: _Fields


class RegisterFinding(Shape):
    """Something for a person to decide, with what it rests on."""

    id: str
    kind: Annotated[
        str,
        Field(description="`duplicate conflict ghost unknown moved wrong_area`."),
    ]
    state: Annotated[str, Field(description="`open`, `decided`, `stale` or `gone`.")]
    weight: Annotated[float, Field(ge=0, le=1, description="How much speaks for it.")]
    field: str | None
    rows: list[FindingRowRef]
    devices: list[str]
    heard: Annotated[str | None, Field(description="Of something that is no device: its name.")]
    evidence: list[EvidenceView]
    proposal: ProposalView
    actions: Annotated[list[str], Field(description="What can be decided about it.")]
    digest: Annotated[str, Field(description="Send it back with a decision.")]
    first_found_at: AwareDatetime
    last_found_at: AwareDatetime
    decision: RulingView | None


class FindingPage(Shape):
    """Findings, the surest first."""

    items: list[RegisterFinding]
    next: Next


class ProvenanceView(RegisterEntry):
    """Where all that is known of a device comes from."""

    rows: list[ListedRow]
    identities: list[IdentityView]
    findings: list[RegisterFinding]
    decisions: Annotated[list[RulingView], Field(description="Newest first.")]


class DecisionBody(Shape):
    """A decision on a finding."""

    action: Annotated[str, Field(max_length=20, description="One of the finding's `actions`.")]
    reason: Annotated[str, Field(max_length=1000, description="Why, for those who ask later.")]
    digest: Annotated[str, Field(max_length=64, description="Of the finding as it was looked at.")]
    device: Annotated[
        _Word | None, Field(description="Id of the device; default: of the best list's row.")
    ] = None
    values: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]] | None,
        Field(max_length=10, description="For `use`: field → value; default: as proposed."),
    ] = None


class FindingCountView(Shape):
    """How many findings of a kind stand where."""

    kind: str
    state: str
    count: int


class ReconciledView(Shape):
    """A reconciliation that was made."""

    at: AwareDatetime
    rows: int
    devices: int
    found: int


class FindingSummary(Shape):
    """How many findings stand where, and when lists were last held together."""

    counts: list[FindingCountView]
    reconciled: ReconciledView | None


class ShareView(Shape):
    """How many rows of how many."""

    count: int
    of: int
    percent: Annotated[Percent | None, Field(description="Floored to a tenth; null: no rows.")]
    lacking: Annotated[dict[str, int], Field(description="What is missing, and how often.")]


class SignatureView(Shape):
    """An agency's word that its rows are right."""

    office: str
    signed_on: str
    rows: int
    digest: str
    author: str
    at: AwareDatetime
    note: str
    stale: Annotated[bool, Field(description="A row has changed since.")]


class SignatureBody(Shape):
    """Who signs a list."""

    office: Annotated[_Word, Field(description="Name of the office, such as `Kepala Bidang …`.")]
    signed_on: Annotated[
        str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Date of the signature.")
    ]
    note: Annotated[str, Field(max_length=1000, description="Number of the letter, if any.")] = ""


class ScoreView(Shape):
    """How good a list is."""

    source: str
    name: str
    agency: str | None
    rows: int
    complete: ShareView
    valid: ShareView
    agreed: ShareView
    alive: ShareView
    signature: SignatureView | None


class ScoreList(Shape):
    """Every list with its score, by rank."""

    items: list[ScoreView]
