"""Write the dashboards: `make dashboards`, or `python -m dashboards.grafana.source`."""

import json
from pathlib import Path

from dashboards.grafana import LANGUAGES
from dashboards.grafana.source import made

FOLDER = Path(__file__).parent.parent


def main() -> None:
    """Write every board in every language; remove files of boards that are no more."""
    for language in LANGUAGES:
        folder = FOLDER / language
        folder.mkdir(exist_ok=True)
        files = made(language)
        for old in folder.glob("*.json"):
            if old.name not in files:
                old.unlink()
        for name, board in files.items():
            text = json.dumps(board, indent=1, ensure_ascii=False, sort_keys=True)
            (folder / name).write_text(text + "\n")


if __name__ == "__main__":
    main()
