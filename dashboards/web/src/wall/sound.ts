/**
 * When the wall rings: for a critical that nobody has in hand, once when it is new, and again
 * every minute until somebody takes it. Nothing else makes a sound.
 */

import { isCritical, type Incident } from "./incidents";

export const REPEAT_MS = 60_000;
/** Many new ones within seconds are one ring: a storm is not an organ. */
const REST_MS = 5_000;
/** Until then the API may still say that somebody has them. */
const PATIENCE_MS = 10_000;

export interface Rung {
  /** What it has rung for. */
  readonly keys: ReadonlySet<string>;
  /** On the panel's monotonic clock; null: never. */
  readonly mono: number | null;
}

export const SILENT: Rung = { keys: new Set(), mono: null };

export interface Heard {
  readonly incidents: readonly Incident[];
  /** The API has said who has what. */
  readonly told: boolean;
  /** How long the page has been there. */
  readonly pageMs: number;
}

/** Whether to ring now, and what has been rung for then. */
export function ringAt(
  { incidents, told, pageMs }: Heard,
  before: Rung,
  mono: number,
): { readonly ring: boolean; readonly rung: Rung } {
  if (!told && pageMs < PATIENCE_MS) return { ring: false, rung: before };
  const keys = new Set(incidents.filter(isCritical).map((one) => one.key));
  if (keys.size === 0) return { ring: false, rung: { keys, mono: before.mono } };
  const since = before.mono === null ? Infinity : mono - before.mono;
  const isNew = [...keys].some((key) => !before.keys.has(key));
  const ring = (isNew && since >= REST_MS) || since >= REPEAT_MS;
  // What could not ring yet stays new.
  const known = ring ? keys : new Set([...before.keys].filter((key) => keys.has(key)));
  return { ring, rung: { keys: known, mono: ring ? mono : before.mono } };
}
