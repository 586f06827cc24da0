"""A city of devices that answer real protocols on loopback, with a fault timeline.

The fault timeline, as it was carried out, is the ground truth that a demo is scored against.
Nothing here imports the platform's code: a bug in it cannot cancel itself out.
"""
