"""SNMP: our own engine for v1, v2c and v3, and the probe that reads profiles with it.

    check ─► probe.py ─► engine.py (get) ─┐
                 │           │            ├─► transport.py ─► one UDP socket a family, all devices
                 │           └─► walk.py ─┤        │
                 │                        └─► v3/ ─┤
                 │                                 └─► ber.py, ber_content.py: bytes ─► values.py
                 └─► interpret.py, rows.py, meaning.py, plain.py: values ─► readings

Beside it: agent.py says whom to ask and how patiently, limits.py what was learnt about agents,
errors.py what can go wrong, counters.py what happened, sockets.py how a socket is opened, once.py
how what all devices share is worked out once.
"""
