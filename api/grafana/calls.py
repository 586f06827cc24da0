"""Grafana's HTTP API as far as we use it: what grafana-api still does right, and the gaps.

grafana-api (1.0.3, of 2020) knows folders, dashboards by uid, search, data sources by name and
annotations, which current servers still serve. Its traps, and what is done about them here: names
and tags go into its addresses unquoted (we quote them), answers of any size are read (our adapter
stops), redirects are followed with the token (they are refused), an error or a page that is no JSON
ends in TypeErrors and ValueErrors (translated). What current servers switched off, data sources by
number, is never called; by uid, versions and health are our own.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import requests
from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace
from pydantic import SecretStr
from requests.adapters import HTTPAdapter

OLDEST = 9
"""The first version that serves data sources and versions of dashboards by uid."""
LARGEST_ANSWER = 32 * 2**20
LONGEST_WORDS = 300
_CHUNK = 2**16
_PORTS = {"http": 80, "https": 443}


class GrafanaError(Exception):
    """Grafana cannot be pushed to. The message says what to do; it never holds the token."""

    def __init__(self, problem: str, remedy: str, status: int | None = None) -> None:
        """Say what is wrong, and what mends it."""
        self.problem, self.remedy, self.status = problem, remedy, status
        super().__init__(f"{problem}; {remedy}")


class Grafana:
    """A Grafana and a token for it. Calls block; each raises GrafanaError.

    What is asked for and is not there is None.
    """

    def __init__(self, url: str, token: SecretStr, timeout_seconds: float) -> None:
        self.url = url
        self._token = token
        place = urlsplit(url)
        self._face = GrafanaFace(
            auth=token.get_secret_value(),
            host=place.hostname or "",
            port=place.port or _PORTS[place.scheme],
            url_path_prefix=place.path.strip("/") + "/" if place.path.strip("/") else "",
            protocol=place.scheme,
            timeout=timeout_seconds,
        )
        session = self._face.api.s
        session.max_redirects = 0
        session.trust_env = False  # no proxy, no .netrc: the token goes to this server alone
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Bounded(timeout_seconds))
        self._client = httpx.Client(
            base_url=url,
            timeout=timeout_seconds,
            trust_env=False,
            headers={"Authorization": f"Bearer {token.get_secret_value()}"},
        )

    def __repr__(self) -> str:
        return f"Grafana({self.url!r})"

    def close(self) -> None:
        """Let the connections go."""
        self._face.api.s.close()
        self._client.close()

    def version(self) -> str:
        """Return its version; empty if it keeps that to itself. Refuses what is too old."""
        health = self._own("GET", "/api/health")
        if not isinstance(health, Mapping) or "database" not in health:
            raise _no_grafana(self.url)
        version = str(health.get("version", ""))
        major = version.split(".")[0]
        if major.isdigit() and int(major) < OLDEST:
            raise GrafanaError(f"Grafana {version} is too old", f"upgrade it to {OLDEST} or newer")
        return version

    # --- through grafana-api -------------------------------------------------------------------

    def folder(self, uid: str) -> dict[str, Any] | None:
        """Return a folder."""
        return self._one(lambda: self._face.folder.get_folder(quote(uid, safe="")))

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self._through(lambda: self._face.folder.create_folder(title, uid))

    def dashboards(self, tag: str) -> list[dict[str, Any]]:
        """Return the dashboards with a tag, as search shows them."""
        found = self._through(
            lambda: self._face.search.search_dashboards(
                tag=quote(tag, safe=""), type_="dash-db", limit=1000
            )
        )
        return found if isinstance(found, list) else []

    def dashboard(self, uid: str) -> dict[str, Any] | None:
        """Return a dashboard: its `dashboard` and what is known of it, `meta`."""
        return self._one(lambda: self._face.dashboard.get_dashboard(quote(uid, safe="")))

    def save_dashboard(self, saved: Mapping[str, Any]) -> None:
        """Save a dashboard. One that was changed since its `version` is refused (412)."""
        self._through(lambda: self._face.dashboard.update_dashboard(dict(saved)))

    def data_source(self, name: str) -> dict[str, Any] | None:
        """Return a data source, without its secrets."""
        quoted = quote(name, safe="")
        return self._one(lambda: self._face.datasource.get_datasource_by_name(quoted))

    def create_data_source(self, source: Mapping[str, Any]) -> None:
        """Make a data source."""
        self._through(lambda: self._face.datasource.create_datasource(dict(source)))

    def annotations(self, tags: Sequence[str], start: int, end: int) -> list[dict[str, Any]]:
        """Return annotations that have all tags and touch a span of milliseconds."""
        quoted = [quote(tag, safe="") for tag in tags]
        found = self._through(
            lambda: self._face.annotations.get_annotation(
                time_from=start, time_to=end, tags=quoted, limit=10_000
            )
        )
        return found if isinstance(found, list) else []

    def add_annotation(self, start: int, end: int | None, tags: Sequence[str], text: str) -> None:
        """Add an annotation to the organisation; without an end it is a moment."""
        self._through(
            lambda: self._face.annotations.add_annotation(
                time_from=start, time_to=end or start, tags=list(tags), text=text
            )
        )

    def change_annotation(
        self, number: int, start: int, end: int | None, tags: Sequence[str], text: str
    ) -> None:
        """Change an annotation."""
        self._through(
            lambda: self._face.annotations.update_annotation(
                number, time_from=start, time_to=end or start, tags=list(tags), text=text
            )
        )

    # --- our own -------------------------------------------------------------------------------

    def last_change(self, uid: str) -> dict[str, Any] | None:
        """Return what is known of the last change of a dashboard; None if it may not be seen."""
        path = f"/api/dashboards/uid/{quote(uid, safe='')}/versions"
        found = self._own("GET", path, params={"limit": "1"}, none=(403, 404))
        listed = found.get("versions") if isinstance(found, Mapping) else found  # 11.3 and older
        if not isinstance(listed, list) or not listed or not isinstance(listed[0], Mapping):
            return None
        return dict(listed[0])

    def change_data_source(self, uid: str, source: Mapping[str, Any]) -> None:
        """Change a data source by its uid."""
        self._own("PUT", f"/api/datasources/uid/{quote(uid, safe='')}", body=dict(source))

    def data_source_works(self, uid: str) -> bool:
        """Let Grafana try a data source: does it reach InfluxDB, and is its token taken?"""
        path = f"/api/datasources/uid/{quote(uid, safe='')}/health"
        found = self._own("GET", path, none=(400, 404, 500, 502, 503, 504))
        return isinstance(found, Mapping) and found.get("status") == "OK"

    def _own(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object | None = None,
        none: Sequence[int] = (),
    ) -> Any:
        try:
            with self._client.stream(method, path, params=params, json=body) as response:
                octets = bytearray()
                for chunk in response.iter_bytes():
                    octets += chunk
                    if len(octets) > LARGEST_ANSWER:
                        raise _too_much(self.url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(self.url, error) from None
        if response.status_code in none:
            return None
        try:
            content = json.loads(octets)
        except ValueError:
            content = None
        if response.status_code >= 300:
            said = content.get("message") if isinstance(content, Mapping) else None
            raise _refused(self.url, response.status_code, said)
        if content is None:
            raise _no_grafana(self.url)
        return content

    def _one(self, call: Callable[[], Any]) -> dict[str, Any] | None:
        """Call for one thing; None when there is none."""
        try:
            found = self._through(call)
        except GrafanaError as error:
            if error.status == 404:
                return None
            raise
        if not isinstance(found, dict):
            raise _no_grafana(self.url)
        return found

    def _through(self, call: Callable[[], Any]) -> Any:
        """Call grafana-api; what goes wrong becomes a GrafanaError."""
        try:
            return call()
        except GrafanaException as error:
            says_why = isinstance(error.response, Mapping)
            if error.status_code == 404 and not says_why:
                raise _no_grafana(self.url) from None  # somebody else's page: nothing is missing
            said = error.response.get("message") if says_why else None
            raise _refused(self.url, error.status_code, said) from None
        except _TooMuchError:
            raise _too_much(self.url) from None
        except requests.TooManyRedirects:
            raise _refused(self.url, 302, None) from None
        except requests.JSONDecodeError:
            raise _no_grafana(self.url) from None
        except requests.RequestException as error:
            raise _unreachable(self.url, error) from None
        except (TypeError, ValueError):  # an error whose body is no mapping
            raise _no_grafana(self.url) from None


class _TooMuchError(Exception):
    """An answer is larger than Grafana's ever are."""


class _Bounded(HTTPAdapter):
    """Reads answers up to a size and within a time: requests itself does neither."""

    def __init__(self, timeout_seconds: float) -> None:
        super().__init__()
        self._seconds = timeout_seconds * 3  # its own limit is between two octets only

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Send, and read the answer as a whole."""
        kwargs["stream"] = True
        response = super().send(request, *args, **kwargs)
        deadline = time.monotonic() + self._seconds
        octets = bytearray()
        for chunk in response.iter_content(_CHUNK):
            octets += chunk
            if len(octets) > LARGEST_ANSWER:
                response.close()
                raise _TooMuchError
            if time.monotonic() > deadline:
                response.close()
                raise requests.ReadTimeout("the answer takes too long")
        response._content = bytes(octets)  # noqa: SLF001 - what requests does when it reads
        return response


def _refused(url: str, status: int, said: object) -> GrafanaError:
    words = " ".join(str(said or "no words").split())[:LONGEST_WORDS]
    if status == 401:
        problem = "Grafana does not take the token"
        remedy = "make one for a service account and name its file in grafana.token_file"
    elif status == 403:
        problem = f"the token may not do this: {words}"
        remedy = "give its service account the role Admin"
    elif status == 412:
        problem = f"somebody changed it meanwhile: {words}"
        remedy = "push again"
    elif 300 <= status < 400:
        problem = f"{url} sends us elsewhere ({status})"
        remedy = "write the address that it sends to into grafana.url (https? a path?)"
    elif status == 404:
        problem = f"there is no such call at {url}: {words if said else 'it may be no Grafana'}"
        remedy = "look at grafana.url and at Grafana's version"
    elif status >= 500:
        problem = f"Grafana answers {status}: {words}"
        remedy = "look at its log and push again"
    else:
        problem = f"Grafana answers {status}: {words}"
        remedy = "look at its log"
    return GrafanaError(problem, remedy, status)


def _unreachable(url: str, error: Exception) -> GrafanaError:
    text = " ".join(str(error).split())
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return GrafanaError(
            f"nothing vouches for the certificate of {url}",
            "let the machine know its authority (SSL_CERT_FILE and REQUESTS_CA_BUNDLE)",
        )
    how = "it takes too long" if "timed out" in text.lower() else type(error).__name__
    return GrafanaError(f"nobody answers at {url} ({how})", "start Grafana, or mend grafana.url")


def _no_grafana(url: str) -> GrafanaError:
    return GrafanaError(f"{url} does not answer as Grafana does", "mend grafana.url")


def _too_much(url: str) -> GrafanaError:
    return GrafanaError(f"{url} answers more than Grafana would", "mend grafana.url")
