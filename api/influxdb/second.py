"""InfluxDB 2.x: buckets and authorizations through the client library's calls.

From 2.9 on the server keeps hashes of tokens only: a token is seen when it is made, and never
again. So the file is the only place of it, and whether it works is found out by trying.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.domain.authorization import Authorization
from influxdb_client.domain.bucket import Bucket as ServerBucket
from influxdb_client.domain.bucket_retention_rules import BucketRetentionRules
from influxdb_client.domain.organization import Organization
from influxdb_client.domain.permission import Permission
from influxdb_client.domain.permission_resource import PermissionResource
from influxdb_client.domain.post_bucket_request import PostBucketRequest
from influxdb_client.rest import ApiException
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from api.influxdb.server import Server
from api.influxdb.token_files import settle
from api.influxdb.wanted import READER, WRITER, Bucket, SetupError, Step, Wanted, names, span_text

OLDEST = (2, 4)
"""The first version that answers InfluxQL for every bucket without a mapping made by hand."""

Found = TypeVar("Found")


def set_up(server: Server, wanted: Wanted, version: str) -> Iterator[Step]:
    """Make what is missing, yielding each step when it is done. Raises SetupError."""
    if tuple(int(word) for word in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise SetupError(
            f"InfluxDB {version} reads buckets in InfluxQL only after mappings made by hand",
            "upgrade it to 2.7 or newer",
        )
    if wanted.admin_token is None:
        raise SetupError(
            "InfluxDB 2 needs a token that may make buckets and tokens",
            "name the file that holds it with --admin-token-file",
        )
    client = InfluxDBClient(
        url=wanted.url,
        token=wanted.admin_token.get_secret_value(),
        org=wanted.organisation,
        timeout=int(wanted.timeout_seconds * 1000),  # the library takes milliseconds
    )
    try:
        yield from _Setup(client, server, wanted).steps()
    finally:
        client.close()


class _Setup:
    def __init__(self, client: InfluxDBClient, server: Server, wanted: Wanted) -> None:
        self._client = client
        self._server = server
        self._wanted = wanted
        self._buckets: list[ServerBucket] = []

    def steps(self) -> Iterator[Step]:
        organisation = self._organisation()
        for bucket in self._wanted.buckets:
            yield self._bucket(organisation, bucket)
        for what, name, action, files in (
            ("token that writes", WRITER, "write", self._wanted.files.write),
            ("token that reads", READER, "read", self._wanted.files.read),
        ):
            if not files:
                continue
            yield from settle(
                what,
                files,
                group_may_read=self._wanted.files.group_may_read,
                works=self._may_write if action == "write" else self._may_read,
                make=partial(self._make_token, organisation, name, action),
            )

    def _organisation(self) -> Organization:
        name = self._wanted.organisation
        api = self._client.organizations_api()
        found = self._asked(lambda: api.find_organizations(org=name), or_none=(404,))
        one: Organization
        for one in found or []:
            if one.name == name:
                return one
        raise SetupError(
            f"InfluxDB has no organisation {name}, or the token may not see it",
            "mend influxdb.organisation, or make it: influx org create",
        )

    def _bucket(self, organisation: Organization, bucket: Bucket) -> Step:
        api = self._client.buckets_api()
        what, keep = f"bucket {bucket.name}", span_text(bucket.keep_seconds)
        rules = [BucketRetentionRules(type="expire", every_seconds=bucket.keep_seconds)]
        listed = self._asked(
            lambda: api.find_buckets(name=bucket.name, org_id=organisation.id), or_none=(404,)
        )
        for one in [] if listed is None else listed.buckets:
            if one.name != bucket.name:
                continue
            self._buckets.append(one)
            held = sum(rule.every_seconds for rule in one.retention_rules)
            if held == bucket.keep_seconds:
                return Step(what, "same", f"keeps {keep}")
            one.retention_rules = rules
            self._asked(partial(api.update_bucket, one))
            return Step(what, "changed", f"keeps {keep} instead of {span_text(held)}")
        request = PostBucketRequest(
            name=bucket.name,
            org_id=organisation.id,
            retention_rules=rules,
            description="Readings of Pantau",
        )
        self._buckets.append(self._asked(lambda: api.create_bucket(bucket=request)))
        return Step(what, "made", f"keeps {keep}")

    def _make_token(self, organisation: Organization, name: str, action: str) -> SecretStr:
        permissions = [
            Permission(
                action=action,
                resource=PermissionResource(type="buckets", id=one.id, org_id=organisation.id),
            )
            for one in self._buckets
        ]
        words = f"{name}: may {action} {names(self._wanted.buckets)}"
        asked = Authorization(org_id=organisation.id, permissions=permissions, description=words)
        api = self._client.authorizations_api()
        made = self._asked(lambda: api.create_authorization(authorization=asked))
        if not made.token:
            raise SetupError("InfluxDB made a token and does not show it", "see its version")
        return SecretStr(made.token)

    def _may_write(self, token: SecretStr) -> bool:
        """Write nothing: who may write is told that points are missing (400)."""
        for bucket in self._wanted.buckets:
            params = {"org": self._wanted.organisation, "bucket": bucket.name}
            answer = self._server.ask(
                "POST", "/api/v2/write", token=token, params=params, content=b""
            )
            if answer.status not in (204, 400):
                return False
        return True

    def _may_read(self, token: SecretStr) -> bool:
        for bucket in self._wanted.buckets:
            params = {"db": bucket.name, "q": "SHOW MEASUREMENTS LIMIT 1"}
            answer = self._server.ask("GET", "/query", token=token, params=params)
            if answer.status != 200 or b'"error"' in answer.body:
                return False
        return True

    def _asked(self, call: Callable[[], Found], *, or_none: Sequence[int] = ()) -> Found:
        """Call the library; errors become words of ours. Raises SetupError.

        With `or_none`, these statuses mean that there is no such thing: the answer is None.
        """
        try:
            return call()
        except ApiException as error:
            if error.status in or_none:
                return None  # type: ignore[return-value]
            raise _problem_of(error) from None
        except (HTTPError, OSError) as error:
            raise SetupError(
                f"{self._wanted.url} broke off ({type(error).__name__})", "run it again"
            ) from None


def _problem_of(error: ApiException) -> SetupError:
    words = " ".join(str(error.message or error.reason or "").split())[:300] or "no words"
    if error.status == 401:
        return SetupError(
            "InfluxDB does not know the administrator's token",
            "name the file that holds the right one with --admin-token-file",
        )
    if error.status == 403:
        return SetupError(
            f"the administrator's token may not do this: {words}",
            "use an all-access token of the organisation",
        )
    return SetupError(f"InfluxDB answers {error.status}: {words}", "look at its log")
