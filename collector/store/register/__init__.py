"""The register as rows: lists and what they said (`lists`), with what people decided about them."""
