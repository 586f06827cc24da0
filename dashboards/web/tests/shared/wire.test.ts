import { expect, test } from "vitest";
import { readEvent, WireError } from "../../src/shared/wire";

const collector = { id: "main", heartbeat_at: "2026-11-22T01:15:31Z", alive: true };
const wireDevice = {
  id: "cam-0001",
  name: "Kamera 1",
  kind: "camera",
  site: "s",
  site_name: "S",
  area: "73.71.01",
  owner: "diskominfo",
  state: "down",
  since: "2026-11-22T01:15:31Z",
  confirmed_at: null,
  reason: "no_answer",
  detail: "",
  cause: null,
  flapping: false,
  last_result_at: null,
};
const wireSnapshot = {
  cursor: 7,
  at: "2026-11-22T01:15:31Z",
  zone: "Asia/Makassar",
  language: "id",
  heartbeat_timeout_seconds: 15,
  collectors: [collector],
  counts: {},
  areas: [{ code: "73.71.01", name: "Mariso" }],
  devices: [wireDevice],
};

const read = (more: object) => {
  const event = readEvent("snapshot", JSON.stringify({ ...wireSnapshot, ...more }));
  if (event.type !== "snapshot") throw new Error("not a snapshot");
  return event.snapshot;
};

test("a snapshot is read whole", () => {
  expect(read({})).toMatchObject({
    cursor: 7,
    at: Date.UTC(2026, 10, 22, 1, 15, 31),
    devices: [{ id: "cam-0001", state: "down", confirmedAt: null, observed: "down" }],
  });
});

test("a collector says by how much its checks run late; one of an older server does not", () => {
  expect(read({}).collectors[0]?.lateMs).toBe(0);
  const late = read({ collectors: [{ ...collector, late_seconds: 45.2 }] });
  expect(late.collectors[0]?.lateMs).toBe(45_200);
});

test("a state of a newer server is unknown here, never healthy", () => {
  expect(read({ devices: [{ ...wireDevice, state: "sleeping" }] }).devices[0]?.state).toBe(
    "unknown",
  );
});

test("planned maintenance is what people see", () => {
  expect(read({ devices: [{ ...wireDevice, maintenance: true }] }).devices[0]?.state).toBe(
    "maintenance",
  );
});

test("a transition says whether its device flaps; one of an older server does not", () => {
  const moved = {
    id: 8,
    device: "cam-0001",
    old: "down",
    new: "down",
    at: "2026-11-22T01:15:31Z",
    confirmed_at: "2026-11-22T01:25:31Z",
  };
  const flapping = (more: object) => {
    const event = readEvent("transition", JSON.stringify({ ...moved, ...more }));
    return event.type === "transition" && event.transition.flapping;
  };
  expect(flapping({ flapping: true })).toBe(true);
  expect(flapping({})).toBe(false);
});

test("an owner's name is preferred to its id, and extra keys do no harm", () => {
  const named = { ...wireDevice, owner_name: "Diskominfo", colour: "red" };
  expect(read({ devices: [named] }).devices[0]?.owner).toBe("Diskominfo");
});

test.each([
  ["not JSON", "{"],
  ["snapshot: not an object", "[]"],
  ["cursor: not a number", JSON.stringify({ ...wireSnapshot, cursor: "7" })],
  ["at: not a moment", JSON.stringify({ ...wireSnapshot, at: "yesterday" })],
  ["devices: not a list", JSON.stringify({ ...wireSnapshot, devices: {} })],
  ["devices[0]: not an object", JSON.stringify({ ...wireSnapshot, devices: [3] })],
])("%s is said", (message, text) => {
  expect(() => readEvent("snapshot", text)).toThrow(new WireError(message));
});

test("news of alerts names devices, or says that it is of too many", () => {
  const read_ = (items: unknown) => readEvent("alert", JSON.stringify({ items }));
  expect(read_([{ id: 3, device: "cam-1", stage: "send" }])).toEqual({
    type: "alert",
    alerts: { devices: ["cam-1"] },
  });
  expect(read_(null)).toEqual({ type: "alert", alerts: { devices: null } });
  expect(() => read_("many")).toThrow(new WireError("items: not a list"));
});
