"""Reconciliation: lists held against each other and against what the network says.

    rows, devices, strangers ─ facts ─► what can be compared ─ pairs ─► what is about one device
    ─ places, differences, below ─► findings: duplicate, conflict, ghost, unknown, moved, wrong area

Pure: the same words give the same findings, in the same order. Nothing is merged here; a finding
is a question to a person, and `rulings` are the answers so far.
"""

from collector.register.matching.reconcile import Grounds, reconcile

__all__ = ["Grounds", "reconcile"]
