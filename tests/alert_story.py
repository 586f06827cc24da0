"""A night in the city, as the process of alerts would have it in the store: for commands to tell.

The watcher is the real one; the sender is played by hand, and time is moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import Inventory
from collector.model import Reason, State
from collector.model.alerts import Notification
from collector.notify.loading import load_alert_plan
from collector.notify.watcher import Watcher
from tests.api_city import City, ManualClock, make_city

PANTAU = "data_directory: .\nzone: Asia/Makassar\nalerts: alerts.yaml\n"
ALERTS = """
language: id
zone: Asia/Makassar
desk_url: https://pantau.test
allow_private: true
channels:
  grup: {{type: webhook, url: '{url}/hook/grup'}}
  cadangan: {{type: webhook, url: '{url}/hook/cadangan'}}
receivers:
  noc: {{channels: [grup, cadangan]}}
  budi: {{channels: [cadangan]}}
schedules:
  piket:
    shifts: [{{name: siang-malam, people: [budi]}}]
routes:
  - {{name: sensor, match: {{kind: sensor}}, to: budi}}
  - {{name: sisanya, to: noc, escalate: [{{after: 30m, to: piket}}]}}
policies:
  - {{name: sensor, match: {{kind: sensor}}, severity: info, after: 1m}}
"""


@dataclass
class Night:
    """A city whose clock is moved, with a watcher that looks at it every few seconds."""

    folder: Path
    city: City
    watcher: Watcher
    sent: list[Notification] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.city.clock.now()

    def pass_by(self, minutes: float, *, takes: bool = True) -> None:
        """Let time go by; whatever comes into the outbox is taken, unless channels are broken.

        Slowly at first, while things settle, then in strides.
        """
        until = self.now + timedelta(minutes=minutes)
        steps = 0
        while (left := (until - self.now).total_seconds()) > 0:
            steps += 1
            self.city.clock.advance(min(left, 12.0 if steps <= 3 else 300.0))
            self.city.beat()
            while self.watcher.look():
                pass
            for one in self.city.store.outbox.claim(self.now, 50):
                if takes:
                    self.city.store.outbox.sent(one.id or 0, self.now, reference=None)
                    self.sent.append(one)
                else:
                    self.city.store.outbox.dead(one.id or 0, "410 Gone: the chat is closed")

    def becomes(self, device: str, state: State, *, cause: str | None = None) -> None:
        reason = Reason.OK if state is State.UP else Reason.NO_ANSWER
        self.city.change(
            device, state, at=self.now - timedelta(seconds=15), reason=reason, cause=cause
        )


@contextmanager
def night(folder: Path, hours: float = 3.0, url: str = "http://127.0.0.1:9") -> Iterator[Night]:
    """Begin a night some hours ago, with nothing wrong yet."""
    (folder / "pantau.yaml").write_text(PANTAU)
    (folder / "alerts.yaml").write_text(ALERTS.format(url=url))
    with make_city(folder) as city:
        city.clock = ManualClock(SystemClock().now() - timedelta(hours=hours))
        city.beat()
        config = load_config(folder / "pantau.yaml", {})
        plan = load_alert_plan(config, Inventory({}, {}, {}, {}))
        watcher = Watcher(city.store, plan, city.clock, "main", config.zone, nullcontext())
        watcher.look()
        yield Night(folder, city, watcher)
