"""The subcommands of `pantau`, one module a concern; `api.cli` joins them.

Exit codes: 0 done, 1 found a problem, 2 wrong use. What cannot be done is said in one line on
standard error, with the remedy.
"""
