"""The credentials of pantau.yaml: what each version of SNMP needs, and what cannot go together."""

from collections.abc import Iterator
from typing import Final, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, field_validator, model_validator

from collector.config.shape import Shape, Text, refuse

SHORTEST_PASSWORD: Final = 8
"""Octets of a v3 password (RFC 3414, section 11.2); agents refuse shorter ones."""

Authentication: TypeAlias = Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"]
Privacy: TypeAlias = Literal["des", "aes128", "aes192", "aes256", "aes192c", "aes256c"]

SECRETS: Final = ("community", "authentication_password", "privacy_password")
"""Keys that hold a secret, or with `_file` the name of the file that does."""

_OF_USERS: Final = (
    "user",
    "authentication",
    "authentication_password",
    "authentication_password_file",
    "privacy",
    "privacy_password",
    "privacy_password_file",
    "context",
)


class CredentialSettings(Shape):
    """A named secret. Devices refer to it by its name."""

    version: Literal["1", "2c", "3"] = Field("2c", description='Version of SNMP: "1", "2c", "3".')
    community: SecretStr | None = Field(
        None, description="The community (versions 1 and 2c); better in a file."
    )
    community_file: Text | None = Field(None, description="File that holds the community.")
    user: Text | None = Field(None, description="Name of the user (version 3).")
    authentication: Authentication | None = Field(
        None,
        description="How messages are signed: `md5`, `sha`, `sha224`, `sha256`, `sha384` or "
        "`sha512`; none: not at all.",
    )
    authentication_password: SecretStr | None = Field(
        None, description="Password of `authentication`, 8 characters or more; better in a file."
    )
    authentication_password_file: Text | None = Field(
        None, description="File that holds the password of `authentication`."
    )
    privacy: Privacy | None = Field(
        None,
        description="How messages are encrypted: `des`, `aes128`, `aes192` or `aes256`, or "
        "`aes192c` or `aes256c` with keys extended as Cisco does it; none: not at all.",
    )
    privacy_password: SecretStr | None = Field(
        None, description="Password of `privacy`, 8 characters or more; better in a file."
    )
    privacy_password_file: Text | None = Field(
        None, description="File that holds the password of `privacy`."
    )
    context: Text | None = Field(
        None, description="Name of the context to ask in (version 3); none: the usual one."
    )

    @field_validator("version", mode="before")
    @classmethod
    def _read_version(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _check_that_it_fits_together(self) -> Self:
        for problem, remedy in self._problems_of_users() if self.version == "3" else self._others():
            raise refuse(problem, remedy)
        return self

    def _others(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a credential of version 1 or 2c."""
        for key in _OF_USERS:
            if getattr(self, key) is not None:
                yield f"{key} belongs to version 3", f'write version: "3" or remove {key}'
        if (self.community is None) == (self.community_file is None):
            found = "is no community" if self.community is None else "are two communities"
            yield f"there {found}", "give community_file or community"

    def _problems_of_users(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a credential of version 3."""
        for key in ("community", "community_file"):
            if getattr(self, key) is not None:
                yield f"{key} belongs to versions 1 and 2c", f"remove {key} and name a user"
        if self.user is None:
            yield "there is no user", "add user"
        for kind in ("authentication", "privacy"):
            yield from self._problems_of_passwords(kind)
        if self.privacy is not None and self.authentication is None:
            yield "there is privacy without authentication", "add authentication"

    def _problems_of_passwords(self, kind: str) -> Iterator[tuple[str, str]]:
        password, file = (getattr(self, f"{kind}_password{end}") for end in ("", "_file"))
        given = password is not None or file is not None
        if password is not None and file is not None:
            yield f"there are two passwords of {kind}", f"keep {kind}_password_file"
        if getattr(self, kind) is None and given:
            yield f"there is a password, but no {kind}", f"add {kind} or remove the password"
        if getattr(self, kind) is not None and not given:
            yield f"there is no password of {kind}", f"give {kind}_password_file"
        if password is not None and is_short(password):
            yield f"{kind}_password is {TOO_SHORT}", LONGER


TOO_SHORT: Final = f"shorter than {SHORTEST_PASSWORD} characters"
LONGER: Final = "take the password that the agent was given"


def is_short(password: SecretStr) -> bool:
    """Say whether no agent can have been given this password of a v3 user."""
    return len(password.get_secret_value().encode()) < SHORTEST_PASSWORD
