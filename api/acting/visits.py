"""How often the addresses of links may be opened: a page for people, not for programs."""

import math
from datetime import timedelta

from api.sessions import network_of
from collector.moments import EPOCH
from collector.notify.channels.budgets import Budgets, Limit

_MINUTE = 60.0
_OF_ADDRESS, _OF_ADDRESS_AT_ONCE = 120, 40  # an office behind one address
_OF_LINK, _OF_LINK_AT_ONCE = 20, 10  # previews for a whole group, and people


class Visits:
    """Counts visits an address and a link. Used from the event loop only."""

    def __init__(self) -> None:
        self._budgets = Budgets()

    def by_address(self, address: str, now: float) -> int:
        """Count a visit from an address; return 0, or after how many seconds it may come again.

        `now`: monotonic seconds; a clock that is set back must shut nobody out.
        """
        key = f"address {network_of(address)}"
        return self._count(Limit(key, _OF_ADDRESS, _MINUTE, _OF_ADDRESS_AT_ONCE), now)

    def by_link(self, nonce: str, now: float) -> int:
        """Count a visit with a genuine link; as `by_address`."""
        return self._count(Limit(f"link {nonce}", _OF_LINK, _MINUTE, _OF_LINK_AT_ONCE), now)

    def _count(self, limit: Limit, now: float) -> int:
        moment = EPOCH + timedelta(seconds=now)
        wait = (self._budgets.next_free_at([limit], moment) - moment).total_seconds()
        if wait > 0:
            return math.ceil(wait)
        self._budgets.take([limit], moment)
        return 0
