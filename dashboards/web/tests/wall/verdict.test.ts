import { describe, expect, test } from "vitest";
import { count } from "../../src/shared/city";
import { findIncidents } from "../../src/wall/incidents";
import { verdict } from "../../src/wall/verdict";
import { wordsOf } from "../../src/wall/words";
import { device, table } from "../shared/devices";

describe("the verdict", () => {
  const say = (language: "id" | "en", ...devices: ReturnType<typeof device>[]): string =>
    verdict(findIncidents(table(...devices)), count(devices), wordsOf(language));

  test("counts what nobody has in hand", () => {
    const taken = device("b", "down", { takenBy: "Piket 2" });
    expect(say("id", device("a", "down"), taken)).toBe("1 insiden belum ditangani");
    expect(say("en", device("a", "down"), taken)).toBe("1 incident not taken");
    expect(say("id", taken)).toBe("1 insiden, semua ditangani");
  });

  test("does not call a city well of which something is unknown", () => {
    expect(say("id", device("a"), device("b", "unknown"))).toBe(
      "Tidak ada insiden; 1 perangkat tidak diketahui",
    );
  });

  test("says so when all is well", () => {
    expect(say("id", device("a"), device("b", "maintenance"))).toBe("Semua layanan aktif");
  });
});
