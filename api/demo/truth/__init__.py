"""`pantau demo --scenario truth`: a scripted day, and every figure of it held against the record.

simulators.truth ── answers ──► probes ─► Poller ─► Engine ─► Store (SQLite)    [virtual time]
      │                                                         │ ▲
      │ script and record                      HTTP API (port 0)┘ └─ windows, corrections
      ▼                                              │
   expected (states, outages, figures) ──► compare ◄─┘ reported
"""
