"""The options that say as whom to ask over SNMP. Passwords come from files, never from the line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from collector.config.credentials import LONGER, TOO_SHORT, is_short
from collector.config.problems import did_you_mean
from collector.config.secrets import SecretError, read_secret
from collector.model import Credential
from collector.probes.snmp.v3.security import CIPHERS, DIGESTS

_PUBLIC = Credential("default", "2c", "public")
_File = click.Path(path_type=Path)
_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--credential", help="Name of a credential in pantau.yaml."),
    click.option("--community", help="SNMP community. Default: the device's own, or public."),
    click.option("--snmp-version", type=click.Choice(["1", "2c", "3"]), help="Default: 2c."),
    click.option("--user", help="User of SNMPv3."),
    click.option("--auth", type=click.Choice(list(DIGESTS)), help="How the user signs."),
    click.option("--auth-password-file", type=_File, help="File with the password of --auth."),
    click.option("--priv", type=click.Choice(list(CIPHERS)), help="How the user encrypts."),
    click.option("--priv-password-file", type=_File, help="File with the password of --priv."),
    click.option("--context", help="Context to ask in (SNMPv3)."),
)


@dataclass(frozen=True, slots=True)
class AsWhom:
    """What the options say; what they leave open is None."""

    credential: str | None
    community: str | None
    snmp_version: str | None
    user: str | None
    auth: str | None
    auth_password_file: Path | None
    priv: str | None
    priv_password_file: Path | None
    context: str | None

    @property
    def has_user(self) -> bool:
        """Say whether anything was said that only SNMPv3 knows."""
        of_users = (
            self.user, self.auth, self.auth_password_file, self.priv, self.priv_password_file,
            self.context,
        )  # fmt: skip
        return any(one is not None for one in of_users)


def snmp_options(command: _Command) -> _Command:
    """Add the options to a command; it takes them as keywords, for `AsWhom(**options)`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def credential_of(
    as_whom: AsWhom, credentials: Mapping[str, Credential], own: Credential | None
) -> Credential:
    """Return as whom to ask: as the options say, else as the device's `own`, else `public`.

    Raises click.UsageError for options that do not go together.
    """
    if as_whom.credential is not None:
        return _named(as_whom, credentials)
    known = own or _PUBLIC
    has_user = as_whom.has_user
    version = as_whom.snmp_version or ("3" if has_user else None)
    if version is None and as_whom.community is None:
        return known
    if version == "3":
        return _user(as_whom) if has_user or known.version != "3" else known
    if has_user:
        raise click.UsageError("--user and what belongs to it need --snmp-version 3")
    version = version or (known.version if known.version != "3" else "2c")
    community = as_whom.community or known.community or _PUBLIC.community
    return Credential("given", version, community)


def _named(as_whom: AsWhom, credentials: Mapping[str, Credential]) -> Credential:
    name = as_whom.credential or ""
    if as_whom.has_user or as_whom.community is not None or as_whom.snmp_version is not None:
        raise click.UsageError("--credential says it all; leave the other SNMP options out")
    if name not in credentials:
        remedy = did_you_mean(name, credentials)
        raise click.UsageError(f'there is no credential "{name}"; {remedy}')
    return credentials[name]


def _user(as_whom: AsWhom) -> Credential:
    if as_whom.community is not None:
        raise click.UsageError("SNMPv3 has users; leave --community out")
    if as_whom.user is None:
        raise click.UsageError("SNMPv3 asks as a user; add --user")
    if as_whom.priv is not None and as_whom.auth is None:
        raise click.UsageError("nothing is encrypted without being signed; add --auth")
    return Credential(
        "given",
        "3",
        user=as_whom.user,
        authentication=as_whom.auth,
        authentication_password=_password("--auth", as_whom.auth, as_whom.auth_password_file),
        privacy=as_whom.priv,
        privacy_password=_password("--priv", as_whom.priv, as_whom.priv_password_file),
        context=as_whom.context or "",
    )


def _password(option: str, kind: str | None, file: Path | None) -> str:
    if (kind is None) != (file is None):
        missing = f"{option}-password-file" if file is None else option
        raise click.UsageError(f"{option} and its password go together; add {missing}")
    if file is None:
        return ""
    try:
        secret = read_secret(file, str(file))
    except SecretError as error:
        raise click.UsageError(str(error)) from None
    if is_short(secret):
        raise click.UsageError(f'the password in "{file}" is {TOO_SHORT}; {LONGER}')
    return secret.get_secret_value()
