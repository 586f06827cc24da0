"""Writes `register.yaml`: what lists come to, as an inventory file like any other.

It is written whole from the values in force, read back, held against the whole inventory, and only
then put in the place of the one before. Only imports and decisions write it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collector.config import Config
from collector.config.problems import Problem
from collector.inventory import Inventory, Known
from collector.inventory.adopting import InventoryBrokenError, keep_renamed, written_beside
from collector.inventory.load import LIMIT_BYTES, read_inventory
from collector.model import Area, Device, Site

_HEAD = """\
# What agencies' lists come to (docs/import.md). Imports write this file anew each time: what is
# edited here is lost. A device that is to be kept by hand goes into another inventory file; it
# leaves this one with the next import.
"""


class RegisterRefusedError(Exception):
    """The inventory does not take what lists come to; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(problems[0]) if problems else "")


def text_of(inventory: Inventory) -> str:
    """Return the file's text. Values are written as JSON, which YAML reads as what they are."""
    lines = [_HEAD]
    for name, entries in (
        ("areas", [_area(one) for one in inventory.areas.values()]),
        ("owners", [{"id": one.id, "name": one.name} for one in inventory.owners.values()]),
        ("sites", [_site(one) for one in inventory.sites.values()]),
        ("devices", [_device(one) for one in inventory.devices.values()]),
    ):
        if entries:
            entries.sort(key=lambda entry: str(entry.get("id") or entry.get("code")))
            lines.append(f"{name}:\n")
            lines.extend(f"  - {json.dumps(one, ensure_ascii=False)}\n" for one in entries)
        else:
            lines.append(f"{name}: []\n")
    return "".join(lines)


class NotInPlaceError(InventoryBrokenError):
    """What lists say was changed, and the file does not say so yet; the message says what to do."""


@contextmanager
def checked_file(config: Config, inventory: Inventory, known: Known) -> Iterator[Path]:
    """Yield the new file beside the old one, read back and found good; see `put_in_place`.

    Raises RegisterRefusedError for what the inventory does not take, InventoryBrokenError when the
    file cannot be written.
    """
    path = config.registered_path
    text = text_of(inventory)
    if len(text.encode()) > LIMIT_BYTES:
        raise InventoryBrokenError(f"{path} would be larger than {LIMIT_BYTES:,} bytes")
    with written_beside(path, text) as draft:
        loaded = read_inventory([*other_files(config), draft], known)
        if loaded.problems:
            raise RegisterRefusedError(loaded.problems)
        meant = {one.id for one in inventory.devices.values()}
        if not meant <= loaded.inventory.devices.keys():
            raise InventoryBrokenError(f"{path} would not say what was meant")
        yield draft


def put_in_place(config: Config, draft: Path) -> None:
    """Let the checked file be the one in force; a running collector looks at it every 2 s.

    Raises InventoryBrokenError when it cannot be written.
    """
    path = config.registered_path
    try:
        draft.replace(path)
        keep_renamed(path.parent)
    except OSError as error:
        raise InventoryBrokenError(
            f"{path} cannot be used: {error.strerror}; mend the file or its rights"
        ) from None


def other_files(config: Config) -> list[Path]:
    """Return the inventory files that people (or adoptions) write."""
    files = [one for one in config.inventory if one != config.registered_path]
    if config.adopted_path not in files and config.adopted_path.is_file():
        files.append(config.adopted_path)
    return files


def _area(area: Area) -> dict[str, object]:
    return {"code": area.code, "name": area.name}


def _site(site: Site) -> dict[str, object]:
    entry: dict[str, object] = {"id": site.id, "name": site.name, "area": site.area}
    if site.latitude is not None:
        entry |= {"latitude": site.latitude, "longitude": site.longitude}
    return entry


def _device(device: Device) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        "site": device.site,
        "profile": device.profile,
        "address": device.address,
        "credentials": list(device.credentials),
        "parents": list(device.parents),
        "owner": device.owner,
        "link_owner": device.link_owner,
        "power_owner": device.power_owner,
        "power_feeder": device.power_feeder,
        "tags": list(device.tags),
        "snmp_port": device.snmp_port,
        "mqtt_topic": device.mqtt_topic,
    }
    return {key: value for key, value in entry.items() if value is not None and value != []}
