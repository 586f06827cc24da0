"""How long a list of 10,000 rows takes: its preview, its import, the same list again.

python -m tests.benchmarks.bench_import
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from api.importing.uploads import Uploads
from tests.api_city import NOON
from tests.lists_made import HEADINGS, Office, camera, csv, office, xlsx

MORE = ("Merk", "Tipe", "Nomor Seri", "MAC", "Lokasi", "OPD", "Tanggal Pasang", "Keterangan")


def rows(count: int) -> list[list[object]]:
    found: list[list[object]] = [[*HEADINGS, *MORE]]
    for n in range(count):
        own = [
            "Hikvision", "DS-2CD2143", f"SN{n:07d}", f"00:1a:2b:{n >> 16:02x}:{n >> 8 & 255:02x}:"
            f"{n & 255:02x}", f"Titik {n // 4}", "Dishub", "22/11/2024", "tiang 7 m",
        ]  # fmt: skip
        area = "Mariso" if n // 4 % 2 else "Mamajang"
        found.append([*camera(n, key=f"K-{n:05d}", area=area), *own])
    return found


def cpu_seconds() -> float:
    """Return what processes that ended have used: a busy machine does not make it more."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def worker(desk: Office, **request: object) -> tuple[float, dict[str, object]]:
    """Ask the process that the API starts; return its CPU seconds, and its answer."""
    asked = orjson.dumps({"config": str(desk.config), "source": "dishub", **request})
    before = cpu_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "api.importing"], input=asked, capture_output=True, check=True
    )
    taken = cpu_seconds() - before
    answer = orjson.loads(done.stdout)
    assert "refused" not in answer, answer
    return taken, answer["body"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    count = parser.parse_args().rows
    made = rows(count)
    for form, octets in (("xlsx", xlsx(made)), ("csv", csv(made))):
        with tempfile.TemporaryDirectory() as folder, office(Path(folder)) as desk:
            upload = Uploads(desk.folder / "data").keep(f"list.{form}", octets, NOON)
            preview, body = worker(desk, deed="preview", upload=upload)
            apply, _ = worker(desk, deed="apply", upload=upload, plan=body["plan"], author="sari")
            again, _ = worker(desk, deed="preview", upload=upload)
            undo, _ = worker(desk, deed="undo", import_id=1, author="sari")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{form}: {count:,} rows, {len(octets) / 1e6:.1f} MB: preview {preview:.1f} s, "
            f"import {apply:.1f} s, preview of the same again {again:.1f} s, undo {undo:.1f} s; "
            f"{count / preview:,.0f} rows a second of preview; peak memory {peak:.0f} MiB"
        )


if __name__ == "__main__":
    main()
