import { expect, test } from "vitest";
import { criticals } from "../../src/desk/sound";
import { REPEAT_MS, ringFor, SILENT } from "../../src/shared/ringing";
import { incident } from "../shared/api";

test("a desk rings for open incidents that nobody has, and for nothing else", () => {
  const taken = incident(2, { acknowledged_by: "Piket 2" });
  const over = incident(3, { recovered_at: "2026-11-21T19:00:00Z" });
  expect([...criticals([incident(1), taken, over])]).toEqual(["1"]);
});

test("it rings at once for a new one, each minute while it is untaken, then no more", () => {
  let rung = SILENT;
  const rings: number[] = [];
  for (let mono = 0; mono <= 4 * REPEAT_MS; mono += 1000) {
    const open = mono >= 5000 && mono < 2.5 * REPEAT_MS ? [incident(1)] : [];
    const next = ringFor(criticals(open), rung, mono);
    if (next.ring) rings.push(mono);
    rung = next.rung;
  }
  expect(rings).toEqual([5000, 5000 + REPEAT_MS, 5000 + 2 * REPEAT_MS]);
});
