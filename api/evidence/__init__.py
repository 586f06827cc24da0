"""Evidence that anybody can recompute: a report with the raw rows it rests on, signed.

store.past ─ rows ─► raw/*.csv ─┐
       └─── tallies ─► figures.json, rules.json ─┼─► container ─► PACK.zip ─► verify: by itself,
faces of a report ─► report/* ─────┘         manifest.json, manifest.sig (key)    nothing of ours

pack       what is in a pack, and in which order
rows       its tables
container  the one form of ZIP in which no byte is free
key        who signs
verify     a program of its own: standard library alone, one file, recomputes every figure
"""
