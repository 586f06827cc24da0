import { expect, test } from "vitest";
import { findIncidents, type Incident } from "../../src/wall/incidents";
import { REPEAT_MS, ringAt, SILENT, type Rung } from "../../src/wall/sound";
import { incident } from "../shared/api";
import { device, table } from "../shared/devices";

const down = (...ids: string[]): Incident[] =>
  findIncidents(table(...ids.map((id) => device(id, "down"))), []);

/** The seconds at which it rings, when each second shows these incidents. */
function rings(
  at: (second: number) => readonly Incident[],
  seconds: number,
  told: (second: number) => boolean = () => true,
): number[] {
  let rung: Rung = SILENT;
  const found: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const pageMs = second * 1000;
    const next = ringAt({ incidents: at(second), told: told(second), pageMs }, rung, 1000 * second);
    if (next.ring) found.push(second);
    rung = next.rung;
  }
  return found;
}

test("it rings for a new critical at once, and each minute until somebody has it", () => {
  const taken = findIncidents(table(device("a", "down")), [
    incident(1, { group_key: "a", acknowledged_by: "Piket 2" }),
  ]);
  expect(rings((second) => (second < 3 ? [] : second < 130 ? down("a") : taken), 300)).toEqual([
    3,
    3 + REPEAT_MS / 1000,
    3 + (2 * REPEAT_MS) / 1000,
  ]);
});

test("nothing but a critical that nobody has makes a sound", () => {
  const degraded = findIncidents(table(device("a", "degraded")), []);
  expect(rings(() => degraded, 200)).toEqual([]);
});

test("a second one rings although the first has just rung, but a storm is few rings", () => {
  expect(rings((second) => (second < 20 ? down("a") : down("a", "b")), 60)).toEqual([0, 20]);
  const storm = (second: number): Incident[] =>
    down(...Array.from({ length: Math.min(second + 1, 12) }, (_, n) => `d${n}`));
  expect(rings(storm, 60)).toEqual([0, 5, 10, 15]);
});

test("one that came while it rested is not forgotten", () => {
  expect(rings((second) => (second < 2 ? down("a") : down("a", "b")), 60)).toEqual([0, 5]);
});

test("it waits for who has what, and not for ever", () => {
  expect(rings(() => down("a"), 8, () => false)).toEqual([]);
  expect(rings(() => down("a"), 30, () => false)).toEqual([10]);
});

test("one that recovered and is down again is new", () => {
  const at = (second: number): Incident[] => (second > 10 && second < 20 ? [] : down("a"));
  expect(rings(at, 40)).toEqual([0, 20]);
});
