"""The teller: says in InfluxDB what the store says, so that Grafana and the API cannot disagree.

    Store ─ SumsTeller ───────────► uptime, uptime_contract ─┐
          ─ TransitionsTeller ────► transition               ├─ Delivery ─► bucket of an hour
          ─ IncidentsTeller ──────► incident                 │     (a mark says how far)
          ─ MaintenanceTeller ────► maintenance              │
          ─ AlarmHealthTeller ────► alarm_health ────────────┘
          ─ StatesTeller ─────────► state, inventory ────────┐
          ─ FiguresTeller ────────► pantau ──────────────────┴─ Spool ─► bucket of the readings

What follows from the store can be told again at any time and goes straight to where it is kept
long; samples of the moment cannot, and wait in the spool with the readings (ADR 0030).
"""

from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.teller import Teller

__all__ = ["Teller", "TellerSettings"]
