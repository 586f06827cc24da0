"""Checks an evidence pack of Pantau: python verify.py PACK [FINGERPRINT].

Needs only Python 3.11. Exit code 0: unaltered, its figures follow; 1: not so; 2: wrong use.
"""

import csv
import gc
import hashlib
import io
import json
import re
import sys
import zipfile
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import pairwise, product
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[Any, Any]
Sums: TypeAlias = defaultdict[Any, int]
LARGEST, FAR, SECOND, MICRO = 2**28, 1 << 62, 1_000_000, timedelta(microseconds=1)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")
PREFIX, NAMELESS = {"plain": "", "contract": "contract_"}, {"name": ""}
STATES = ("up", "degraded", "down", "unreachable", "unknown")
CAUSES = ("device", "link", "power", "upstream", "planned", "unknown")
REASONS = ("maintenance", "outside_service_hours", "cause_not_counted", "short_outage")
KINDS = {"device": ("transitions", "outages", "maintenance"), "zone": ("service_hours",)}
TABLES = {"total": "", "cities": "city", "areas": "area", "sites": "site", "kinds": "kind"}
TABLES |= {"owners": "owner", "devices": "device", "worst": "device"}
UNEXPLAINED: Row = {"state": "", "from_at": -FAR, "to_at": FAR, "cause": "unknown"}
MUST = {"uptime_percent", "uptime_low_percent", "uptime_high_percent", "coverage_percent"}
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
D, BASE = -121665 * pow(121666, -1, P) % P, (4 * pow(5, -1, P) % P).to_bytes(32, "little")


def point(octets: bytes) -> tuple[int, int]:
    """Return the point of the curve that 32 bytes stand for (RFC 8032, 5.1.3)."""
    y, odd = int.from_bytes(octets, "little") % 2**255, octets[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    return (x if x % 2 == odd else P - x), y


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Return the sum of two points."""
    t = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + t, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, P) % P


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature belongs to a message and a key (RFC 8032, 5.1.7)."""
    s, (x, y), total = int.from_bytes(signature[32:], "little"), point(public), (0, 1)
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    each = {"10": point(BASE), "01": (P - x, y), "11": add(point(BASE), (P - x, y))}
    for one, other in zip(f"{s:0256b}", f"{h % ORDER:0256b}", strict=True):
        total = add(add(total, total), each.get(one + other, (0, 1)))
    return s < ORDER and (total[1] | total[0] % 2 << 255).to_bytes(32, "little") == signature[:32]


def once(pairs: list[tuple[str, Any]]) -> Row:
    """Return an object of JSON; one that says a key twice says this to us and that to others."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a file of JSON says a key twice")
    return dict(pairs)


read = partial(json.loads, object_pairs_hook=once)


@cache
def micros(text: str) -> int:
    """Return a moment as microseconds; none as never."""
    return (datetime.fromisoformat(text) - EPOCH) // MICRO if text else FAR


def table(content: bytes) -> dict[str, list[Row]]:
    """Return the rows of a CSV file by their first cell; moments as microseconds, none as never."""
    names, *lines = csv.reader(io.StringIO(content.decode()))
    found, moments = defaultdict[str, list[Row]](list), [n for n in names if n[-3:] == "_at"]
    for cells in lines:
        row: Row = dict(zip(names, cells, strict=True))
        row |= {name: micros(row[name]) for name in moments}
        found[cells[0]].append(row)
    return found


def reckon(device: Row, raw: Any, rules: Row, now: int) -> tuple[Sums, list[Any]]:
    """Add up one device, every piece of time once; return the sums, and who was in which state."""
    start, end, newest, run = device["from_at"], device["to_at"], (-1, "unknown"), 0
    rows = [(k, row) for of, kinds in KINDS.items() for k in kinds for row in raw[k][device[of]]]
    events = [(r[e], e, kind, r) for kind, r in rows for e in ("to_at", "from_at") if e in r]
    events.sort(key=lambda event: -event[0])
    live, pieces, sums = defaultdict(list, outages=[UNEXPLAINED]), list[Any](), Sums(int)
    for at, until in pairwise(sorted({start, end} | {e[0] for e in events if start < e[0] < end})):
        while events and events[-1][0] <= at:
            _, edge, kind, row = events.pop()
            if kind == "transitions":  # of those that began, the last word holds
                newest = max(newest, (int(row["id"]), row["new"]))
            else:
                (live[kind].append if edge == "from_at" else live[kind].remove)(row)
        state, out = newest[1], newest[1] in ("down", "unreachable")
        explains = [one for one in live["outages"] if one["state"] in ("", state)]
        one = max(explains, key=lambda one: (one["from_at"], one["to_at"])) if out else UNEXPLAINED
        lasts = min(now, one["to_at"]) - one["from_at"]
        reason = (
            (rules["exclude_maintenance"] and live["maintenance"] and "maintenance")
            or (rules["service_hours"] and not live["service_hours"] and "outside_service_hours")
            or (out and one["cause"] in rules["causes_not_counted"] and "cause_not_counted")
            or (out and lasts <= rules["minimum_outage_seconds"] * SECOND and "short_outage")
        )
        run = 0 if state in ("up", "degraded") else run
        sums[("excluded", reason) if reason else state] += until - at
        if out and not reason:
            sums["lost", one["cause"]] += until - at
            sums["outages", one["cause"]] += state == "down" and not run
            run += until - at if state == "down" else 0
            sums["longest"] = max(sums["longest"], run)
        pieces.append((pieces.pop()[0] if pieces and pieces[-1][2] == state else at, until, state))
    return sums, pieces


def figures(sums: Sums, *, degraded_is_up: bool) -> Row:
    """Return what a row must say: percentages floored to three decimals, seconds cut."""
    up, degraded, down, cut, unknown = (sums[state] for state in STATES)
    excluded = sum(sums["excluded", reason] for reason in REASONS)
    outages = sum(sums["outages", cause] for cause in CAUSES)
    scope, good = up + degraded + down + cut + unknown, up + degraded * degraded_is_up
    of = {"uptime": (good, scope - unknown), "device_uptime": (good, scope - unknown - cut)}
    of |= {"uptime_low": (good, scope), "uptime_high": (good + unknown, scope)}
    of |= {"coverage": (scope - unknown, scope or 1)}
    seconds = {state: sums[state] for state in STATES}
    seconds |= {"excluded": excluded, "window": scope + excluded}
    seconds |= {f"excluded_{reason}": sums["excluded", reason] for reason in REASONS}
    seconds |= {f"lost_{cause}": sums["lost", cause] for cause in CAUSES}
    each = {"longest_outage": sums["longest"] * outages, "mttr": down, "mtbf": up + degraded}
    said: Row = {"devices": sums["devices"], "outages": outages}
    said |= {f"{n}_percent": a * 100_000 // b / 1_000 if b else None for n, (a, b) in of.items()}
    said |= {f"{n}_seconds": us // outages // SECOND if outages else None for n, us in each.items()}
    return said | {f"{name}_seconds": us // SECOND for name, us in seconds.items()}


def recomputed(files: dict[str, bytes]) -> list[str]:
    """Return what is said otherwise than the raw rows give: figures, causes, states."""
    rules, found, totals = read(files["rules.json"]), list[str](), dict[Any, Sums]()
    raw: Any = {n[4:-4]: table(files[n]) for n in files if re.fullmatch(r"raw/\w+[.]csv", n)}
    like = {n: "plain" if rules[n] | NAMELESS == rules["plain"] | NAMELESS else n for n in PREFIX}
    for one in [one for rows in raw["outages"].values() for one in rows]:
        last = (raw["corrections"][one["id"]] or [{"cause": one["proposed_cause"]}])[-1]["cause"]
        found += [f"outage {one['id']}: cause is not the last word"] * (one["cause"] != last)
    for device in [one for (one,) in raw["devices"].values() if one["from_at"] < one["to_at"]]:
        key = device["device"]  # of one that counts: the others only explain why it was cut off
        raw["transitions"][key].append({"from_at": rules["known_us"], "id": FAR, "new": "unknown"})
        for name in dict.fromkeys(like.values()):
            sums, pieces = reckon(device, raw, rules[name], rules["made_us"])
            for by in {*TABLES.values()}:
                total = totals.setdefault((by, device.get(by, ""), name), Sums(int))
                for n, us in (sums | {"devices": 1}).items():
                    total[n] = max(total[n], us) if n == "longest" else total[n] + us
            zone = {edge: micros(at) for edge, at in rules["zones"][device["zone"]].items()}
            life = max(zone["from"], device["created_at"]), min(zone["to"], device["retired_at"])
            if life != (device["from_at"], device["to_at"]):
                found.append(f"{key}: it counts from or to another moment than it must")
            if pieces != [(p["from_at"], p["to_at"], p["state"]) for p in raw["intervals"][key]]:
                found.append(f"{key}: its intervals are not what its transitions give")
    for name in ["figures.json", *(n for n in files if re.fullmatch(r"report/.*[.]json", n))]:
        head = (data := read(files[name])).get("header", rules)
        of = [(x["from_asked"][:19], x["to_asked"][:19], x["filters"]) for x in (head, rules)]
        if of[0] != of[1] or head.get("month") not in (None, of[0][0][:7]):
            found.append(f"{name}: it is of another period, or of other devices")
        for heading, by in TABLES.items():
            rows = data.get(heading, []) if by else [data["total"]]
            told = {by and row.get("key", row.get("device")): row for row in rows}
            found += [f"{name}: {heading} says a row twice"] * (len(told) < len(rows))
            missing = {key for of, key, _ in totals if of == by} - told.keys()
            if (rows or name == "figures.json") and heading != "worst":
                found += [f"{name}: {heading} leaves out {key}" for key in sorted(missing)]
            for (key, row), (rule, prefix) in product(told.items(), PREFIX.items()):
                sums = totals.get((by, key, like[rule]), Sums(int))
                right = figures(sums, degraded_is_up=rules["degraded_is_up"]).items()
                wrong = [n for n, v in right if row.get(prefix + n, None if n in MUST else v) != v]
                found += [f"{name}: {heading}, {key}: {prefix}{n} does not follow" for n in wrong]
    return found


def check(data: bytes, key: str = "") -> tuple[str, list[str]]:
    """Return who sealed a pack, and what is wrong with it; `key`: who must have sealed it."""
    seal = re.search(rb"pantau-evidence-1 ([0-9a-f]{64}) ([0-9a-f]{128})\Z", data[-300:])
    if seal is None:
        return "", ["it bears no seal at its end: it is no pack, cut off, or altered"]
    public, signature = (bytes.fromhex(part.decode()) for part in seal.groups())
    body, signer = hashlib.sha256(data[: -len(seal[0])]), hashlib.sha256(public).hexdigest()
    if not is_signed(public, b"pantau-evidence-1 " + body.hexdigest().encode(), signature):
        return signer, ["it was altered after it was sealed"]
    found = [f"it was sealed with another key: {signer}"] if key not in ("", signer) else []
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        infos, names = pack.infolist(), pack.namelist()
        large = sum(i.file_size if i.compress_type in (0, 8) else FAR for i in infos) > LARGEST
        if large or len({name.lower() for name in names}) < len(names):
            return signer, ["it would unpack to more than 256 MiB, or has a name twice"]
        files = {name: pack.open(name).read(LARGEST) for name in names}
    good = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    listed = read(files["manifest.json"])["files"] | {"manifest.json": good["manifest.json"]}
    odd = {n for n in good.keys() | listed.keys() if good.get(n) != listed.get(n)}
    odd |= {name for name in good if not re.fullmatch(r"(\w+/)?\w[\w.-]*", name)}
    found += [f"{n!r} is altered, missing, not listed, or no name of a file" for n in sorted(odd)]
    return signer, found + recomputed(files)


def main(words: list[str]) -> int:
    """Check the pack that the command line names; say what was found."""
    if len(words) not in (1, 2) or not all(words) or not Path(words[0]).is_file():
        print(__doc__)  # noqa: T201
        return 2
    try:
        signer, found = check(Path(words[0]).read_bytes(), "".join(words[1:]))
    except Exception as error:  # noqa: BLE001 - whatever a hostile pack makes fail
        signer, found = "", [f"it is not made as packs are: {error!r}"]
    print("\n".join(found[:20] or [f"genuine: its figures follow; sealed by {signer}"]))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    gc.disable()  # nothing here refers to itself: looking for that would take a tenth of the time
    sys.exit(main(sys.argv[1:]))
