import { describe, expect, test } from "vitest";
import { age, clock, date, duration, isNight, since, zoneName } from "../../src/shared/time";
import { wordsOf } from "../../src/wall/words";
import { NOW } from "./devices";

const id = wordsOf("id");
const en = wordsOf("en");
const ZONE = "Asia/Makassar";
const S = 1000;
const M = 60 * S;
const H = 60 * M;

describe("durations", () => {
  test.each([
    [0, "0 dtk"],
    [-3 * S, "0 dtk"],
    [41.9 * S, "41 dtk"],
    [24 * M + 59 * S, "24 mnt"],
    [5 * H + 46 * M, "5 j 46 m"],
    [24 * H, "1 hari 0 j"],
    [76 * H, "3 hari 4 j"],
  ])("%i ms reads %s", (milliseconds, text) => {
    expect(duration(milliseconds, id)).toBe(text);
  });

  test("of an age show seconds below an hour", () => {
    expect(age(2 * M + 31 * S, id)).toBe("2 mnt 31 dtk");
    expect(age(7 * M + S, en)).toBe("7 min 01 s");
    expect(age(90 * M, id)).toBe("1 j 30 m");
  });
});

describe("since", () => {
  test.each([
    ["2026-11-21T18:14:00Z", "sejak 02.14"],
    ["2026-11-21T13:40:00Z", "sejak kemarin 21.40"],
    ["2026-11-21T15:59:59Z", "sejak kemarin 23.59"],
    ["2026-11-21T16:00:00Z", "sejak 00.00"],
    ["2026-11-19T00:05:00Z", "sejak 19 Nov 08.05"],
  ])("%s reads %s", (at, text) => {
    expect(since(Date.parse(at), NOW, ZONE, id)).toBe(text);
  });

  test("speaks English with colons", () => {
    expect(since(Date.parse("2026-11-21T13:40:00Z"), NOW, ZONE, en)).toBe("since yesterday 21:40");
  });
});

test("the clock shows the zone of the city, whatever the panel's is", () => {
  expect(clock(NOW, ZONE, id, true)).toBe("03.26.41");
  expect(clock(NOW, "Asia/Jayapura", en)).toBe("04:26");
  expect(date(NOW, ZONE, id)).toBe("22 Nov");
});

test("zones have the names people use; an unknown zone is read as UTC", () => {
  expect(zoneName("Asia/Jakarta", NOW)).toBe("WIB");
  expect(zoneName("Asia/Makassar", NOW)).toBe("WITA");
  expect(zoneName("Asia/Jayapura", NOW)).toBe("WIT");
  expect(zoneName("Mars/Olympus", NOW)).toBe("UTC");
  expect(clock(NOW, "Mars/Olympus", id)).toBe("19.26");
});

test("night is from 22.00 to 05.30 of the city", () => {
  const at = (time: string): boolean => isNight(Date.parse(`2026-11-22T${time}+08:00`), ZONE);
  expect([at("21:59:59"), at("22:00:00"), at("05:29:59"), at("05:30:00")]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
