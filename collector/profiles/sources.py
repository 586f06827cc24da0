"""Words of a profile that come from outside and reach devices or Python: OIDs, topics, patterns."""

import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from collector.config.shape import refuse
from collector.profiles.columns import INDEX_PATTERN, ColumnAt, parse_reference
from collector.profiles.topics import topic_pattern

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]{0,9})){2,127}", re.ASCII)
_JSON_PATH = re.compile(r"[^.\s]{1,64}(?:\.[^.\s]{1,64}){0,15}")
_LONGEST_PATTERN = 200
_LONGEST_TOPIC = 200
_MOST_OPEN_ENDS = 4
_OID_BODY = r"[0-2](\.(0|[1-9][0-9]{0,9})){2,127}"
_OID_PATTERN = f"^{_OID_BODY}$"
_COLUMN_PATTERN = rf"^({_OID_BODY}(\[({_OID_BODY}|{INDEX_PATTERN})?\])?|{INDEX_PATTERN})$"

FORBIDDEN = {
    "1.3.6.1.4.1.14988.1.1.18": "reading it runs a script on the router",
    "1.3.6.1.4.1.14988.1.1.7.1": "it reboots the router",
    "1.3.6.1.4.1.14988.1.1.7.2": "it cuts the power of USB",
    "1.3.6.1.4.1.14988.1.1.8.1.1.3": "it runs a script on the router",
    "1.3.6.1.4.1.39165.1.12": "it reboots the camera",
    "1.3.6.1.4.1.318.1.1.1.6": "it can switch off what hangs on the UPS",
    "1.3.6.1.4.1.11863.10.1.2.1": "it reboots the access point",
}
"""Objects that do something when they are written, or even read: nobody asks for them."""


def check_oid(value: object) -> object:
    """Refuse what is no OID or must not be asked for, itself or by a walk over it."""
    if not isinstance(value, str):
        return value
    if not _OID.fullmatch(value):
        raise refuse(
            f'"{value[:60]}" is no OID', "write numbers and dots, such as 1.3.6.1.2.1.1.3.0"
        )
    for oid, why in FORBIDDEN.items():
        if is_within(value, oid) or is_within(oid, value):
            raise refuse(f'"{value}" must not be asked for: {why}', "remove it")
    return value


def is_within(oid: str, prefix: str) -> bool:
    """Say whether an OID is a prefix or below it, on whole sub-identifiers."""
    return oid == prefix or oid.startswith(prefix + ".")


def _check_oid_prefix(value: object) -> object:
    if isinstance(value, str) and not _OID.fullmatch(value):
        raise refuse(f'"{value[:60]}" is no OID', "write numbers and dots, such as 1.3.6.1.4.1.368")
    return value


def _check_column(value: object) -> object:
    """Refuse what is no reference of a table, or needs an OID that must not be asked for."""
    if not isinstance(value, str):
        return value
    try:
        reference = parse_reference(value)
    except ValueError:
        raise refuse(
            f'"{value[:60]}" is no column',
            "write an OID, with [index.2] or [OID] behind it or not, or index, index.2-7:mac",
        ) from None
    if isinstance(reference, ColumnAt):
        for oid in reference.columns():
            check_oid(oid)
    return value


def _check_json_path(value: object) -> object:
    if isinstance(value, str) and not _JSON_PATH.fullmatch(value):
        raise refuse(f'"{value[:60]}" is no path', "write keys with dots, such as ENERGY.Power")
    return value


def _check_topic(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "{topic}" not in value:
        raise refuse(f'"{value[:60]}" has no {{topic}}', "write it where the device's topic stands")
    try:
        topic_pattern(value)
    except ValueError as error:
        raise refuse(f'"{value[:60]}" {error}', "mend that level") from None
    if len(value) > _LONGEST_TOPIC:
        raise refuse(f'"{value[:60]}…" is too long', f"write {_LONGEST_TOPIC} characters at most")
    return value


def check_pattern(value: object) -> object:
    """Refuse a regular expression that is none, or could take a device's word and never end."""
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_PATTERN:
        raise refuse(f"the pattern is longer than {_LONGEST_PATTERN} characters", "shorten it")
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise refuse(f'"{value[:60]}" is no regular expression: {error}', "mend it") from None
    problem = endless(value)
    if problem is not None:
        raise refuse(f'"{value[:60]}" could take for ever: {problem}', "make it simpler")
    return value


def _check_cutting_pattern(value: object) -> object:
    checked = check_pattern(value)
    if isinstance(checked, str) and re.compile(checked).groups != 1:
        raise refuse(f'"{checked[:60]}" needs one group', "put ( ) around the part that is wanted")
    return checked


def endless(pattern: str) -> str | None:
    """Say why a regular expression may need exponential or very long time, None if it is fine.

    Refused are repeated groups that hold a repetition or alternatives, `(a+)+`, and more than
    four unbounded repetitions in all.
    """
    plain = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "x", re.sub(r"\\[^\[\]]", "x", pattern))
    plain = re.sub(r"\\.", "x", plain)
    if len(re.findall(r"[*+]|\{\d*,\}", plain)) > _MOST_OPEN_ENDS:
        return f"more than {_MOST_OPEN_ENDS} unbounded repetitions"
    risky = [False]  # per open group: does it hold a repetition or alternatives?
    for position, sign in enumerate(plain):
        if sign == "(":
            risky.append(False)
        elif sign == ")" and len(risky) > 1:
            inner = risky.pop()
            if inner and re.match(r"[*+]|\{\d*,\d*\}|\{\d{2,}\}", plain[position + 1 :]):
                return "a repetition of a group that holds another, or alternatives"
            risky[-1] |= inner
        elif sign in "*+|" or re.match(r"\{\d*,", plain[position:]):
            risky[-1] = True
    return None


Oid: TypeAlias = Annotated[
    str,
    BeforeValidator(check_oid),
    WithJsonSchema({"type": "string", "pattern": _OID_PATTERN}),
]
OidPrefix: TypeAlias = Annotated[
    str,
    BeforeValidator(_check_oid_prefix),
    WithJsonSchema({"type": "string", "pattern": _OID_PATTERN}),
]
Column: TypeAlias = Annotated[
    str,
    BeforeValidator(_check_column),
    WithJsonSchema({"type": "string", "pattern": _COLUMN_PATTERN}),
]
JsonPath: TypeAlias = Annotated[str, BeforeValidator(_check_json_path), Field(max_length=1000)]
Topic: TypeAlias = Annotated[str, BeforeValidator(_check_topic)]
Pattern: TypeAlias = Annotated[str, BeforeValidator(check_pattern)]
CuttingPattern: TypeAlias = Annotated[str, BeforeValidator(_check_cutting_pattern)]
