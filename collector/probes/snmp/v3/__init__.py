"""SNMPv3 with its user-based security model (RFC 3412, 3414, 3826, 7860), beside v1 and v2c.

    engine.py ─► users.py ──► session.py: what is known of one agent for one user
                   │             │  ├─► window.py: the clock of its engine
                   │             │  └─► sealing.py: signing and encrypting ◄── keys.py
                   │             └─► message.py: bytes ─► parts, reports.py: what agents complain of
                   └─► ../transport.py: the socket that all versions share

An answer is believed when it carries the message id of an open question, comes from where that was
sent, and is signed. The id is random and signed too, so an answer is never older than its question.
What is not signed (discovery, most complaints) is a hint: it may cause one discovery more, and a
refusal counts only if nothing signed comes in the meantime.
"""
