/** Uptime of services and kinds: sums of seconds, never averages of percentages. */

import type { WallUptimeRow } from "../shared/api/schema";
import { serviceOf } from "../shared/services";

export interface Availability {
  /** Null: too little is known to say a figure. */
  readonly percent: number | null;
  readonly coveragePercent: number;
}

/** By `service:NAME` and `kind:NAME`. */
export type Availabilities = ReadonlyMap<string, Availability>;

/** Below this coverage a figure would say more than anybody saw. */
const LEAST_COVERAGE = 90;

/** From the seconds of each kind. */
export function availabilities(rows: readonly WallUptimeRow[]): Availabilities {
  const sums = new Map<string, { up: number; known: number; all: number }>();
  for (const row of rows) {
    const up = row.up_seconds + row.degraded_seconds;
    const known = up + row.down_seconds + row.unreachable_seconds;
    for (const key of [`kind:${row.key}`, `service:${serviceOf(row.key)}`]) {
      const sum = sums.get(key) ?? { up: 0, known: 0, all: 0 };
      sum.up += up;
      sum.known += known;
      sum.all += known + row.unknown_seconds;
      sums.set(key, sum);
    }
  }
  return new Map([...sums].map(([key, sum]) => [key, availability(sum)]));
}

function availability(sum: { up: number; known: number; all: number }): Availability {
  const coveragePercent = sum.all === 0 ? 0 : (100 * sum.known) / sum.all;
  const enough = sum.known > 0 && coveragePercent >= LEAST_COVERAGE;
  return { percent: enough ? (100 * sum.up) / sum.known : null, coveragePercent };
}
