/** A day of one device that never changes: its states, its readings, its limits. Invented. */

import type { Readings } from "../../shared/api/schema";
import type { Segment } from "../device/history";
import type { Limit } from "../device/series";
import { MORNING } from "./city";

const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;
const FROM = MORNING - 24 * HOUR_MS;

const hours = (n: number): number => FROM + n * HOUR_MS;

const LIST: readonly Segment[] = [
  { state: "up", from: FROM, to: hours(8) },
  { state: "degraded", from: hours(8), to: hours(10) },
  { state: "up", from: hours(10), to: hours(13) },
  { state: "unknown", from: hours(13), to: hours(15) },
  { state: "up", from: hours(15), to: hours(17) },
  { state: "maintenance", from: hours(17), to: hours(20), title: "Ganti sakelar" },
  { state: "up", from: hours(20), to: hours(22.5) },
  { state: "down", from: hours(22.5), to: MORNING },
];

const LIMITS: readonly Limit[] = [
  { value: 0.06, side: "above", verdict: "warning" },
  { value: 0.09, side: "above", verdict: "critical" },
];

/** Where nobody looked, and while it was dead, there is nothing. */
function points(): { at: number; value: number }[] {
  const found: { at: number; value: number }[] = [];
  for (let at = FROM; at < hours(22.5); at += STEP_MS) {
    const hour = (at - FROM) / HOUR_MS;
    if (hour >= 13 && hour < 15) continue;
    const slow = hour >= 8 && hour < 10 ? 0.04 : 0;
    found.push({ at, value: 0.024 + slow + 0.006 * Math.sin(at / 2_400_000) });
  }
  return found;
}

const POINTS = points();

const READINGS: Readings = {
  device: "kamera-01",
  metric: "ping_rtt_seconds",
  from: new Date(FROM).toISOString(),
  to: new Date(MORNING).toISOString(),
  step_seconds: STEP_MS / 1000,
  items: [
    {
      metric: "ping_rtt_seconds",
      unit: "s",
      labels: {},
      points: POINTS.map(({ at, value }) => [new Date(at).toISOString(), value] as const),
      low: POINTS.map(({ value }) => value * 0.75),
      high: POINTS.map(({ value }) => value * 1.3),
      counts: POINTS.map(() => 10),
      at_least: [],
    },
  ],
  next: null,
};

export const DAY = { from: FROM, to: MORNING, list: LIST, readings: READINGS, limits: LIMITS } as const;
