import { describe, expect, test } from "vitest";
import { percent } from "../../src/desk/device/cards";
import { begunBy, overlaid, segments, totals } from "../../src/desk/device/history";
import type { State } from "../../src/shared/api/schema";

const at = (minute: number): string => new Date(minute * 60_000).toISOString();
const change = (minute: number, old: State, next: State) => ({ old, new: next, at: at(minute) });
const bar = (
  transitions: ReturnType<typeof change>[],
  now: State,
  from: number,
  to: number,
): string[] =>
  segments(transitions, now, from * 60_000, to * 60_000).map(
    (one) => `${one.state} ${one.from / 60_000}–${one.to / 60_000}`,
  );

describe("the bar", () => {
  test("is one piece where nothing changed", () => {
    expect(bar([], "up", 0, 60)).toEqual(["up 0–60"]);
  });

  test("begins with what was before the first change within it", () => {
    expect(bar([change(40, "up", "down")], "down", 0, 60)).toEqual(["up 0–40", "down 40–60"]);
  });

  test("begins with the change before it", () => {
    const log = [change(40, "down", "up"), change(-30, "up", "down")];
    expect(bar(log, "up", 0, 60)).toEqual(["down 0–40", "up 40–60"]);
  });

  test("knows the last word only until the span ends", () => {
    expect(bar([change(70, "up", "down")], "down", 0, 60)).toEqual(["up 0–60"]);
  });

  test("joins changes that are none of the state", () => {
    const log = [change(30, "up", "up"), change(20, "up", "up")];
    expect(bar(log, "up", 0, 60)).toEqual(["up 0–60"]);
  });

  test("believes the later word where it reaches back before an earlier one", () => {
    const log = [change(20, "unknown", "down"), change(30, "up", "unknown"), change(-5, "down", "up")];
    expect(bar(log, "down", 0, 60)).toEqual(["up 0–20", "down 20–60"]);
  });

  test("has no gap and no overlap, whatever the log says", () => {
    const states: State[] = ["up", "down", "unknown", "degraded"];
    for (let seed = 1; seed < 200; seed += 1) {
      const log = Array.from({ length: seed % 9 }, (_, n) =>
        change((seed * 37 + n * 53) % 90, states[(seed + n) % 4] ?? "up", states[n % 4] ?? "up"),
      );
      const list = segments(log, "up", 0, 3_600_000);
      expect(list[0]?.from).toBe(0);
      expect(list.at(-1)?.to).toBe(3_600_000);
      list.slice(1).forEach((one, index) => expect(one.from).toBe(list[index]?.to));
    }
  });

  test("shows planned work in the place of what was measured, and the rest around it", () => {
    const list = segments([change(40, "up", "down")], "down", 0, 60 * 60_000);
    const minutes = (from: number, to: number) => ({ title: "kabel", from: from * 60_000, to: to * 60_000 });
    const shown = overlaid(list, [minutes(-9, 5), minutes(30, 45), minutes(45, 50)]);
    expect(shown.map((one) => `${one.state} ${one.from / 60_000}–${one.to / 60_000}`)).toEqual([
      "maintenance 0–5",
      "up 5–30",
      "maintenance 30–50",
      "down 50–60",
    ]);
  });

  test("knows of each piece what began it", () => {
    const log = [change(40, "up", "down"), change(-30, "down", "up")];
    const [up, down] = segments(log, "down", 0, 60 * 60_000);
    expect(up && begunBy(up, log)?.at).toBe(at(-30));
    expect(down && begunBy(down, log)?.at).toBe(at(40));
    expect(begunBy({ state: "unknown", from: 0, to: 1 }, log)).toBeNull();
  });

  test("sums up by state, the worst first", () => {
    const list = segments([change(40, "up", "down")], "down", 0, 3_600_000);
    expect(totals(list)).toEqual([
      { state: "down", milliseconds: 20 * 60_000 },
      { state: "up", milliseconds: 40 * 60_000 },
    ]);
  });
});

test("a percentage is never rounded up, and nothing known is a dash", () => {
  expect(percent(99.99999, "id")).toBe("99,99%");
  expect(percent(100, "id")).toBe("100,00%");
  expect(percent(99.99, "en")).toBe("99.99%");
  expect(percent(0, "id")).toBe("0,00%");
  expect(percent(null, "id")).toBe("–");
});
