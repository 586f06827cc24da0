"""The register: what lists say against what the network says, and what people decide.

service   reconcile, decide, sign, score, look up: for the API and the command line alike
views     the same as JSON
apart     a process of its own reconciles, when lists changed and once a day
"""
