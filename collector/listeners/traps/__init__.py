"""Traps and informs (SNMP v1, v2c, v3): a hint that something changed, never a state.

    device ─ UDP ─► sockets (opened here) ─► receiver, a process of its own
                                              gate      known address? its community or user?
                                              pysnmp    decodes, decrypts, answers informs
                                                  │ JSON lines: hints, counts
    poller ◄─ ask_now ─ hints: trap → groups ◄─ listener (starts it, watches it, starts it again)

    lines      what the two processes say to each other
    header     the little that is read of a datagram before anything is believed of it
    proof      whether a v3 message was signed with a user's password
    gate       who may speak, and how often
    receiver   the process: pysnmp behind the gate
    rights     what the process gives up before it reads its first datagram
    hints      what a trap means for a device, by its profile
    sockets    opening the port
    listener   the collector's side of it

See docs/adr/0021-traps-are-hints.md. This package imports nothing by itself, because the receiver
is to be a small process.
"""
