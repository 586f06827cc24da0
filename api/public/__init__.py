"""The public status page, where `api.public_status` asks for it: `/status/`, without a token.

It says how a service is in a part of the city, never how a device is. What nobody may learn from it
is decided in `groups`: a group of fewer than five devices is never named, and no number of devices
is ever said.

    store ─► making (once a minute for everybody) ─► groups, announced ─► page ─► bytes
"""
