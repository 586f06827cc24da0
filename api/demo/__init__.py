"""`pantau demo`: a simulated city, the whole platform over it, and a score of what it reported.

city    the simulators as a process
run     starts everything, carries out what the timeline leaves to the operator, ends it
report  what the platform said, read back through its own HTTP API
score   the one held against the other
usage   what the platform's processes cost
"""
