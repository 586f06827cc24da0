/**
 * The city as a drawing: outlines around the sites of each tile, sites as dots, flags that keep
 * clear of each other. North is up. Pure: positions and sizes in, points in pixels out.
 */

import { worst } from "./city";
import { add } from "./groups";
import type { Device, State } from "./model";
import type { Tile } from "./tiles";
import type { Box } from "./view/hooks";

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** Where sites are, by id; those of which it is not known are absent. */
export type Positions = ReadonlyMap<string, Position>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Dot extends Point {
  readonly site: string;
  readonly name: string;
  readonly state: State;
}

export interface Region {
  readonly tile: Tile;
  readonly dots: readonly Dot[];
  /** Corners of the outline around the dots. */
  readonly hull: readonly Point[];
  readonly middle: Point;
}

/** The regions of the tiles whose sites have a position; the largest first, to be drawn first. */
export function makeRegions(
  tiles: readonly Tile[],
  positions: Positions,
  box: Box,
  margin: number,
): Region[] {
  const used = new Set(tiles.flatMap((tile) => tile.devices.map((device) => device.site)));
  const project = projection([...used].flatMap((id) => positions.get(id) ?? []), box, margin);
  const regions = tiles.flatMap((tile): Region[] => {
    const sites = new Map<string, Device[]>();
    for (const device of tile.devices) add(sites, device.site, device);
    const dots = [...sites].flatMap(([site, devices]): Dot[] => {
      const at = positions.get(site);
      if (at === undefined) return [];
      return [{ ...project(at), site, name: devices[0]?.siteName ?? site, state: worst(devices) }];
    });
    if (dots.length === 0) return [];
    const hull = hullOf(dots);
    return [{ tile, dots, hull, middle: middleOf(hull) }];
  });
  return regions.sort((a, b) => areaOf(b.hull) - areaOf(a.hull));
}

/** Degrees to pixels: one scale for both directions, as wide as the city is at its latitude. */
function projection(
  all: readonly Position[],
  { width, height }: Box,
  margin: number,
): (at: Position) => Point {
  const latitudes = all.map((at) => at.latitude);
  const longitudes = all.map((at) => at.longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const spread = 1e-6; // one site alone has no extent
  const scale = Math.min(
    Math.max(1, width - 2 * margin) / Math.max(spread, (east - west) * shrink),
    Math.max(1, height - 2 * margin) / Math.max(spread, north - south),
  );
  const left = (width - (east - west) * shrink * scale) / 2;
  const top = (height - (north - south) * scale) / 2;
  return ({ latitude, longitude }) => ({
    x: left + (longitude - west) * shrink * scale,
    y: top + (north - latitude) * scale,
  });
}

/** The convex hull, by Andrew's monotone chain. Fewer than three points are their own hull. */
export function hullOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of list) {
      while (chain.length >= 2 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function turn(a: Point | undefined, b: Point | undefined, c: Point): number {
  if (a === undefined || b === undefined) return 0;
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function areaOf(hull: readonly Point[]): number {
  return Math.abs(
    hull.reduce((sum, a, index) => {
      const b = hull[(index + 1) % hull.length] ?? a;
      return sum + (a.x * b.y - b.x * a.y) / 2;
    }, 0),
  );
}

function middleOf(points: readonly Point[]): Point {
  const mean = (value: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  return { x: mean((point) => point.x), y: mean((point) => point.y) };
}

/** Directions in which a free place is looked for, and the step outwards in heights of a flag. */
const DIRECTIONS = 24;
const STEP = 0.25;

/**
 * Middles of flags of one size that do not cover each other, each as near as is free to where it
 * belongs and within the box. One for which there is no room stays where it belongs.
 */
export function spread(wanted: readonly Point[], flag: Box, box: Box): Point[] {
  const places: Point[] = [];
  for (const point of wanted) {
    const isFree = ({ x, y }: Point): boolean =>
      places.every(
        (other) =>
          Math.abs(other.x - x) >= flag.width || Math.abs(other.y - y) >= flag.height,
      );
    places.push(nearest(point, isFree, flag, box));
  }
  return places;
}

function nearest(point: Point, isFree: (at: Point) => boolean, flag: Box, box: Box): Point {
  const farthest = Math.hypot(box.width, box.height);
  for (let away = 0; away <= farthest; away += STEP * flag.height) {
    for (let direction = 0; direction < (away === 0 ? 1 : DIRECTIONS); direction += 1) {
      const angle = (2 * Math.PI * direction) / DIRECTIONS;
      const place = inside(
        { x: point.x + away * Math.cos(angle), y: point.y + away * Math.sin(angle) },
        flag,
        box,
      );
      if (isFree(place)) return place;
    }
  }
  return inside(point, flag, box);
}

/** The place itself, or the nearest at which the flag is within the box. */
function inside({ x, y }: Point, flag: Box, box: Box): Point {
  const clamp = (value: number, size: number, most: number): number =>
    Math.min(Math.max(value, size / 2), Math.max(size / 2, most - size / 2));
  return { x: clamp(x, flag.width, box.width), y: clamp(y, flag.height, box.height) };
}
