/**
 * When a page rings: for a critical that nobody has in hand, once when it is new, and again every
 * minute until somebody takes it. Nothing else makes a sound. Pure.
 */

export const REPEAT_MS = 60_000;
/** Many new ones within seconds are one ring: a storm is not an organ. */
const REST_MS = 5_000;

export interface Rung {
  /** What it has rung for. */
  readonly keys: ReadonlySet<string>;
  /** On the page's monotonic clock; null: never. */
  readonly mono: number | null;
}

export const SILENT: Rung = { keys: new Set(), mono: null };

/** Whether to ring now for what is critical and in nobody's hand, and what has been rung for then. */
export function ringFor(
  keys: ReadonlySet<string>,
  before: Rung,
  mono: number,
): { readonly ring: boolean; readonly rung: Rung } {
  if (keys.size === 0) return { ring: false, rung: { keys, mono: before.mono } };
  const since = before.mono === null ? Infinity : mono - before.mono;
  const isNew = [...keys].some((key) => !before.keys.has(key));
  const ring = (isNew && since >= REST_MS) || since >= REPEAT_MS;
  // What could not ring yet stays new.
  const known = ring ? keys : new Set([...before.keys].filter((key) => keys.has(key)));
  return { ring, rung: { keys: known, mono: ring ? mono : before.mono } };
}
