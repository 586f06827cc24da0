"""Acting from a message: what stands behind its one-time links.

    GET  /tindak/TOKEN ─► look ─► Case ─► page: what it is about, how it stands now, one button
    POST /tindak/TOKEN ─► look ─► do  ─► page: what was done, or why not

A link is a permission for one thing (`collector.notify.words.links`); that it works once is the
store's care, in the transaction of what it does. Looking does nothing: whatever fetches an address
to preview it, in a chat or a mail gateway, only looks.
"""
