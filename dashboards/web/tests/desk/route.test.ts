import { expect, test } from "vitest";
import { devicePath, incidentPath, routeOf, withQuery } from "../../src/desk/route";

test.each([
  ["/meja/", { page: "problems" }],
  ["/meja", { page: "problems" }],
  ["/meja/masalah", { page: "problems" }],
  ["/meja/insiden", { page: "incidents" }],
  ["/meja/insiden/", { page: "incidents" }],
  ["/meja/insiden/12", { page: "incident", id: 12 }],
  ["/meja/perangkat", { page: "devices" }],
  ["/meja/perangkat/sw-0001", { page: "device", id: "sw-0001" }],
  ["/meja/perangkat/a%2Fb", { page: "device", id: "a/b" }],
  ["/meja/insiden/nol", { page: "missing" }],
  ["/meja/insiden/0", { page: "missing" }],
  ["/meja/insiden/99999999999999999999", { page: "missing" }],
  ["/meja/perangkat/%E0%A4%A", { page: "missing" }],
  ["/meja/perangkat/a/b", { page: "missing" }],
  ["/meja/masalah/1", { page: "missing" }],
  ["/meja/jejak", { page: "audit", part: null }],
  ["/meja/jejak/a%2Fb", { page: "audit", part: "a/b" }],
  ["/meja/jejak/%E0%A4%A", { page: "missing" }],
  ["/meja/bukan-halaman", { page: "missing" }],
])("%s is its page", (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test.each(["sw-0001", "a/b", "kamera losari", "100%", "é"])("the address of device %s is its own", (id) => {
  expect(routeOf(devicePath(id))).toEqual({ page: "device", id });
});

test("the address of an incident is its own", () => {
  expect(routeOf(incidentPath(7))).toEqual({ page: "incident", id: 7 });
});

test("a filter joins the others in the address, and leaves it", () => {
  const query = new URLSearchParams("jenis=camera");
  expect(withQuery("/meja/", query, { wilayah: "73.71" })).toBe("/meja/?jenis=camera&wilayah=73.71");
  expect(withQuery("/meja/", query, { jenis: null })).toBe("/meja/");
  expect(withQuery("/meja/", query, { jenis: "" })).toBe("/meja/");
});
