/** Devices for the tests, made from what a test cares about. */

import type { City, Device, Snapshot, State, Transition } from "../../src/shared/model";

export const NOW = Date.parse("2026-11-21T19:26:41Z"); // 03.26.41 WITA

export function device(id: string, state: State = "up", more: Partial<Device> = {}): Device {
  return {
    id,
    name: id.toUpperCase(),
    kind: "camera",
    site: "site",
    siteName: "Site",
    area: "73.71.01",
    owner: "Diskominfo",
    ownerId: "diskominfo",
    state,
    since: NOW - 60_000,
    confirmedAt: NOW - 50_000,
    reason: "no_answer",
    detail: "",
    cause: null,
    flapping: false,
    observed: state === "unknown" ? null : state,
    ...more,
  };
}

export function table(...devices: Device[]): ReadonlyMap<string, Device> {
  return new Map(devices.map((one) => [one.id, one]));
}

export function snapshot(...devices: Device[]): Snapshot {
  return {
    cursor: 10,
    at: NOW,
    zone: "Asia/Makassar",
    language: "id",
    collectors: [{ id: "main", heartbeatAt: NOW, alive: true, lateMs: 0 }],
    areas: [{ code: "73.71.01", name: "Mariso" }],
    devices,
  };
}

export function city(...devices: Device[]): City {
  const { cursor, zone, language, collectors, areas } = snapshot();
  return {
    cursor,
    zone,
    language,
    collectors,
    areas,
    devices: table(...devices),
    lastRecovery: null,
    freshness: new Map(),
  };
}

export function transition(
  id: number,
  deviceId: string,
  old: State,
  next: State,
  more: Partial<Transition> = {},
): Transition {
  return {
    id,
    device: deviceId,
    old,
    new: next,
    at: NOW,
    confirmedAt: NOW + 10_000,
    reason: "no_answer",
    detail: "",
    cause: null,
    flapping: false,
    ...more,
  };
}
