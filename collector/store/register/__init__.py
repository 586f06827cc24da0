"""The register as rows: lists and what they said, with what people decided about them.

lists           sources, imports, and the versions of their rows
reconciliation  findings, decisions and signatures, a transaction each:
  network         what devices say they are, and when they were last alive
  finding_rows    what a reconciliation found
  decisions       what people decided and agencies signed
"""
