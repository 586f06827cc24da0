import { describe, expect, test } from "vitest";
import type { IncidentView } from "../../src/shared/api/schema";
import { count } from "../../src/shared/city";
import { findIncidents } from "../../src/wall/incidents";
import { listVerdict, verdict } from "../../src/wall/verdict";
import { wordsOf } from "../../src/wall/words";
import { incident } from "../shared/api";
import { device, table } from "../shared/devices";

describe("the verdict", () => {
  const taken = incident(1, { group_key: "b", acknowledged_by: "Piket 2" });
  const say = (
    language: "id" | "en",
    devices: readonly ReturnType<typeof device>[],
    told: readonly IncidentView[] = [],
    page: string | null = null,
  ): string =>
    verdict(
      findIncidents(table(...devices), told),
      count(devices),
      wordsOf(language),
      page === null ? {} : { page },
    );

  test("counts what nobody has in hand", () => {
    const devices = [device("a", "down"), device("b", "down")];
    expect(say("id", devices, [taken])).toBe("1 insiden belum ditangani");
    expect(say("en", devices, [taken])).toBe("1 incident not taken");
    expect(say("id", devices.slice(1), [taken])).toBe("1 insiden, semua ditangani");
  });

  test("of the list says how many there are and how many nobody has", () => {
    const devices = [device("a", "down"), device("b", "down")];
    const rows = findIncidents(table(...devices), [taken]);
    expect(listVerdict(rows, count(devices), wordsOf("id"))).toBe("2 insiden, 1 belum ditangani");
    expect(listVerdict(rows.slice(1), count(devices), wordsOf("id"))).toBe(
      "1 insiden belum ditangani",
    );
  });

  test("is the cause itself when one took a whole place", () => {
    const devices = Array.from({ length: 10 }, (_, n) => device(`d${n}`, "down"));
    const storm = incident(2, {
      group: "area",
      group_key: "73.71",
      cause: "power",
      cause_suspected: true,
    });
    expect(say("id", devices, [storm])).toBe("Listrik padam (diduga)");
    expect(say("id", devices, [storm], "Peta")).toBe("Peta: listrik padam (diduga)");
  });

  test("does not call a city well of which something is degraded or unknown", () => {
    expect(say("id", [device("a", "degraded"), device("b", "unknown")])).toBe(
      "Tidak ada insiden; 1 perangkat terganggu",
    );
    expect(say("id", [device("a"), device("b", "unknown")])).toBe(
      "Tidak ada insiden; 1 perangkat tidak diketahui",
    );
  });

  test("does not call an area well whose data is old", () => {
    const calm = verdict([], count([device("a")]), wordsOf("id"), { late: 2 });
    expect(calm).toBe("Tidak ada insiden; data 2 wilayah usang");
  });

  test("does not call well what is looked at too late", () => {
    const say = (page?: string): string =>
      verdict([], count([device("a")]), wordsOf("id"), {
        overdue: true,
        ...(page === undefined ? {} : { page }),
      });
    expect(say()).toBe("Tidak ada insiden; pemeriksaan terlambat");
    expect(say("CCTV")).toBe("CCTV: pemeriksaan terlambat");
  });

  test("says so when all is well, and of what", () => {
    const devices = [device("a"), device("b", "maintenance")];
    expect(say("id", devices)).toBe("Semua layanan aktif");
    expect(say("id", devices, [], "CCTV")).toBe("CCTV: semua aktif");
  });
});
