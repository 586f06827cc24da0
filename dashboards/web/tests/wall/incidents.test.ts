import { describe, expect, test } from "vitest";
import {
  affected,
  arrange,
  compareIncidents,
  findIncidents,
  findUnknown,
  HOLD_MS,
  isMass,
  isOpen,
  onlyOf,
  rollUp,
  type Incident,
} from "../../src/wall/incidents";
import { incident } from "../shared/api";
import { device, NOW, table } from "../shared/devices";

const found = (...devices: ReturnType<typeof device>[]): Incident[] =>
  findIncidents(table(...devices), null).sort(compareIncidents);

const PLACE = { device: null, device_name: null, site: null, site_name: null } as const;

describe("what the API has not told of", () => {
  test("is an incident all the same: children of a dead switch are one with it", () => {
    const [only, ...rest] = found(
      device("sw", "down", { kind: "switch", since: NOW - 5000 }),
      device("a", "unreachable", { cause: "sw", since: NOW - 9000 }),
      device("b", "unreachable", { cause: "sw" }),
      device("c"),
    );
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ key: "device:sw", state: "down", since: NOW - 5000, parent: null });
    expect(only?.behind.map((one) => one.id)).toEqual(["a", "b"]);
    expect(only === undefined ? null : isOpen(only)).toBe(true);
  });

  test("is found at the end of a chain of causes", () => {
    const incidents = found(
      device("router", "down"),
      device("sw", "unreachable", { cause: "router" }),
      device("cam", "unreachable", { cause: "sw" }),
    );
    expect(incidents.map((one) => [one.key, one.behind.length])).toEqual([["device:router", 2]]);
  });

  test("does not hang the wall when causes go in a circle", () => {
    const incidents = found(
      device("a", "unreachable", { cause: "b" }),
      device("b", "unreachable", { cause: "a" }),
    );
    expect(incidents.flatMap((one) => one.behind)).toHaveLength(2);
  });

  test("names the parent that came back before its children", () => {
    const [only] = found(
      device("sw", "up", { name: "Switch 1" }),
      device("a", "unreachable", { cause: "sw" }),
    );
    expect(only).toMatchObject({ state: "unreachable", parent: "Switch 1", roots: [] });
  });
});

describe("what the API tells of", () => {
  const dead = [device("sw", "down"), device("a", "unreachable", { cause: "sw" })];

  test("says who has it, why and since when; the row keeps its key", () => {
    const told = incident(3, { group_key: "sw", acknowledged_by: "Piket 2", cause: "power" });
    const [only, ...rest] = findIncidents(table(...dead), [told]);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({
      key: "device:sw",
      takenBy: "Piket 2",
      cause: "power",
      since: Date.parse(told.started_at),
    });
  });

  test("is no incident any more when nothing of it fails", () => {
    const told = incident(3, { group_key: "sw" });
    expect(findIncidents(table(device("sw")), [told])).toEqual([]);
    expect(findIncidents(table(device("sw", "maintenance")), [told])).toEqual([]);
  });

  test("takes in all of its site, but not what has an incident of its own", () => {
    const site = incident(4, { ...PLACE, group: "site", group_key: "losari" });
    const own = incident(5, { group_key: "b" });
    const devices = ["a", "b", "c"].map((id) => device(id, "down", { site: "losari" }));
    const rows = findIncidents(table(...devices), [site, own]);
    expect(rows.map((one) => [one.key, affected(one)]).sort()).toEqual([
      ["device:b", 1],
      ["site:losari", 2],
    ]);
  });

  test("takes in an area with all below it", () => {
    const area = incident(6, { ...PLACE, group: "area", group_key: "73.71" });
    const rows = findIncidents(table(device("a", "down"), device("b", "down")), [area]);
    expect(rows.map((one) => [one.key, affected(one)])).toEqual([["area:73.71", 2]]);
  });

  test("is a feeder's as far as its number goes, and nothing that failed before it", () => {
    const began = NOW - 60_000;
    const feeder = incident(7, {
      ...PLACE,
      group: "feeder",
      group_key: "F3",
      started_at: new Date(began).toISOString(),
      down: 2,
    });
    const devices = [began - 1, began, began + 1, began + 2].map((since, n) =>
      device(`d${n}`, "down", { since }),
    );
    const rows = findIncidents(table(...devices), [feeder]);
    expect(rows.find((one) => one.group === "feeder")?.roots.map((one) => one.id)).toEqual([
      "d1",
      "d2",
    ]);
    expect(rows.filter((one) => one.group === "device").map((one) => one.key)).toEqual([
      "device:d0",
      "device:d3",
    ]);
  });

  test("is one large block only when it took a place and nobody has it", () => {
    const devices = Array.from({ length: 12 }, (_, n) => device(`d${n}`, "down"));
    const place = { ...PLACE, group: "area", group_key: "73.71.01" } as const;
    const mass = (more: object): boolean[] =>
      findIncidents(table(...devices), [incident(8, { ...place, ...more })]).map(isMass);
    expect(mass({})).toEqual([true]);
    expect(mass({ acknowledged_by: "Piket 1" })).toEqual([false]);
    const behind = devices.map((one) => ({ ...one, state: "unreachable" as const, cause: "sw" }));
    expect(found(device("sw", "down"), ...behind).map(isMass)).toEqual([false]);
  });
});

test("degraded and unknown devices are rows that nobody can take, not incidents", () => {
  const devices = [
    device("slow", "degraded", { kind: "access_point", reason: "threshold" }),
    device("late", "degraded", { kind: "access_point", reason: "threshold" }),
    device("a", "unknown", { area: "73.71.15" }),
    device("b", "unknown", { area: "73.71.15" }),
    device("c", "unknown"),
  ];
  expect(found(...devices).map((one) => [one.group, affected(one), isOpen(one)])).toEqual([
    ["degraded", 2, false],
  ]);
  expect(findUnknown(devices).map((one) => [one.area, one.roots.length, isOpen(one)])).toEqual([
    ["73.71.15", 2, false],
    ["73.71.01", 1, false],
  ]);
});

test("of one kind only what an incident does to it is left, with the name of its root", () => {
  const incidents = found(
    device("sw", "down", { kind: "switch", name: "Switch 1" }),
    device("cam", "unreachable", { cause: "sw" }),
    device("ap", "unreachable", { cause: "sw", kind: "access_point" }),
    device("other", "down", { kind: "server" }),
  );
  const cameras = onlyOf((one) => one.kind === "camera", incidents);
  expect(cameras.map((one) => [one.parent, one.state, affected(one)])).toEqual([
    ["Switch 1", "unreachable", 1],
  ]);
});

describe("the order", () => {
  test("is not taken, then worst, then most devices, then oldest", () => {
    const devices = [
      device("taken", "down"),
      device("slow", "degraded"),
      device("young", "down", { since: NOW - 1000 }),
      device("old", "down", { since: NOW - 99_000 }),
      device("sw", "down", { since: NOW }),
      device("behind", "unreachable", { cause: "sw" }),
    ];
    const told = incident(1, { group_key: "taken", acknowledged_by: "Piket 2" });
    const names = findIncidents(table(...devices), [told])
      .sort(compareIncidents)
      .map((one) => one.roots[0]?.id);
    expect(names).toEqual(["sw", "old", "young", "taken", "slow"]);
  });

  const slow = (id: string, more: object = {}): ReturnType<typeof device> =>
    device(id, "degraded", { reason: id, name: id, ...more });
  const names = (rows: readonly Incident[]): string[] => rows.map((one) => one.name);

  test("holds its places for ten seconds, then sorts anew", () => {
    const first = arrange(found(slow("a"), slow("b")), null, NOW);
    expect(names(first.rows)).toEqual(["a", "b"]);
    const grown = [
      slow("a"),
      slow("b", { since: NOW - 999_000 }),
      slow("c", { since: NOW - 999_999 }),
    ];
    const soon = arrange(found(...grown), first.arrangement, NOW + HOLD_MS - 1);
    expect(names(soon.rows)).toEqual(["a", "b", "c"]);
    const later = arrange(found(...grown), soon.arrangement, NOW + HOLD_MS);
    expect(names(later.rows)).toEqual(["c", "b", "a"]);
  });

  test("does not wait when something critical is new", () => {
    const first = arrange(found(slow("a")), null, NOW);
    const next = arrange(
      found(slow("a"), device("z", "down", { name: "z" })),
      first.arrangement,
      NOW + 1,
    );
    expect(names(next.rows)).toEqual(["z", "a"]);
  });

  test("does not freeze when the server's clock was put back", () => {
    const first = arrange(found(slow("a")), null, NOW);
    const next = arrange(found(slow("b")), first.arrangement, NOW - 3_600_000);
    expect(next.arrangement.sortedAt).toBe(NOW - 3_600_000);
  });
});

describe("rolling up", () => {
  const many = found(
    device("a", "down", { since: NOW - 70_000 }),
    device("b", "down"),
    device("c", "down", { area: "73.71.02" }),
  );

  test("happens only when the incidents do not fit", () => {
    expect(rollUp(many, 3)).toEqual(many);
    expect(rollUp(many, 2)).toHaveLength(2);
  });

  test("keeps the number of causes, all devices and the oldest moment", () => {
    const row = rollUp(many, 2).find((one) => one.area === "73.71.01");
    expect(row).toMatchObject({ causes: 2, since: NOW - 70_000, state: "down" });
    expect(row?.roots).toHaveLength(2);
  });
});

test("what is in hand and what is not are never one row", () => {
  const devices = [device("a", "down"), device("b", "down"), device("c", "down")];
  const told = incident(1, { group_key: "a", acknowledged_by: "Piket 2" });
  const rows = rollUp(findIncidents(table(...devices), [told]), 1);
  expect(rows.map((one) => [one.takenBy, affected(one)]).sort()).toEqual([
    [null, 2],
    ["Piket 2", 1],
  ]);
});
