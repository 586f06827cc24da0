"""Indicators of assessments, and the evidence that supports them: a mapping file, not code.

indicators.yaml (built in, or the operator's own) ─ mapping ─► indicators with evidence
store.ledger ─────────────────────────────────── working ─► points that work, not that hang there
"""
