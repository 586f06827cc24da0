import { expect, test } from "vitest";
import { findIncidents, rollUp } from "../../src/wall/incidents";
import { describe as rowText, tileNumber } from "../../src/wall/sentences";
import { wordsOf } from "../../src/wall/words";
import { device, table } from "../shared/devices";

test("a large number in a tile is cut to thousands", () => {
  expect(tileNumber(9999, wordsOf("id"))).toBe("9.999");
  expect(tileNumber(12_999, wordsOf("id"))).toBe("12 rb");
  expect(tileNumber(12_999, wordsOf("en"))).toBe("12k");
});

const rows = (...devices: ReturnType<typeof device>[]) => findIncidents(table(...devices));
const text = (language: "id" | "en", ...devices: ReturnType<typeof device>[]) =>
  rows(...devices).map((row) => rowText(row, wordsOf(language)))[0];

test("a dead switch and what is behind it is one sentence", () => {
  const devices = [
    device("sw", "down", { name: "Switch Boulevard 02", kind: "switch" }),
    device("a", "unreachable", { cause: "sw" }),
  ];
  expect(text("id", ...devices)).toEqual({
    what: "Switch Boulevard 02 mati",
    why: "1 perangkat di belakangnya tidak terjangkau",
  });
  expect(text("en", ...devices)?.why).toBe("1 device behind it is unreachable");
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

test("a reason without words is left out, not shown as code", () => {
  expect(text("id", device("a", "down", { reason: "new_reason" }))?.why).toBe("Diskominfo");
});

test("a rolled-up row says how many and of how many causes", () => {
  const [row] = rollUp(
    rows(device("a", "down"), device("b", "down", { reason: "refused" })),
    1,
  );
  if (row === undefined) throw new Error("no row");
  expect(rowText(row, wordsOf("id"))).toEqual({
    what: "2 kamera mati · 2 sebab",
    why: "beberapa sebab · Diskominfo",
  });
});

test("children without a failing parent name it", () => {
  const held = device("a", "unreachable", { cause: "sw" });
  expect(text("id", held)).toEqual({
    what: "1 perangkat tidak terjangkau",
    why: "induk: sw",
  });
});
