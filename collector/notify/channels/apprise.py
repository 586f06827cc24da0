"""The long tail of services, through apprise, which is kept in a process of its own."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AppriseSettings:
    """One apprise URL. It holds tokens and passwords, so it is kept out of sight."""

    name: str
    url: str = field(repr=False)
    networks: tuple[str, ...] = ()  # in-house servers that it may talk to: "10.7.0.9/32"
    private: bool = False  # it may talk to all private addresses and this machine
    seconds: float = 30.0  # for one message, then its process is ended
    per_minute: int = 20
