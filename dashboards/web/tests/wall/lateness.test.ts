import { expect, test } from "vitest";
import type { Freshness } from "../../src/shared/model";
import { lateTiles } from "../../src/wall/lateness";
import { makeTile } from "../../src/shared/tiles";
import { device, NOW } from "../shared/devices";

const tile = makeTile("73.71", "Makassar", [
  device("a", "up", { area: "73.71.01" }),
  device("b", "up", { area: "73.71.02" }),
]);
const fresh = (code: string, ago: number | null, periodMs = 30_000): [string, Freshness] => [
  code,
  { code, lastResultAt: ago === null ? null : NOW - ago, periodMs },
];
const late = (...known: [string, Freshness][]): number | undefined =>
  lateTiles([tile], new Map(known), NOW).get("73.71");

test("a tile is late when its newest result is older than two periods", () => {
  expect(late(fresh("73.71.01", 60_000), fresh("73.71.02", 90_000))).toBeUndefined();
  expect(late(fresh("73.71.01", 60_001), fresh("73.71.02", 90_000))).toBe(60_001);
});

test("the check that is made most often says what a period is", () => {
  expect(late(fresh("73.71.01", 25_000, 10_000), fresh("73.71.02", 90_000, 60_000))).toBe(25_000);
});

test("of what never told anything, and before the first heartbeat, nothing is claimed", () => {
  expect(late(fresh("73.71.01", null))).toBeUndefined();
  expect(late()).toBeUndefined();
});
