"""Puts Pantau into a Grafana that reads no files of ours: folder, data sources, boards, events.

    Wanted ─┐
            ├─► plan: create, change, same, kept ─► shown ─► carried out
    held ◄──┘        (kept: somebody edited it)
      calls: grafana-api where its calls are still served, our own few over httpx for the rest

What we wrote carries a digest of itself, so that the next push knows without a file of its own
whether it is still as we left it. What people changed is kept unless they say otherwise.
"""
