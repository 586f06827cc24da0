"""YAML: an inventory file as Pantau itself reads it, or a list of mappings.

A row is counted by the line on which it begins; its columns are the keys, which have no letters.
"""

from collector.config.problems import ProblemsError
from collector.config.reader import Data, YamlList, YamlMapping, read_any
from collector.model import Field
from collector.register.columns import Column
from collector.register.reading.cells import CELL_CHARACTERS, CELLS, COLUMNS, ROWS
from collector.register.reading.delimited import decode
from collector.register.reading.table import ListTable, Row
from collector.register.remarks import Code, ListRefusedError, Remark, shown

_LISTS = ("areas", "owners", "sites", "devices")

INVENTORY_FIELDS = {
    "id": Field.ID,
    "name": Field.NAME,
    "kind": Field.KIND,
    "site": Field.SITE,
    "profile": Field.PROFILE,
    "address": Field.ADDRESS,
    "credentials": Field.CREDENTIALS,
    "parents": Field.PARENTS,
    "owner": Field.OWNER,
    "link_owner": Field.LINK_OWNER,
    "power_owner": Field.POWER_OWNER,
    "power_feeder": Field.POWER_FEEDER,
    "tags": Field.TAGS,
    "snmp_port": Field.SNMP_PORT,
    "mqtt_topic": Field.MQTT_TOPIC,
    "site_name": Field.SITE_NAME,
    "area": Field.AREA,
    "area_name": Field.AREA_NAME,
    "latitude": Field.LATITUDE,
    "longitude": Field.LONGITUDE,
    "owner_name": Field.OWNER_NAME,
}
"""What the keys of an inventory file mean, with those of a device's site and owner beside them."""


def read_yaml(octets: bytes) -> ListTable:
    """Read a list of mappings, or the devices of an inventory. Raises ListRefusedError."""
    try:
        data = read_any(decode(octets), "")
    except ProblemsError as error:
        raise ListRefusedError(
            *(
                Remark(Code.YAML, {"problem": one.problem, "remedy": one.remedy}, one.line)
                for one in error.problems[:50]
            )
        ) from None
    if isinstance(data, YamlMapping) and "devices" in data:
        return _table(_joined(data), "inventory")
    if isinstance(data, YamlMapping) and len(data) == 1:
        data = next(iter(data.values()))
    if not isinstance(data, YamlList):
        raise ListRefusedError(Remark(Code.NO_HEADINGS, row=1))
    rows = [(data.lines[place], item) for place, item in enumerate(data)]
    if not rows:
        raise ListRefusedError(Remark(Code.FILE_EMPTY))
    return _table([(line, _texts(item, line)) for line, item in rows], "yaml")


def _table(rows: list[tuple[int, dict[str, str]]], form: str) -> ListTable:
    if not rows:
        raise ListRefusedError(Remark(Code.FILE_EMPTY))
    if len(rows) > ROWS:
        raise ListRefusedError(Remark(Code.TOO_MANY_ROWS, {"most": f"{ROWS:,}"}, rows[ROWS][0]))
    keys = list(dict.fromkeys(key for _, texts in rows for key in texts))
    if len(keys) > COLUMNS or len(keys) * len(rows) > CELLS:
        raise ListRefusedError(
            Remark(Code.TOO_MANY_COLUMNS, {"most": str(COLUMNS), "column": shown(keys[-1])})
        )
    columns = tuple(Column(place, key, key) for place, key in enumerate(keys))
    taken = [Row(line, tuple(texts.get(key, "") for key in keys)) for line, texts in rows]
    return ListTable(form, columns, taken)


def _joined(data: YamlMapping) -> list[tuple[int, dict[str, str]]]:
    """Return the devices of an inventory, each with what its site, area and owner are called."""
    lists = {name: _by_id(data.get(name)) for name in _LISTS if name != "devices"}
    devices = data.get("devices")
    if not isinstance(devices, YamlList):
        raise ListRefusedError(Remark(Code.FILE_EMPTY))
    rows: list[tuple[int, dict[str, str]]] = []
    for place, item in enumerate(devices):
        line = devices.lines[place]
        texts = _texts(item, line)
        site = lists["sites"].get(texts.get("site", ""), {})
        area = lists["areas"].get(site.get("area", ""), {})
        owner = lists["owners"].get(texts.get("owner", ""), {})
        beside = {
            "site_name": site.get("name"),
            "latitude": site.get("latitude"),
            "longitude": site.get("longitude"),
            "area": site.get("area"),
            "area_name": area.get("name"),
            "owner_name": owner.get("name"),
        }
        rows.append((line, texts | {key: value for key, value in beside.items() if value}))
    return rows


def _by_id(data: Data) -> dict[str, dict[str, str]]:
    if not isinstance(data, YamlList):
        return {}
    found = (_texts(item, data.lines[place]) for place, item in enumerate(data))
    return {texts.get("id") or texts.get("code") or "": texts for texts in found}


def _texts(item: Data, line: int) -> dict[str, str]:
    """Return a mapping's values as text, as they were written; lists with commas between."""
    if not isinstance(item, YamlMapping):
        raise ListRefusedError(
            Remark(Code.YAML, {"problem": "is no mapping", "remedy": "write `key: value`"}, line)
        )
    texts: dict[str, str] = {}
    for key, value in item.items():
        if value is None:
            continue
        text = item.written.get(key) or _text(value)
        if len(text) > CELL_CHARACTERS:
            values = {"length": f"{len(text):,}", "most": f"{CELL_CHARACTERS:,}"}
            raise ListRefusedError(
                Remark(Code.CELL_TOO_LONG, values, item.lines[key], shown(str(key)))
            )
        texts[str(key)[:200]] = " ".join(text.split())
    return texts


def _text(value: Data) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
