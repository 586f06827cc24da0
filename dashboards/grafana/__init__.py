"""Dashboards for Grafana: made by `source` (development only), kept here as JSON.

    source/ (Python, words in two languages) ── make dashboards ──► id/*.json, en/*.json

Nothing of Grafana is needed at run time: whoever provisions or pushes them reads the files.
"""

from pathlib import Path

LANGUAGES = ("id", "en")
"""Indonesian first; the English ones have the same uid with `-en` behind."""


def dashboard_files(language: str) -> list[Path]:
    """Return the files of a language, in the order in which people open them."""
    return sorted((Path(__file__).parent / language).glob("*.json"))
