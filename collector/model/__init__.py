"""The words of Pantau as values: frozen dataclasses, structs and enums, nothing else.

    states ◄── inventory ◄── profile ◄── check ◄── history, kept

Everything below the engine is handed these; everything above stores or shows them. Moments are
aware UTC datetimes named `…_at`, durations are seconds named `…_seconds`.

What is made thousands of times a second is a struct of msgspec (docs/adr/0058): as frozen as a
dataclass, made in a sixth of the time, changed by `msgspec.structs.replace`. Structs hold no
circles, so garbage collection leaves them out.
"""

from collector.model.check import (
    Check,
    CheckResult,
    Evaluation,
    Reading,
    ResultBatch,
    Rule,
    Target,
    Transition,
)
from collector.model.history import (
    CauseCorrection,
    Heartbeat,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentGroup,
    MaintenanceWindow,
    Outage,
    Scope,
)
from collector.model.inventory import Area, Credential, Device, Owner, RuleOverride, Site
from collector.model.kept import CheckState, DeviceState, Fit, Sighting
from collector.model.profile import (
    AS_USUAL,
    Combine,
    Labels,
    MatchRule,
    Metric,
    MetricGroup,
    MetricKind,
    Profile,
    ScaleFrom,
    SnmpLimits,
    Table,
    Threshold,
    TrapRule,
)
from collector.model.register import (
    Field,
    ImportCounts,
    ImportRecord,
    RowVersion,
    Source,
    SourceRow,
)
from collector.model.states import (
    CauseClass,
    CauseRule,
    Outcome,
    Reason,
    Role,
    State,
    Status,
    Verdict,
)

__all__ = [
    "AS_USUAL",
    "Area",
    "CauseClass",
    "CauseCorrection",
    "CauseRule",
    "Check",
    "CheckResult",
    "CheckState",
    "Combine",
    "Credential",
    "Device",
    "DeviceState",
    "Evaluation",
    "Field",
    "Fit",
    "Heartbeat",
    "ImportCounts",
    "ImportRecord",
    "Incident",
    "IncidentEvent",
    "IncidentEventKind",
    "IncidentGroup",
    "Labels",
    "MaintenanceWindow",
    "MatchRule",
    "Metric",
    "MetricGroup",
    "MetricKind",
    "Outage",
    "Outcome",
    "Owner",
    "Profile",
    "Reading",
    "Reason",
    "ResultBatch",
    "Role",
    "RowVersion",
    "Rule",
    "RuleOverride",
    "ScaleFrom",
    "Scope",
    "Sighting",
    "Site",
    "SnmpLimits",
    "Source",
    "SourceRow",
    "State",
    "Status",
    "Table",
    "Target",
    "Threshold",
    "Transition",
    "TrapRule",
    "Verdict",
]
