import { expect, test } from "vitest";
import { scopeOf } from "../../src/desk/planning";
import { endOf } from "../../src/desk/until";

const ZONE = "Asia/Makassar"; // eight hours ahead of UTC
const iso = (moment: number): string => new Date(moment).toISOString();
const end = (span: number | "morning", at: string): string => iso(endOf(span, Date.parse(at), ZONE));

test("a span ends so many minutes later", () => {
  expect(end(30, "2026-11-21T19:26:41Z")).toBe("2026-11-21T19:56:41.000Z");
});

test("the morning is the next six o'clock where the desk is", () => {
  expect(end("morning", "2026-11-21T19:26:41Z")).toBe("2026-11-21T22:00:00.000Z");
  expect(end("morning", "2026-11-21T12:00:00Z")).toBe("2026-11-21T22:00:00.000Z");
  expect(end("morning", "2026-11-21T22:00:00Z")).toBe("2026-11-22T22:00:00.000Z");
  expect(end("morning", "2026-11-21T22:01:00Z")).toBe("2026-11-22T22:00:00.000Z");
});

test("a plan covers what the incident is about, and is not offered where that cannot be said", () => {
  expect(scopeOf({ group: "device", group_key: "sw-1" })).toEqual({ devices: ["sw-1"] });
  expect(scopeOf({ group: "site", group_key: "losari-01" })).toEqual({ sites: ["losari-01"] });
  expect(scopeOf({ group: "area", group_key: "73.71" })).toEqual({ areas: ["73.71"] });
  expect(scopeOf({ group: "feeder", group_key: "GH-3" })).toBeNull();
});
