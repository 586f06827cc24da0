import { describe, expect, test } from "vitest";
import type { Area, Device } from "../../src/shared/model";
import { hullOf, makeRegions, spread } from "../../src/shared/geography";
import { placeTiles, type Position } from "../../src/wall/placing";
import { shiftAt } from "../../src/wall/shift";
import { makeTiles } from "../../src/shared/tiles";
import { device } from "../shared/devices";

const codes = ["73.71.01", "73.71.02", "73.71.03", "73.71.04", "73.71.05"];
const areas: Area[] = codes.map((code) => ({ code, name: code }));
const devices: Device[] = codes.map((area, n) => device(`d${n}`, "up", { area, site: `s${n}` }));
const at = (latitude: number, longitude: number): Position => ({ latitude, longitude });

describe("tiles", () => {
  const order = (positions: [string, Position][]): string[] =>
    placeTiles(makeTiles(areas, devices), new Map(positions)).map(({ code }) => code.slice(-2));

  test("lie from north to south, and in a row from west to east", () => {
    const places: [string, Position][] = [
      ["s0", at(-5.3, 119.5)],
      ["s1", at(-5.1, 119.6)],
      ["s2", at(-5.2, 119.4)],
      ["s3", at(-5.0, 119.5)],
      ["s4", at(-5.2, 119.3)],
    ];
    expect(order(places)).toEqual(["05", "03", "04", "02", "01"]);
  });

  test("without a place stand behind the others, in the order of their codes", () => {
    expect(order([["s3", at(-5, 119)]])).toEqual(["04", "01", "02", "03", "05"]);
    expect(order([])).toEqual(["01", "02", "03", "04", "05"]);
  });
});

describe("the map", () => {
  test("draws north up, west left, every site within the margins", () => {
    const positions = new Map([
      ["s0", at(-5.3, 119.3)],
      ["s1", at(-5.0, 119.6)],
    ]);
    const regions = makeRegions(makeTiles(areas, devices), positions, { width: 300, height: 200 }, 10);
    const dots = new Map(regions.flatMap(({ dots }) => dots.map((dot) => [dot.site, dot])));
    expect([...dots.keys()].sort()).toEqual(["s0", "s1"]);
    const [southWest, northEast] = [dots.get("s0"), dots.get("s1")];
    expect(southWest?.x).toBeLessThan(northEast?.x ?? 0);
    expect(southWest?.y).toBeCloseTo(190);
    expect(northEast?.y).toBeCloseTo(10);
  });

  test("of one site is that site in the middle, and of none is empty", () => {
    const tiles = makeTiles(areas, devices);
    const box = { width: 300, height: 200 };
    const [only] = makeRegions(tiles, new Map([["s0", at(-5, 119)]]), box, 10);
    expect(only?.middle.x).toBeCloseTo(150);
    expect(only?.middle.y).toBeCloseTo(100);
    expect(makeRegions(tiles, new Map(), box, 10)).toEqual([]);
  });

  test("outlines what lies outermost", () => {
    const square = [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 4, y: 4 },
      { x: 0, y: 4 },
    ];
    const hull = hullOf([...square, { x: 2, y: 2 }, { x: 2, y: 0 }]);
    expect(hull).toHaveLength(4);
    expect(hull).toEqual(expect.arrayContaining(square));
    expect(hullOf([{ x: 1, y: 1 }])).toEqual([{ x: 1, y: 1 }]);
  });

  test("lets no flag cover another, and none leave the map", () => {
    const flag = { width: 20, height: 10 };
    const box = { width: 200, height: 120 };
    const wanted = Array.from({ length: 15 }, (_, n) => ({ x: 195 + (n % 3), y: 5 }));
    const places = spread(wanted, flag, box);
    for (const [index, a] of places.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(10);
      expect(a.x).toBeLessThanOrEqual(190);
      expect(a.y).toBeGreaterThanOrEqual(5);
      for (const b of places.slice(index + 1)) {
        const apart = Math.abs(a.x - b.x) >= 20 || Math.abs(a.y - b.y) >= 10;
        expect(apart).toBe(true);
      }
    }
  });
});

test("the picture wanders by two pixels a minute and never further than the margins", () => {
  const places = Array.from({ length: 500 }, (_, step) => shiftAt(step));
  for (const [step, { x, y }] of places.entries()) {
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(8);
    const next = shiftAt(step + 1);
    expect(Math.abs(next.x - x)).toBe(2);
    expect(Math.abs(next.y - y)).toBe(2);
  }
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBeGreaterThan(20);
});
