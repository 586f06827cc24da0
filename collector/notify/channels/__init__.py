"""The ways to people. What a channel is stands in `contract`; each way has a file of its own.

    message ─► webhook, telegram, whatsapp, ntfy ─► outbound ─► a checked address
               (what the service understands)       (the one way out over HTTP)
            ─► email ─► a mail server
            ─► siren ─► publishing ─► a broker      (what rings is asked of the outbox)
            ─► apprise ─► apprise_process ─► a process of its own: apprise_worker, apprise_guard

How often a channel may be used is said by its `limits` (`budgets`); who waits is the sender.
"""

from collector.notify.channels.contract import Channel, Message, NotifyError, Sent

__all__ = ["Channel", "Message", "NotifyError", "Sent"]
