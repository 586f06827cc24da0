"""Imports of lists: for the API and the command line alike.

service   plan, apply, undo: the one place where lists become `register.yaml`
views     plans and records as JSON
worker    a process of its own that reads what somebody sent, within bounds
running   starts it for the API, and keeps what was sent for a day
"""
