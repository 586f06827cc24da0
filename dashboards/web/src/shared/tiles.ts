/**
 * From areas and devices to the tiles of the map: which level of the tree, which device where.
 *
 * Tiles and the marks in them never move: both follow codes and ids, not urgency.
 */

import { count, worst } from "./city";
import { add } from "./groups";
import { BADNESS, type Area, type Counts, type Device, type State } from "./model";
import { SERVICES, serviceOf, type Service } from "./services";

export const MOST_TILES = 24;
const FEWEST_TILES = 4;

export interface Tile {
  readonly code: string;
  readonly name: string;
  /** Codes of the areas in it. */
  readonly areas: readonly string[];
  /** In the order of their marks: by site, then id. */
  readonly devices: readonly Device[];
  readonly worst: State;
  /** Devices neither up nor in maintenance. */
  readonly abnormal: number;
  readonly maintenance: number;
  /** Services with an abnormal device. */
  readonly services: readonly Service[];
}

/** One tile an area at the level that gives 4 to 24; devices above that level get their own. */
export function makeTiles(areas: readonly Area[], devices: Iterable<Device>): Tile[] {
  const list = [...devices];
  const level = chooseLevel(areas, list);
  const names = new Map(areas.map((area) => [area.code, area.name]));
  const members = new Map<string, Device[]>();
  for (const device of list) {
    const code = ancestorAt(device.area, level, names);
    add(members, code, device);
  }
  return [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, inside]) => makeTile(code, names.get(code) ?? code, inside));
}

/** A tile with these devices. */
export function makeTile(code: string, name: string, inside: readonly Device[]): Tile {
  const devices = [...inside].sort((a, b) => compare(a.site, b.site) || compare(a.id, b.id));
  const abnormal = devices.filter((one) => BADNESS[one.state] < BADNESS.maintenance);
  const services = new Set(abnormal.map((one) => serviceOf(one.kind)));
  return {
    code,
    name,
    areas: [...new Set(devices.map((one) => one.area))],
    devices,
    worst: worst(devices),
    abnormal: abnormal.length,
    maintenance: devices.filter((one) => one.state === "maintenance").length,
    services: SERVICES.filter((service) => services.has(service)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Depth of a code in the tree: `73.71` is 2, `73.71.01` is 3. */
function depth(code: string): number {
  return code === "" ? 0 : code.split(".").length;
}

/**
 * The deepest level with at most 24 tiles. If that leaves fewer than 4 although a deeper level
 * exists, the deeper one is taken, and the page folds its healthy tiles (`fold`).
 */
function chooseLevel(areas: readonly Area[], devices: readonly Device[]): number {
  const known = new Map(areas.map((area) => [area.code, area.name]));
  const levels = [...new Set(areas.map((area) => depth(area.code)))].sort((a, b) => a - b);
  let chosen = levels[0] ?? 0;
  let tiles = 0;
  for (const level of levels) {
    const codes = new Set(devices.map((device) => ancestorAt(device.area, level, known)));
    if (codes.size > MOST_TILES && tiles >= FEWEST_TILES) break;
    chosen = level;
    tiles = codes.size;
    if (tiles > MOST_TILES) break;
  }
  return chosen;
}

/** The listed area at or above `level` that holds `code`; the code itself if none is listed. */
function ancestorAt(code: string, level: number, known: ReadonlyMap<string, string>): string {
  const parts = code.split(".");
  for (let length = Math.min(level, parts.length); length > 0; length -= 1) {
    const prefix = parts.slice(0, length).join(".");
    if (known.has(prefix)) return prefix;
  }
  return code;
}

export interface Folded {
  readonly tiles: readonly Tile[];
  /** Healthy areas that have no tile of their own, because there are too many areas. */
  readonly normal: number;
}

/** How many tiles stand side by side. */
export function columnsOf(tiles: number): number {
  return tiles > 16 ? 5 : 4;
}

/** Above 24 areas only the abnormal ones are shown, worst first, and the rest is counted. */
export function fold(tiles: readonly Tile[]): Folded {
  if (tiles.length <= MOST_TILES) return { tiles, normal: 0 };
  const bad = tiles.filter((tile) => tile.abnormal > 0);
  const shown = bad
    .sort((a, b) => BADNESS[a.worst] - BADNESS[b.worst] || b.abnormal - a.abnormal)
    .slice(0, MOST_TILES - 1)
    .sort((a, b) => compare(a.code, b.code));
  return { tiles: shown, normal: tiles.length - shown.length };
}

export interface ServiceCount {
  readonly service: Service;
  readonly total: number;
  readonly counts: Counts;
  readonly worst: State;
}

/** Counts by service, for the services that have devices. */
export function countServices(devices: Iterable<Device>): ServiceCount[] {
  const members = new Map<Service, Device[]>();
  for (const device of devices) {
    add(members, serviceOf(device.kind), device);
  }
  return SERVICES.flatMap((service) => {
    const inside = members.get(service);
    if (inside === undefined) return [];
    return [{ service, total: inside.length, counts: count(inside), worst: worst(inside) }];
  });
}
