"""What people read: facts of a message, words for them, as short as the channel wants.

    Content ─► facts_of ─► Facts ─► (outbox, JSON) ─► Speaker ─► title, text, html
    (deciding)             no words yet               templates   the first line is enough to act

Facts are stored, words are made when a message is sent: in the receiver's language, by the
templates of that day. Names from the inventory are cleaned once, when they become facts.
"""
