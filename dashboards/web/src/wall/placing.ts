/**
 * Tiles lie as the areas lie in the city: rows from north to south, in a row from west to east.
 *
 * It follows from where the sites are, which only the inventory changes: a tile never moves while
 * people look. Without positions tiles lie in the order of their codes.
 */

import type { Position, Positions } from "../shared/geography";
import { columnsOf, MOST_TILES, type Tile } from "../shared/tiles";

export type { Position, Positions };

/** The same tiles in the order of their places. */
export function placeTiles(tiles: readonly Tile[], positions: Positions): Tile[] {
  if (tiles.length > MOST_TILES) return [...tiles]; // these are folded, and follow their codes
  const placed: { tile: Tile; at: Position }[] = [];
  const nowhere: Tile[] = [];
  for (const tile of tiles) {
    const at = middleOf(tile, positions);
    if (at === null) nowhere.push(tile);
    else placed.push({ tile, at });
  }
  placed.sort((a, b) => b.at.latitude - a.at.latitude || compare(a.tile.code, b.tile.code));
  const columns = columnsOf(tiles.length);
  const rows: Tile[] = [];
  for (let start = 0; start < placed.length; start += columns) {
    const row = placed.slice(start, start + columns);
    row.sort((a, b) => a.at.longitude - b.at.longitude || compare(a.tile.code, b.tile.code));
    rows.push(...row.map(({ tile }) => tile));
  }
  return [...rows, ...nowhere];
}

/** The middle of a tile's sites; null when the place of none is known. */
function middleOf(tile: Tile, positions: Positions): Position | null {
  const sites = [...new Set(tile.devices.map((device) => device.site))];
  const known = sites.flatMap((site) => positions.get(site) ?? []);
  if (known.length === 0) return null;
  const mean = (value: (at: Position) => number): number =>
    known.reduce((sum, at) => sum + value(at), 0) / known.length;
  return { latitude: mean((at) => at.latitude), longitude: mean((at) => at.longitude) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
