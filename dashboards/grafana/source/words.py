"""The words of one language, by key. A key without words is an error when the boards are made."""

from dataclasses import dataclass
from types import ModuleType

from dashboards.grafana.source.messages import en, id

_CATALOGUES: dict[str, ModuleType] = {"id": id, "en": en}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    @property
    def _catalogue(self) -> ModuleType:
        return _CATALOGUES[self.language]

    def panel(self, key: str) -> tuple[str, str]:
        """Return title and description of a panel. Raises KeyError."""
        title, description = self._catalogue.PANELS[key]
        return str(title), str(description)

    def __call__(self, key: str) -> str:
        """Return a word: a column, a state, a row, a variable. Raises KeyError."""
        return str(self._catalogue.WORDS[key])

    def uid(self, name: str) -> str:
        """Return the uid of a board in this language."""
        return name if self.language == "id" else f"{name}-{self.language}"
