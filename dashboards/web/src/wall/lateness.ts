/** Which tiles show what is no longer current: their newest result is older than two periods. */

import type { Freshness } from "../shared/model";
import type { Tile } from "../shared/tiles";

const PERIODS = 2;

/** Ages in milliseconds of the tiles that are late, by code. Who never told anything is not late. */
export type Late = ReadonlyMap<string, number>;

/** The late tiles at a moment of the server's clock. Of an area without word nothing is claimed. */
export function lateTiles(
  tiles: readonly Tile[],
  freshness: ReadonlyMap<string, Freshness>,
  at: number,
): Late {
  const late = new Map<string, number>();
  for (const { code, areas } of tiles) {
    const known = areas.flatMap((area) => freshness.get(area) ?? []);
    const told = known.flatMap(({ lastResultAt }) => lastResultAt ?? []);
    if (told.length === 0) continue;
    const age = at - Math.max(...told);
    if (age > PERIODS * Math.min(...known.map((area) => area.periodMs))) late.set(code, age);
  }
  return late;
}
