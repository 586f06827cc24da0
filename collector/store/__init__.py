"""The truth: inventory, states, transitions, heartbeats, tokens. One transaction for a change.

`Store` is all that others need; the modules beside it hold one repository a concept, as functions
on a connection. All methods block: the collector calls them from its one writer thread, the API
from its thread pool.
"""

from collector.store.access import LastAdminError, NameInUseError
from collector.store.alerts.links import LinkUse, LinkUsedError, OneTime
from collector.store.alerts.views import (
    AlertCount,
    AlertDetail,
    AlertFilter,
    AlertRow,
    Batch,
    Beginning,
    Committed,
    CursorMovedError,
    FiringAlert,
    IncidentNews,
    Mark,
    NewsRow,
    Withdrawal,
)
from collector.store.area_codes import CodesChange
from collector.store.checking import StoreFinding
from collector.store.corrections import CorrectionError
from collector.store.database import Store
from collector.store.errors import StoreError
from collector.store.in_maintenance import Planned
from collector.store.incidents.desk import Incidents
from collector.store.incidents.views import (
    IncidentDetail,
    IncidentFigures,
    IncidentFilter,
    IncidentPhase,
    IncidentRefusedError,
    IncidentRow,
    IncidentSummary,
    Refusal,
    UnknownIncidentError,
)
from collector.store.intervals import KnownUntil
from collector.store.inventory import InventoryLike
from collector.store.maintenance import WindowError, WindowGoneError
from collector.store.outage_list import OutageFilter, OutageRow
from collector.store.outbox import ChannelFigures, NotificationFilter, UnsentCount
from collector.store.outbox_ends import End, Failed, GivenUp, Taken
from collector.store.past import Past
from collector.store.rows import (
    AreaFreshness,
    CheckRow,
    CountRow,
    Decision,
    DecisionRow,
    DeviceFacts,
    DeviceRow,
    InventoryChange,
    LoadedStates,
    Page,
    QuarantineRow,
    QuarantineState,
    RuleCount,
    ScreenRow,
    TokenRole,
    TokenRow,
    WallRow,
)
from collector.store.silences import SilenceGoneError

__all__ = [
    "AlertCount",
    "AlertDetail",
    "AlertFilter",
    "AlertRow",
    "AreaFreshness",
    "Batch",
    "Beginning",
    "ChannelFigures",
    "CheckRow",
    "CodesChange",
    "Committed",
    "CorrectionError",
    "CountRow",
    "CursorMovedError",
    "Decision",
    "DecisionRow",
    "DeviceFacts",
    "DeviceRow",
    "End",
    "Failed",
    "FiringAlert",
    "GivenUp",
    "IncidentDetail",
    "IncidentFigures",
    "IncidentFilter",
    "IncidentNews",
    "IncidentPhase",
    "IncidentRefusedError",
    "IncidentRow",
    "IncidentSummary",
    "Incidents",
    "InventoryChange",
    "InventoryLike",
    "KnownUntil",
    "LastAdminError",
    "LinkUse",
    "LinkUsedError",
    "LoadedStates",
    "Mark",
    "NameInUseError",
    "NewsRow",
    "NotificationFilter",
    "OneTime",
    "OutageFilter",
    "OutageRow",
    "Page",
    "Past",
    "Planned",
    "QuarantineRow",
    "QuarantineState",
    "Refusal",
    "RuleCount",
    "ScreenRow",
    "SilenceGoneError",
    "Store",
    "StoreError",
    "StoreFinding",
    "Taken",
    "TokenRole",
    "TokenRow",
    "UnknownIncidentError",
    "UnsentCount",
    "WallRow",
    "WindowError",
    "WindowGoneError",
    "Withdrawal",
]
