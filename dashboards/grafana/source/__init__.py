"""Makes the dashboards. Runs at development time only: `make dashboards`.

    messages/ ──► boards/*.py ── panels.py, queries.py ──► board.py ──► id/*.json, en/*.json

A board is made once for each language; nothing but words differs.
"""

from typing import Any

from dashboards.grafana.source.board import make
from dashboards.grafana.source.boards import (
    alarms,
    availability,
    cctv,
    city,
    device,
    network,
    pantau,
    servers,
    wifi,
)
from dashboards.grafana.source.words import Words

BOARDS = (city, cctv, wifi, servers, network, availability, device, alarms, pantau)
"""In the order in which people open them."""


def made(language: str) -> dict[str, dict[str, Any]]:
    """Return the boards of a language by their file names, as they are to stand in the files."""
    say = Words(language)
    boards = [one.board(say) for one in BOARDS]
    return {f"{board.uid}.json": make(board, say) for board in boards}
