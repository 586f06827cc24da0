import { describe, expect, test } from "vitest";
import { apply, count, countObserved } from "../../src/shared/city";
import type { City, CityEvent } from "../../src/shared/model";
import { city, device, NOW, snapshot, transition } from "./devices";

const moves = (...list: ReturnType<typeof transition>[]): CityEvent[] =>
  list.map((one) => ({ type: "transition", transition: one }));

function after(before: City, ...events: CityEvent[]): City {
  const { city: result } = apply(before, events);
  if (result === null) throw new Error("no city");
  return result;
}

describe("a transition", () => {
  test("changes its device and nothing else, and leaves the old city as it was", () => {
    const before = city(device("a"), device("b"));
    const next = after(before, ...moves(transition(11, "a", "up", "down", { cause: "x" })));
    expect(next.devices.get("a")).toMatchObject({ state: "down", since: NOW, cause: "x" });
    expect(next.devices.get("b")).toBe(before.devices.get("b"));
    expect(before.devices.get("a")?.state).toBe("up");
    expect(next.cursor).toBe(11);
  });

  test("that the snapshot already held is not applied again", () => {
    const { city: next, gap } = apply(
      city(device("a", "up")),
      moves(transition(10, "a", "up", "down")),
    );
    expect(next?.devices.get("a")?.state).toBe("up");
    expect(gap).toBe(false);
  });

  test("of an unknown device is a gap", () => {
    expect(apply(city(), moves(transition(11, "new", "up", "down"))).gap).toBe(true);
  });

  test("whose old state is not ours is a gap", () => {
    expect(apply(city(device("a")), moves(transition(11, "a", "down", "up"))).gap).toBe(true);
  });

  test("in maintenance changes what lies beneath, not what is shown", () => {
    const before = city(device("a", "maintenance"));
    const result = apply(before, moves(transition(11, "a", "up", "down")));
    expect(result.gap).toBe(false);
    expect(result.city?.devices.get("a")?.state).toBe("maintenance");
  });

  test("back to up is remembered as the last recovery", () => {
    const next = after(city(device("a", "down")), ...moves(transition(11, "a", "down", "up")));
    expect(next.lastRecovery).toEqual({ device: "a", at: NOW });
  });

  test("that only says that flapping began or ended leaves the state as it is", () => {
    const down = device("a", "down");
    const begun = transition(11, "a", "down", "down", { flapping: true, at: NOW - 60_000 });
    const flapping = after(city(down), ...moves(begun));
    expect(flapping.devices.get("a")).toEqual({ ...down, flapping: true });
    const steady = after(flapping, ...moves(transition(12, "a", "down", "down")));
    expect(steady.devices.get("a")).toEqual(down);
    expect(steady.lastRecovery).toBeNull();
  });

  test("with the same state and another cause is a change of its own", () => {
    const before = city(device("a", "unreachable", { cause: "switch" }));
    const next = after(before, ...moves(
      transition(11, "a", "unreachable", "unreachable", { cause: "core" }),
    ));
    expect(next.devices.get("a")).toMatchObject({ cause: "core", since: NOW });
  });

  test("to another state says as well whether the device flaps", () => {
    const before = city(device("a", "up", { flapping: true }));
    const still = after(before, ...moves(transition(11, "a", "up", "down", { flapping: true })));
    expect(still.devices.get("a")).toMatchObject({ state: "down", flapping: true });
    const gone = after(before, ...moves(transition(11, "a", "up", "unknown")));
    expect(gone.devices.get("a")?.flapping).toBe(false);
  });

  test("about flapping that does not fit what we hold is a gap", () => {
    const begun = transition(11, "a", "down", "down", { flapping: true });
    expect(apply(city(device("a")), moves(begun)).gap).toBe(true);
  });

  test("from unknown to up is no recovery: nothing was known to be wrong", () => {
    const next = after(city(device("a", "unknown")), ...moves(transition(11, "a", "unknown", "up")));
    expect(next.lastRecovery).toBeNull();
  });
});

describe("a snapshot", () => {
  test("replaces everything and mends a gap before it", () => {
    const result = apply(city(device("gone")), [
      ...moves(transition(11, "missing", "up", "down")),
      { type: "snapshot", snapshot: snapshot(device("a")) },
    ]);
    expect([...(result.city?.devices.keys() ?? [])]).toEqual(["a"]);
    expect(result.gap).toBe(false);
  });

  test("keeps what was observed of a device that is unknown now", () => {
    const next = after(city(device("a", "down")), {
      type: "snapshot",
      snapshot: snapshot(device("a", "unknown")),
    });
    expect(countObserved(next.devices.values()).down).toBe(1);
    expect(count(next.devices.values()).unknown).toBe(1);
  });
});

test("a stream that begins in its middle is a gap", () => {
  expect(apply(null, moves(transition(1, "a", "up", "down")))).toEqual({ city: null, gap: true });
});

test("a heartbeat renews the collectors and what is fresh, and keeps the device table", () => {
  const before = city(device("a"));
  const collectors = [{ id: "main", heartbeatAt: NOW, alive: false, lateMs: 0 }];
  const areas = [{ code: "73.71.01", lastResultAt: NOW, periodMs: 30_000 }];
  const next = after(before, { type: "heartbeat", heartbeat: { at: NOW, collectors, areas } });
  expect(next.freshness.get("73.71.01")).toBe(areas[0]);
  expect(next.collectors).toBe(collectors);
  expect(next.devices).toBe(before.devices);
});

test("a storm of ten thousand transitions is applied with one copy of the table", () => {
  const devices = Array.from({ length: 10_000 }, (_, index) => device(`d${index}`));
  const storm = devices.map((one, index) => transition(11 + index, one.id, "up", "unknown"));
  const next = after(city(...devices), ...moves(...storm));
  expect(count(next.devices.values())).toMatchObject({ unknown: 10_000, up: 0 });
});
