"""What it costs to ask the rules of alerts.yaml about 10,000 alerts at once.

    PYTHONPATH=. python tests/benchmarks/bench_alert_routing.py

Each is asked for its policy, its route and a person's quiet hours, as a step of the desk does. The
first time every device is new to the rules; later only the moment is. Figures, never a pass.
"""

from datetime import UTC, datetime, timedelta
from time import perf_counter

from collector.config.hours import read_hours
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.notify.deciding.world import DeviceFacts
from collector.notify.hours import Hours
from collector.notify.matching import Match
from collector.notify.routing import Contact, Policy, Route, Routing

COUNT = 10_000
NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
DAY = Hours((read_hours("07:00-19:00").hours,), "Asia/Makassar")


def rules(areas: int) -> Routing:
    """Return a route for each area, every second with hours, and a policy for every second."""
    codes = [frozenset({f"73.71.{number:02}"}) for number in range(areas)]
    routes = [
        Route(f"r{number}", Match(areas=code, hours=DAY if number % 2 else None), ("noc",))
        for number, code in enumerate(codes)
    ]
    policies = [
        Policy(f"p{number}", Match(areas=code, kinds=frozenset({"camera"})), Severity.WARNING)
        for number, code in enumerate(codes[::2])
    ]
    contact = Contact("noc", "grup", DAY, frozenset({Severity.WARNING}))
    return Routing({"noc": contact}, [*routes, Route("all", Match(), ("noc",))], policies=policies)


def main() -> None:
    for areas in (1, 40):
        routing = rules(areas)
        devices = [
            DeviceFacts(f"cam-{n}", "Kamera", "camera", f"s-{n}", (f"73.71.{n % 50:02}", "73.71"))
            for n in range(COUNT)
        ]
        asked = [
            (Alert(one.id, State.DOWN, Severity.WARNING, NOW, NOW, Reason.NO_ANSWER), one)
            for one in devices
        ]
        for turn in range(3):
            now = NOW + timedelta(seconds=turn)
            began = perf_counter()
            for alert, device in asked:
                severity = routing.policy(alert, device).severity
                routing.route(alert, device, now)
                routing.quiet_until("noc", severity, now)
            spent = perf_counter() - began
            known = "devices known" if turn else "devices new  "
            each = spent * 1e6 / COUNT
            print(f"{areas + 1:3} routes, {known}: {spent:.3f} s for {COUNT:,}, {each:.0f} µs each")


if __name__ == "__main__":
    main()
