import { describe, expect, test } from "vitest";
import type { Area, Device } from "../../src/shared/model";
import { shortName } from "../../src/shared/places";
import { countServices, fold, makeTiles, MOST_TILES } from "../../src/shared/tiles";
import { device } from "./devices";

const code = (n: number): string => `73.71.${String(n).padStart(2, "0")}`;
const areas = (count: number): Area[] => [
  { code: "73.71", name: "Kota Makassar" },
  ...Array.from({ length: count }, (_, n) => ({ code: code(n + 1), name: `Area ${n + 1}` })),
];
const devices = (count: number): Device[] =>
  Array.from({ length: count }, (_, n) => device(`d${n}`, "up", { area: code(n + 1) }));

describe("the level of the tiles", () => {
  test("is the districts, although villages are listed too", () => {
    const villages = Array.from({ length: 5 }, (_, district) =>
      Array.from({ length: 6 }, (_, n) => ({
        code: `${code(district + 1)}.100${n}`,
        name: `Kelurahan ${n}`,
      })),
    ).flat();
    const inside = villages.map((area, n) => device(`d${n}`, "up", { area: area.code }));
    const tiles = makeTiles([...areas(5), ...villages], inside);
    expect(tiles.map((tile) => tile.name)).toEqual([1, 2, 3, 4, 5].map((n) => `Area ${n}`));
    expect(tiles[0]?.devices).toHaveLength(6);
  });

  test("is the one below if a level has fewer than four and the next too many", () => {
    expect(makeTiles(areas(40), devices(40))).toHaveLength(40);
  });

  test("gives a device above it a tile of its own", () => {
    const tiles = makeTiles(areas(5), [...devices(5), device("x", "up", { area: "73.71" })]);
    expect(tiles.map((tile) => tile.name)).toContain("Kota Makassar");
  });

  test("does not lose a device whose area is not listed", () => {
    const tiles = makeTiles(areas(5), [...devices(5), device("x", "up", { area: "99.01" })]);
    expect(tiles.at(-1)).toMatchObject({ code: "99.01", name: "99.01" });
  });
});

describe("a tile", () => {
  test("shows the worst state and counts what is neither up nor in maintenance", () => {
    const [tile] = makeTiles(areas(1), [
      device("a", "up", { area: code(1) }),
      device("b", "maintenance", { area: code(1) }),
      device("c", "unknown", { area: code(1), kind: "access_point" }),
      device("d", "degraded", { area: code(1) }),
    ]);
    expect(tile).toMatchObject({
      worst: "degraded",
      abnormal: 2,
      maintenance: 1,
      services: ["cctv", "wifi"],
    });
  });

  test("keeps the places of its marks when states change", () => {
    const order = (state: Device["state"]): string[] =>
      makeTiles(areas(1), [
        device("b", state, { area: code(1), site: "2" }),
        device("c", "up", { area: code(1), site: "1" }),
        device("a", "up", { area: code(1), site: "2" }),
      ]).flatMap((tile) => tile.devices.map((one) => one.id));
    expect(order("up")).toEqual(["c", "a", "b"]);
    expect(order("down")).toEqual(order("up"));
  });
});

test("too many areas leave only the abnormal ones, in their order, and count the rest", () => {
  const all = devices(40).map((one, n) => (n % 2 === 0 ? { ...one, state: "down" as const } : one));
  const { tiles, normal } = fold(makeTiles(areas(40), all));
  expect(tiles).toHaveLength(20);
  expect(tiles.map((tile) => tile.code)).toEqual([...tiles.map((tile) => tile.code)].sort());
  expect(normal).toBe(20);
  expect(fold(makeTiles(areas(MOST_TILES), devices(MOST_TILES))).normal).toBe(0);
});

test("services count every kind, an unlisted one too, and leave out what the city lacks", () => {
  const services = countServices([
    device("a", "up", { kind: "camera" }),
    device("b", "down", { kind: "recorder" }),
    device("c", "up", { kind: "lamp" }),
  ]);
  expect(services.map((one) => [one.service, one.counts.up, one.total])).toEqual([
    ["cctv", 1, 2],
    ["sensor", 1, 1],
  ]);
});

test("names of tiles leave out what every neighbour's name has", () => {
  expect(shortName("Kepulauan Sangkarrang")).toBe("Sangkarrang");
  expect(shortName("Ujung Tanah")).toBe("Uj. Tanah");
  expect(shortName("Wajo")).toBe("Wajo");
});
