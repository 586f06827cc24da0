"""What can be said of a result, a check, a device and an outage: the words themselves."""

from enum import StrEnum


class Verdict(StrEnum):
    """What one check result means, after thresholds. NONE: the result tells nothing."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    NONE = "none"


class Role(StrEnum):
    """What a confirmed critical verdict of a check does to its device."""

    REACHABILITY = "reachability"  # the device is down
    HEALTH = "health"  # the device is degraded


class Status(StrEnum):
    """What the checks of a device say together; overlays never overwrite it."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class State(StrEnum):
    """What people see: status and overlays together."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a run of a check ended. UNKNOWN is our own fault or blindness, never the device's."""

    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why: the words that travel from a probe to the wall. The catalogues translate them."""

    OK = "ok"
    NO_ANSWER = "no_answer"  # nothing came back in time
    HOST_UNREACHABLE = "host_unreachable"  # the network said so
    REFUSED = "refused"  # the port answered that nobody listens
    BAD_ANSWER = "bad_answer"  # what came back could not be understood
    CREDENTIAL_REFUSED = "credential_refused"
    AGENT_ERROR = "agent_error"  # the agent itself reported an error
    REPORTED_OFFLINE = "reported_offline"  # the broker said the device is gone (MQTT last will)
    THRESHOLD = "threshold"
    ON_BATTERY = "on_battery"  # a threshold whose profile says: the mains failed here
    SILENT = "silent"  # nothing fresh was heard
    PARENT_DOWN = "parent_down"
    COLLECTOR_GONE = "collector_gone"
    COLLECTOR_LAG = "collector_lag"  # our own event loop was late
    COLLECTOR_RIGHTS = "collector_rights"  # the machine forbids what the probe needs
    COLLECTOR_ERROR = "collector_error"  # a fault in our own code; the log has the traceback
    NEVER_SEEN = "never_seen"


class CauseClass(StrEnum):
    """What an outage is put down to. It decides whose minutes they are."""

    DEVICE = "device"
    LINK = "link"
    POWER = "power"
    UPSTREAM = "upstream"  # another device in front of it; its own cause tells more
    PLANNED = "planned"
    UNKNOWN = "unknown"


class CauseRule(StrEnum):
    """Which rule proposed a cause class. The catalogues translate it."""

    NO_EVIDENCE = "no_evidence"
    IN_MAINTENANCE = "in_maintenance"  # it began within a maintenance window
    PARENT_DOWN = "parent_down"
    UPS_ON_BATTERY = "ups_on_battery"  # at the same site or on the same power feeder
    MANY_AT_SITE = "many_at_site"  # many failed at once without a common parent: suspected
    MANY_ON_FEEDER = "many_on_feeder"
    MANY_IN_AREA = "many_in_area"
    NETWORK_SAID = "network_said"  # a router answered that there is no way
    NEIGHBOURS_UP = "neighbours_up"  # what stands beside it, behind the same parent, works
