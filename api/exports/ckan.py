"""Pushes exports to a CKAN portal over its action API (version 3). Blocks.

For each dataset a package (made, or its description renewed), in it a resource for each file: made,
or its content replaced. So pushing twice is the same as pushing once, and months add up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from api.exports.dictionary import VERSION, Dataset
from collector.config.exports import ExportSettings

_LARGEST_ANSWER = 2**20
_SHOWN = 200


class CkanError(Exception):
    """The portal did not do what it was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CkanFile:
    """One file for the portal. `form` is CSV or JSON."""

    name: str
    form: str
    content: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a dataset: its name at the portal, and what was made or renewed."""

    package: str
    package_made: bool
    made: tuple[str, ...]
    renewed: tuple[str, ...]


class Ckan:
    """A portal. Its repr shows no token."""

    def __init__(
        self, settings: ExportSettings, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Raise CkanError when the settings name no portal or no token."""
        if settings.portal is None or settings.organization is None:
            raise CkanError("no portal is set; add exports: portal and organization to pantau.yaml")
        if settings.token is None:
            raise CkanError("no token is set; put one into a file and name it: exports.token_file")
        self._settings = settings
        self._organization = settings.organization
        self._url = settings.portal.rstrip("/")
        self._client = httpx.Client(
            transport=transport,
            timeout=settings.timeout_seconds,
            follow_redirects=False,  # the token goes nowhere else
            trust_env=False,
            headers={"Authorization": settings.token.get_secret_value()},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def push(self, dataset: Dataset, files: Sequence[CkanFile]) -> Pushed:
        """Put files into the dataset's package. Raises CkanError; what was put before stays."""
        name = f"{self._settings.prefix}-{dataset.name}".lower()
        known = self._call("package_show", {"id": name}, missing=True)
        about = self._package(dataset, name)
        if known is None:
            package = self._call("package_create", about) or {}
        else:
            self._call("package_patch", {"id": name, **about})
            package = known
        resources = {
            str(one.get("name")): str(one.get("id"))
            for one in package.get("resources") or ()
            if isinstance(one, dict)
        }
        made, renewed = [], []
        for file in files:
            words = {"name": file.name, "format": file.form, "description": file.about}
            if file.name in resources:
                words["id"] = resources[file.name]
                self._call("resource_update", words, file)
                renewed.append(file.name)
            else:
                self._call("resource_create", {"package_id": name, **words}, file)
                made.append(file.name)
        return Pushed(name, known is None, tuple(made), tuple(renewed))

    def _package(self, dataset: Dataset, name: str) -> dict[str, Any]:
        settings = self._settings
        extras = {
            "versi skema": str(VERSION),
            "produsen data": settings.producer,
            "walidata": settings.custodian,
            "periode": "bulanan" if dataset.monthly else "mutakhir",
        }
        found: dict[str, Any] = {
            "name": name,
            "title": dataset.title_id,
            "notes": f"{dataset.about_id}\n\n{dataset.about_en}",
            "owner_org": self._organization,
            "extras": [{"key": key, "value": value} for key, value in extras.items() if value],
        }
        if settings.license:
            found["license_id"] = settings.license
        return found

    # --- one call -----------------------------------------------------------------------------

    def _call(
        self,
        action: str,
        words: Mapping[str, Any],
        file: CkanFile | None = None,
        *,
        missing: bool = False,
    ) -> dict[str, Any] | None:
        """Return what an action gives. `missing`: None when there is no such thing."""
        url = f"{self._url}/api/3/action/{action}"
        try:
            if file is None:
                request = self._client.build_request("POST", url, json=dict(words))
            else:
                kind = "text/csv" if file.form == "CSV" else "application/json"
                upload = {"upload": (file.name, file.content, kind)}
                request = self._client.build_request("POST", url, data=dict(words), files=upload)
            answer = self._client.send(request, stream=True)
            try:
                body = _bounded(answer)
            finally:
                answer.close()
        except httpx.TimeoutException:
            waited = f"{self._settings.timeout_seconds:g} s"
            raise CkanError(
                f"the portal did not answer {action} within {waited}; try again, or set"
                " exports.timeout"
            ) from None
        except httpx.HTTPError as error:
            raise CkanError(
                f"{self._url} cannot be reached ({type(error).__name__}); look at exports.portal"
                " and at the network"
            ) from None
        if missing and answer.status_code == 404:
            return None
        return self._understood(action, answer.status_code, body)

    def _understood(self, action: str, status: int, body: bytes) -> dict[str, Any]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
        if status in (401, 403):
            raise CkanError(
                f"the portal refuses the token for {action} ({status}); ask for one that may edit"
                f" the organisation {self._organization}"
            )
        if 300 <= status < 400:
            raise CkanError("the portal sends us elsewhere; write the address it sends to, exactly")
        if not isinstance(told, dict) or "success" not in told:
            raise CkanError(
                f"what answers at {self._url} is no CKAN ({status}); look at exports.portal"
            )
        if status == 404:
            raise CkanError(
                f"the portal does not know what {action} names; look at exports.organization"
            )
        if not told["success"] or status >= 400:
            raise CkanError(f"the portal refuses {action}: {_reason(told.get('error'))}")
        result = told.get("result")
        return result if isinstance(result, dict) else {}


def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > _LARGEST_ANSWER:
            raise CkanError("the portal's answer is larger than 1 MiB; look at exports.portal")
    return bytes(body)


def _reason(error: object) -> str:
    """Return what the portal says is wrong, in one printable line."""
    if not isinstance(error, dict):
        return "it does not say why"
    parts = [
        f"{key}: {' '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in error.items()
        if key != "__type"
    ]
    text = "; ".join(parts) or str(error.get("__type") or "it does not say why")
    return "".join(char if char.isprintable() else " " for char in text)[:_SHOWN]
