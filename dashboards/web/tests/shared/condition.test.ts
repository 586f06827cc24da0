import { describe, expect, test } from "vitest";
import {
  checksLateMs,
  judge,
  lastKnownAt,
  panelOffset,
  serverNow,
  STALE_MS,
  type Link,
} from "../../src/shared/condition";
import { city, device, NOW } from "./devices";

const link = (more: Partial<Link> = {}): Link => ({
  startedMono: 0,
  heardMono: 1000,
  server: { at: NOW, mono: 1000 },
  beats: 0,
  refused: "none",
  ...more,
});
const dead = {
  ...city(device("a")),
  collectors: [{ id: "main", heartbeatAt: NOW, alive: false, lateMs: 0 }],
};

describe("the condition", () => {
  test("is stale exactly when nothing was heard for thirty seconds", () => {
    expect(judge(link(), city(), 1000 + STALE_MS - 1)).toBe("live");
    expect(judge(link(), city(), 1000 + STALE_MS)).toBe("stale");
  });

  test("is connecting before the first word, then stale", () => {
    const silent = link({ heardMono: null, server: null });
    expect(judge(silent, null, STALE_MS - 1)).toBe("connecting");
    expect(judge(silent, null, STALE_MS)).toBe("stale");
  });

  test("is blind without a living collector, also if none was ever there", () => {
    expect(judge(link(), dead, 2000)).toBe("blind");
    expect(judge(link(), { ...dead, collectors: [] }, 2000)).toBe("blind");
  });

  test("is stale rather than blind when the stream is silent too", () => {
    expect(judge(link(), dead, 1000 + STALE_MS)).toBe("stale");
  });

  test("is refused before anything else", () => {
    expect(judge(link({ refused: "revoked" }), dead, 1e9)).toBe("refused");
  });
});

describe("the clock of the server", () => {
  test("goes on by the monotonic clock, also while stale", () => {
    expect(serverNow(link(), 61_000)).toBe(NOW + 60_000);
    expect(serverNow(link({ server: null }), 61_000)).toBeNull();
  });

  test("of the last word is where durations freeze", () => {
    expect(lastKnownAt(link({ heardMono: 4000 }))).toBe(NOW + 3000);
  });

  test("differs from the panel's only beyond five seconds", () => {
    expect(panelOffset(link(), 1000, NOW + 5000)).toBe(0);
    expect(panelOffset(link(), 1000, NOW + 12_000)).toBe(12_000);
    expect(panelOffset(link(), 1000, NOW - 12_000)).toBe(-12_000);
  });
});

test("checks are as late as the worst collector that is heard of", () => {
  const of = (alive: boolean, lateMs: number) => ({ id: "x", heartbeatAt: NOW, alive, lateMs });
  expect(checksLateMs([])).toBe(0);
  expect(checksLateMs([of(true, 0), of(true, 0)])).toBe(0);
  expect(checksLateMs([of(true, 12_000), of(true, 45_000), of(false, 90_000)])).toBe(45_000);
});
