import { describe, expect, test } from "vitest";
import { mayBeAddress, narrow, type Wanted } from "../../src/desk/inventory/rows";
import { windowOf } from "../../src/desk/rows";
import { device } from "../shared/devices";

const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  text: "",
  state: null,
  kind: null,
  area: null,
  also: new Set(),
  ...more,
});

const devices = [
  device("b", "up", { name: "Kamera Losari 02", siteName: "Anjungan Losari" }),
  device("a", "up", { name: "Kamera Losari 01", siteName: "Anjungan Losari" }),
  device("c", "down", { name: "Switch Tallo", kind: "switch", area: "73.71.07", siteName: "Jembatan" }),
];
const ids = (more: Partial<Wanted>): string[] => narrow(devices, wanted(more)).map(({ id }) => id);

describe("the inventory", () => {
  test("has the worst first, then goes by name", () => {
    expect(ids({})).toEqual(["c", "a", "b"]);
  });

  test("is searched by parts of name, id and site, in any case and order", () => {
    expect(ids({ text: "LOSARI 01" })).toEqual(["a"]);
    expect(ids({ text: "anjungan kamera" })).toEqual(["a", "b"]);
    expect(ids({ text: "jemb" })).toEqual(["c"]);
    expect(ids({ text: "nothing" })).toEqual([]);
    expect(ids({ text: "  " })).toHaveLength(3);
  });

  test("takes in what the API found by its address", () => {
    expect(ids({ text: "10.71.9.2", also: new Set(["b"]) })).toEqual(["b"]);
  });

  test("is narrowed by state, kind and area with all below", () => {
    expect(ids({ state: "down" })).toEqual(["c"]);
    expect(ids({ kind: "camera" })).toEqual(["a", "b"]);
    expect(ids({ area: "73.71.07" })).toEqual(["c"]);
    expect(ids({ area: "73.71" })).toHaveLength(3);
    expect(ids({ area: "73.7" })).toEqual([]);
  });
});

test.each([
  ["10.71", true],
  ["10.71.9.2", true],
  ["fd00::1", true],
  ["kamera 01", false],
  ["cafe", false],
  ["10", false],
])("%s may be part of an address: %s", (text, expected) => {
  expect(mayBeAddress(text)).toBe(expected);
});

describe("the rows in sight", () => {
  test("are a few of ten thousand, at the top, within, and at the end", () => {
    expect(windowOf(10_000, 44, 0, 880)).toEqual({ first: 0, last: 28 });
    expect(windowOf(10_000, 44, 44_000, 880)).toEqual({ first: 992, last: 1028 });
    expect(windowOf(10_000, 44, 439_120, 880)).toEqual({ first: 9972, last: 10_000 });
  });

  test("are never outside of the list", () => {
    expect(windowOf(3, 44, 0, 880)).toEqual({ first: 0, last: 3 });
    expect(windowOf(3, 44, 9_000, 880)).toEqual({ first: 3, last: 3 });
    expect(windowOf(0, 44, 0, 880)).toEqual({ first: 0, last: 0 });
  });
});
