import { expect, test } from "vitest";
import { findIncidents, rollUp } from "../../src/wall/incidents";
import { describe as rowText, headline, lateAge, percent, tileNumber } from "../../src/wall/sentences";
import { wordsOf } from "../../src/wall/words";
import { incident } from "../shared/api";
import { device, table } from "../shared/devices";

test("a large number in a tile is cut to thousands", () => {
  expect(tileNumber(9999, wordsOf("id"))).toBe("9.999");
  expect(tileNumber(12_999, wordsOf("id"))).toBe("12 rb");
  expect(tileNumber(12_999, wordsOf("en"))).toBe("12k");
});

test("a percentage is cut, never rounded up, and keeps what binary fractions would take", () => {
  expect(percent(99.999, wordsOf("id"))).toBe("99,99%");
  expect(percent(99.99, wordsOf("en"))).toBe("99.99%");
  expect(percent(100, wordsOf("id"))).toBe("100,00%");
  expect(percent(41.29, wordsOf("id"), 1)).toBe("41,2%");
});

test("the age of a tile is said in its larger unit alone", () => {
  expect(lateAge(4 * 60_000, wordsOf("id"))).toBe("4 mnt");
  expect(lateAge(346 * 60_000, wordsOf("id"))).toBe("5 j");
  expect(lateAge(346 * 60_000, wordsOf("en"))).toBe("5 h");
});

const OWNERS = new Map([["pln", "PLN"]]);

const rows = (...devices: ReturnType<typeof device>[]) => findIncidents(table(...devices), null);
const text = (language: "id" | "en", ...devices: ReturnType<typeof device>[]) =>
  rows(...devices).map((row) => rowText(row, OWNERS, wordsOf(language)))[0];

test("a dead switch and what is behind it is one sentence", () => {
  const devices = [
    device("sw", "down", { name: "Switch Boulevard 02", kind: "switch" }),
    device("a", "unreachable", { cause: "sw" }),
  ];
  expect(text("id", ...devices)).toEqual({
    what: "jaringan putus · 2 perangkat",
    why: "tidak ada jawaban · Switch Boulevard 02 · Diskominfo",
  });
  expect(text("en", ...devices)?.what).toBe("network cut · 2 devices");
});

test("a single device says why and whose it is", () => {
  expect(text("id", device("a", "down"))).toEqual({
    what: "A mati",
    why: "tidak ada jawaban · Diskominfo",
  });
});

test("what a device itself reported is not translated", () => {
  const slow = device("a", "degraded", { reason: "threshold", detail: "cpu 97 %", owner: null });
  expect(text("id", slow)?.why).toBe("melewati ambang batas: cpu 97 %");
});

test("a limit that was crossed is said as at the desk, not by the name of its metric", () => {
  const detail = "ping_loss_percent = 33.3333 %";
  const slow = device("a", "degraded", { reason: "threshold", detail, owner: null });
  expect(text("id", slow)?.why).toBe("melewati ambang batas: Ping hilang 33,3%");
  expect(text("en", slow)?.why).toContain("Ping loss 33.3%");
});

test("a reason without words is left out, not shown as code", () => {
  expect(text("id", device("a", "down", { reason: "new_reason" }))?.why).toBe("Diskominfo");
});

test("a rolled-up row says how many and of how many causes", () => {
  const [row] = rollUp(
    rows(device("a", "down"), device("b", "down", { reason: "refused" })),
    1,
  );
  if (row === undefined) throw new Error("no row");
  expect(rowText(row, OWNERS, wordsOf("id"))).toEqual({
    what: "2 kamera mati · 2 sebab",
    why: "beberapa sebab · Diskominfo",
  });
});

test("children without a failing parent name it", () => {
  const held = device("a", "unreachable", { cause: "sw" });
  expect(text("id", held)).toEqual({
    what: "1 kamera tidak terjangkau",
    why: "induk: sw · Diskominfo",
  });
});

test("a known cause, its doubt and who answers for it stand in the place of the reason", () => {
  const told = incident(1, { group_key: "a", cause: "power", responsible: "pln" });
  const say = (more: object): string => {
    const [row] = findIncidents(table(device("a", "down")), [{ ...told, ...more }]);
    return row === undefined ? "" : rowText(row, OWNERS, wordsOf("id")).why;
  };
  expect(say({})).toBe("listrik padam · PLN");
  expect(say({ cause_suspected: true })).toBe("listrik padam (diduga) · PLN");
  expect(say({ cause: "unknown", responsible: "who" })).toBe("tidak ada jawaban · who");
});

test("an incident of a place says how many and what, its cause, and what joins them", () => {
  const place = { device: null, device_name: null, site: null, site_name: null } as const;
  const told = incident(1, {
    ...place,
    group: "feeder",
    group_key: "F3",
    cause: "power",
    cause_suspected: true,
    responsible: "pln",
    started_at: "2026-11-20T00:00:00Z",
    down: 1,
    unreachable: 1,
  });
  const devices = [device("sw", "down"), device("a", "unreachable", { cause: "sw" })];
  const [row] = findIncidents(table(...devices), [told]);
  if (row === undefined) throw new Error("no row");
  expect(rowText(row, OWNERS, wordsOf("id"))).toEqual({
    what: "2 perangkat · 1 mati, 1 tidak terjangkau",
    why: "listrik padam (diduga) · penyulang F3 · PLN",
  });
  expect(headline(row, wordsOf("id"))).toBe("listrik padam (diduga)");
});
