"""What the API is told by the configuration; plain values, so that nothing here reads files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.config.exports import ExportSettings
from collector.contract import Rules
from collector.model import Rule
from collector.sight import COLLECTOR_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the API is told by the configuration."""

    zone: str = "Asia/Makassar"  # IANA zone that people see
    language: str = "id"
    heartbeat_seconds: float = 5.0  # longest silence on an event stream
    collector_timeout_seconds: float = COLLECTOR_TIMEOUT_SECONDS
    web_directory: Path | None = None  # the built front end, dashboards/web/dist
    require_token: bool = True
    public_status: bool = False  # whether anybody may see /status/
    alerts: bool = False  # whether a process of alerts is to run
    # What Pantau keeps on this disk, by what it is: store, readings, spool. For its own health.
    files: Mapping[str, Path] = field(default_factory=dict, repr=False)
    rule: Rule = field(default_factory=Rule)  # in force; printed with every uptime figure
    contracts: Mapping[str, Rules] = field(default_factory=dict)
    contract: str | None = None  # the one in force; None: the plain rules
    indicators: Path | None = None  # the mapping file; None: the built-in one
    exports: ExportSettings = field(default_factory=ExportSettings)
    data_directory: Path | None = None  # where files are kept; None: none are
    # Signs session cookies (32 bytes, see api.sessions.load_session_key). None: a key of this
    # process, and sessions end with it.
    session_key: bytes | None = field(default=None, repr=False)
