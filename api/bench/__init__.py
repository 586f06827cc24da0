"""Measures the whole product on this machine: `pantau bench fleet`.

fleet    simulated agents on one core, the platform on another; phases; what was seen
setting  what an operator would have written for the fleet: pantau.yaml, a profile, alerts.yaml
watching samples of what the platform's processes cost and say of themselves
figures  from samples and the store to the figures of a run, and the words they are printed in
"""
