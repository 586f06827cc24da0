import { describe, expect, test } from "vitest";
import {
  arrange,
  compareIncidents,
  findIncidents,
  findUnknown,
  HOLD_MS,
  rollUp,
  type Incident,
} from "../../src/wall/incidents";
import { device, NOW, table } from "../shared/devices";

const found = (...devices: ReturnType<typeof device>[]): Incident[] =>
  findIncidents(table(...devices)).sort(compareIncidents);

describe("grouping by cause", () => {
  test("children of a dead switch are one incident with it", () => {
    const [only, ...rest] = found(
      device("sw", "down", { kind: "switch", since: NOW - 5000 }),
      device("a", "unreachable", { cause: "sw", since: NOW - 9000 }),
      device("b", "unreachable", { cause: "sw" }),
      device("c"),
    );
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ key: "sw", state: "down", since: NOW - 5000, parent: null });
    expect(only?.behind.map((one) => one.id)).toEqual(["a", "b"]);
  });

  test("a chain of causes ends at its root", () => {
    const incidents = found(
      device("router", "down"),
      device("sw", "unreachable", { cause: "router" }),
      device("cam", "unreachable", { cause: "sw" }),
    );
    expect(incidents.map((one) => [one.key, one.behind.length])).toEqual([["router", 2]]);
  });

  test("a loop in the data ends instead of hanging the wall", () => {
    const incidents = found(
      device("a", "unreachable", { cause: "b" }),
      device("b", "unreachable", { cause: "a" }),
    );
    expect(incidents.flatMap((one) => one.behind)).toHaveLength(2);
  });

  test("children held after their parent came back name it", () => {
    const [only] = found(
      device("sw", "up", { name: "Switch 1" }),
      device("a", "unreachable", { cause: "sw" }),
    );
    expect(only).toMatchObject({ state: "unreachable", parent: "Switch 1", roots: [] });
  });

  test("unknown devices are rows by area, not incidents", () => {
    const devices = [
      device("a", "unknown", { area: "73.71.15" }),
      device("b", "unknown", { area: "73.71.15" }),
      device("c", "unknown"),
    ];
    expect(found(...devices)).toEqual([]);
    expect(findUnknown(devices).map((one) => [one.area, one.roots.length])).toEqual([
      ["73.71.15", 2],
      ["73.71.01", 1],
    ]);
  });
});

describe("the order", () => {
  test("is not taken, then worst, then most devices, then oldest", () => {
    const keys = found(
      device("taken", "down", { takenBy: "Piket 2" }),
      device("slow", "degraded"),
      device("young", "down", { since: NOW - 1000 }),
      device("old", "down", { since: NOW - 99_000 }),
      device("sw", "down", { since: NOW }),
      device("behind", "unreachable", { cause: "sw" }),
    ).map((one) => one.key);
    expect(keys).toEqual(["sw", "old", "young", "slow", "taken"]);
  });

  test("holds its places for ten seconds, then sorts anew", () => {
    const first = arrange(found(device("a", "degraded"), device("b", "degraded")), null, NOW);
    expect(first.arrangement.keys).toEqual(["a", "b"]);
    const grown = [
      device("a", "degraded"),
      device("b", "degraded", { since: NOW - 999_000 }),
      device("c", "degraded", { since: NOW - 999_999 }),
    ];
    const soon = arrange(found(...grown), first.arrangement, NOW + HOLD_MS - 1);
    expect(soon.arrangement.keys).toEqual(["a", "b", "c"]);
    const later = arrange(found(...grown), soon.arrangement, NOW + HOLD_MS);
    expect(later.arrangement.keys).toEqual(["c", "b", "a"]);
  });

  test("does not wait when something critical is new", () => {
    const first = arrange(found(device("a", "degraded")), null, NOW);
    const next = arrange(
      found(device("a", "degraded"), device("z", "down")),
      first.arrangement,
      NOW + 1,
    );
    expect(next.arrangement.keys).toEqual(["z", "a"]);
  });

  test("does not freeze when the server's clock was put back", () => {
    const first = arrange(found(device("a", "degraded")), null, NOW);
    const next = arrange(found(device("b", "degraded")), first.arrangement, NOW - 3_600_000);
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

test("an incident of two causes is in hand only if both are", () => {
  const half = rollUp(
    found(device("a", "down", { takenBy: "Piket 2" }), device("b", "down")),
    1,
  );
  expect(half.map((one) => one.takenBy)).toEqual([null, "Piket 2"]);
});
