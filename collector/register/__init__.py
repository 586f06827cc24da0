"""The register: what agencies' lists say of the city's devices, and what holds of it.

    a list (YAML, CSV, XLSX) ─ reading ─► cells ─ columns ─► rows of a source ─► plan of an import
    rows of all sources ─ precedence, decisions ─► values in force ─► register.yaml
    rows of all sources and what the network says ─ matching ─► findings for people to decide

Nothing here touches the store; `collector.store.register` keeps sources, rows and decisions.
"""
