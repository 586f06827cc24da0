"""What is not well in a store whose log alerts never followed: of the past, what still is so."""

from collector.model import State
from collector.notify.deciding.following import News
from collector.store import OutageFilter, Store

_PAGE = 500


def what_is_so(store: Store) -> list[News]:
    """Return the last transition of each device that is not well, oldest first. StoreError."""
    incidents = _open_incidents(store)
    found: list[News] = []
    for device_id, state in store.load_states().devices.items():
        if state.state is State.UP or state.confirmed_at is None:  # well, or never seen
            continue
        found += [
            News(one, incidents.get((device_id, one.new)))
            for one in store.transitions(device_id, limit=1).items
            if one.new is not State.UP
        ]
    return sorted(found, key=lambda one: one.transition.id or 0)


def _open_incidents(store: Store) -> dict[tuple[str, State], int]:
    """Return the incident of each open outage, by device and state."""
    found: dict[tuple[str, State], int] = {}
    after: str | None = None
    while True:
        page = store.outages.page(OutageFilter(open=True), limit=_PAGE, after=after)
        for row in page.items:
            if row.outage.incident_id is not None:
                key = row.outage.device_id, row.outage.state
                found.setdefault(key, row.outage.incident_id)
        after = page.next
        if after is None:
            return found
