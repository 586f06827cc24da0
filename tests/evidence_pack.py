"""A city with a past worth packing, and packs that were tampered with and sealed again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from api.evidence.key import EvidenceKey, load_evidence_key
from api.evidence.pack import PackOf, seal, write_pack, write_unchecked
from api.settings import ApiSettings
from api.uptime_query import Asked, read_question
from collector.contract import Rules, ServiceHours
from collector.model import (
    Area,
    CauseClass,
    Device,
    MaintenanceWindow,
    Owner,
    Reason,
    Scope,
    Site,
    State,
    Transition,
)
from collector.store import OutageFilter, Store
from tests.contract.store_backends import City

T0 = datetime(2026, 9, 20, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 1, 2, 3, 456789, tzinfo=UTC)
CONTRACT = Rules(
    "serat",
    causes_not_counted=frozenset({CauseClass.POWER}),
    minimum_outage_seconds=300,
    service_hours=(
        ServiceHours((0, 1, 2, 3, 4), time(7), time(16, 30)),
        ServiceHours((5,), time(22), time(2)),
    ),
)
SETTINGS = ApiSettings(zone="Asia/Makassar", contracts={"serat": CONTRACT}, contract="serat")
OCTOBER = Asked(month="2026-10")
UNKNOWN, UP, DOWN, CUT, DEGRADED = (
    State.UNKNOWN,
    State.UP,
    State.DOWN,
    State.UNREACHABLE,
    State.DEGRADED,
)


def inventory() -> City:
    """Two cities in two zones; a switch with a camera behind it, others; owners apart."""
    devices = (
        Device("sw-1", "Switch Losari", "switch", "losari", "generic-snmp", owner="kominfo",
               link_owner="isp", power_owner="pln"),
        Device("cam-1", "=Kamera Losari", "camera", "losari", "generic-ping", "10.9.8.7",
               parents=("sw-1",), owner="dishub", credentials=("kunci-rahasia",)),
        Device("cam-2", "Kamera Balai", "camera", "balai", "generic-ping", owner="dishub"),
        Device("ap-1", "WiFi Jayapura", "access_point", "jaya", "generic-ping"),
    )  # fmt: skip
    return City(
        {
            "73.71": Area("73.71", "Kota Makassar", "Asia/Makassar"),
            "73.71.01": Area("73.71.01", "Mariso", parent="73.71"),
            "91.71": Area("91.71", "Kota Jayapura", "Asia/Jayapura"),
        },
        {one: Owner(one, one.title()) for one in ("kominfo", "dishub", "isp", "pln")},
        {
            "losari": Site("losari", "Anjungan Losari", "73.71.01", -5.14321, 119.41234),
            "balai": Site("balai", "Balai Kota", "73.71"),
            "jaya": Site("jaya", "Taman Jayapura", "91.71"),
        },
        {device.id: device for device in devices},
    )


def at(day: int, hour: float = 0) -> datetime:
    """Return a moment in October, UTC."""
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


def live(store: Store) -> None:
    """Fill a store: outages of every kind, over seams of month, planned work, a correction."""
    store.apply_inventory(inventory(), T0)
    story = [
        (T0, "sw-1", UP, None), (T0, "cam-1", UP, None), (T0, "cam-2", UP, None),
        (T0 + timedelta(hours=1), "ap-1", UP, None),
        (at(1, -20), "cam-2", DOWN, None), (at(1, -3), "cam-2", UP, None),
        (at(3, 1), "sw-1", DOWN, None), (at(3, 1), "cam-1", CUT, "sw-1"),
        (at(3, 2.5), "sw-1", UP, None), (at(3, 2.51), "cam-1", UP, None),
        (at(6, 1.00001), "cam-1", DOWN, None), (at(6, 1.05), "cam-1", UP, None),
        (at(8, 0.5), "cam-2", DEGRADED, None), (at(9), "cam-2", DOWN, None),
        (at(9, 5), "cam-2", UNKNOWN, None), (at(9, 6), "cam-2", DOWN, None),
        (at(9, 7), "cam-2", UP, None),
        (at(12), "ap-1", DOWN, None), (at(13), "ap-1", UP, None),
        (at(20), "ap-1", UNKNOWN, None),
        (at(31, 12), "sw-1", DOWN, None), (at(31, 12), "cam-1", CUT, "sw-1"),
    ]  # fmt: skip
    states = dict.fromkeys(("sw-1", "cam-1", "cam-2", "ap-1"), UNKNOWN)
    for moment, device_id, new, cause in story:
        old, states[device_id] = states[device_id], new
        reason = Reason.PARENT_DOWN if cause else Reason.NO_ANSWER
        row = Transition(device_id, old, new, moment, moment, reason, "", cause)
        store.commit([], [], [row])
    store.maintenance.create(
        MaintenanceWindow(
            "Ganti kabel", "kabel tua, lapor ke AA:BB:CC:DD:EE:FF", "Budi Rahasia", at(1),
            Scope(sites=("losari",)), at(3, 2), at(3, 4), "Asia/Makassar", "FREQ=WEEKLY;COUNT=3",
        )
    )  # fmt: skip
    switch, ap = (
        store.outages.page(OutageFilter(device=one), limit=9, after=None).items[-1].outage.id or 0
        for one in ("sw-1", "ap-1")
    )
    store.outages.correct(switch, CauseClass.LINK, "serat putus", "rina", at(4))
    store.outages.correct(ap, CauseClass.DEVICE, "salah duga", "rina", at(14))
    store.outages.correct(ap, CauseClass.POWER, "PLN padam", "rina", at(15))


def pack_of(
    store: Store,
    folder: Path,
    *,
    asked: Asked = OCTOBER,
    faces: Mapping[str, Path | bytes] | None = None,
    positions: bool = False,
    checked: bool = True,
) -> Path:
    """Write a pack of a store into a folder, sealed with the folder's key."""
    path = folder / "pack.zip"
    question = read_question(asked, SETTINGS, NOW)
    of = PackOf(question, NOW, NOW - timedelta(seconds=2), faces or {}, {}, positions)
    if not checked:
        with path.open("w+b") as stream:
            write_unchecked(stream, store, SETTINGS, of, key_of(folder))
        return path
    write_pack(store, SETTINGS, of, key_of(folder), path)
    return path


def key_of(folder: Path) -> EvidenceKey:
    return load_evidence_key(folder / "evidence.key")


def files_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sealed_again(files: Mapping[str, bytes], key: EvidenceKey, *, rehash: bool = True) -> bytes:
    """Return a pack of these files as its own key would seal it, hashes made new."""
    content = dict(files)
    if rehash:
        manifest = json.loads(content["manifest.json"])
        manifest["files"] = {
            name: hashlib.sha256(data).hexdigest()
            for name, data in content.items()
            if name != "manifest.json"
        }
        content["manifest.json"] = json.dumps(manifest).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"0" * 211
        for name, data in content.items():
            archive.writestr(name, data)
    seal(stream, key)
    return stream.getvalue()


def altered(pack: bytes, key: EvidenceKey, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the pack with one file changed, hashed and sealed again by its own key."""
    files = files_of(pack)
    changed = change(files[name])
    assert changed != files[name]
    return sealed_again(files | {name: changed}, key)
