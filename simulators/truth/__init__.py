"""A scripted day of a small city, asked in compressed time: the ground truth about uptime.

    day.yaml ── what fails when ──► script ──► world ◄── asked by a collector's probes
                                                 └──► record: every question, moment and answer

The record and the script are all that the expected figures are reckoned from. Nothing here opens
a socket or reads a clock: whoever asks says when.
"""
