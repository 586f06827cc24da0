/**
 * From the text of a server-sent event to a typed value, or a `WireError` that names the place.
 *
 * The page never shows what it could not read: the stream is reopened instead, and the snapshot
 * it begins with repairs everything. Unknown extra keys are ignored, so the server may add some.
 */

import {
  STATES,
  type AlertNews,
  type Area,
  type Collector,
  type Device,
  type Freshness,
  type Heartbeat,
  type IncidentNews,
  type Snapshot,
  type State,
  type Transition,
  type CityEvent,
} from "./model";

export class WireError extends Error {}

type Json = Readonly<Record<string, unknown>>;

/** Read one event of the stream. Throws `WireError`. */
export function readEvent(type: CityEvent["type"], text: string): CityEvent {
  const json = object(parse(text), type);
  switch (type) {
    case "snapshot":
      return { type, snapshot: readSnapshot(json) };
    case "transition":
      return { type, transition: readTransition(json) };
    case "heartbeat":
      return { type, heartbeat: readHeartbeat(json) };
    case "incident":
      return { type, incidents: readIncidentNews(json) };
    case "alert":
      return { type, alerts: readAlertNews(json) };
  }
}

function readSnapshot(json: Json): Snapshot {
  return {
    cursor: number(json, "cursor"),
    at: moment(json, "at"),
    zone: string(json, "zone"),
    language: string(json, "language"),
    collectors: list(json, "collectors").map(readCollector),
    areas: list(json, "areas").map(readArea),
    devices: list(json, "devices").map(readDevice),
  };
}

function readTransition(json: Json): Transition {
  return {
    id: number(json, "id"),
    device: string(json, "device"),
    old: state(json["old"]),
    new: state(json["new"]),
    at: moment(json, "at"),
    confirmedAt: momentOrNull(json, "confirmed_at"),
    reason: stringOr(json, "reason", ""),
    detail: stringOr(json, "detail", ""),
    cause: stringOrNull(json, "cause"),
    flapping: json["flapping"] === true,
  };
}

function readHeartbeat(json: Json): Heartbeat {
  return {
    at: moment(json, "at"),
    collectors: list(json, "collectors").map(readCollector),
    areas: (json["areas"] === undefined ? [] : list(json, "areas")).map(readFreshness),
  };
}

function readIncidentNews(json: Json): IncidentNews {
  const ids: unknown = json["ids"];
  if (ids === null) return { ids };
  if (!Array.isArray(ids) || !ids.every((id) => Number.isSafeInteger(id))) {
    throw new WireError("ids: neither a list of numbers nor null");
  }
  return { ids: ids as number[] };
}

function readAlertNews(json: Json): AlertNews {
  if (json["items"] === null) return { devices: null };
  return { devices: list(json, "items").map((one) => string(one, "device")) };
}

function readCollector(json: Json): Collector {
  return {
    id: string(json, "id"),
    heartbeatAt: moment(json, "heartbeat_at"),
    alive: json["alive"] === true,
    // A server before this one does not say.
    lateMs: json["late_seconds"] === undefined ? 0 : 1000 * number(json, "late_seconds"),
  };
}

function readFreshness(json: Json): Freshness {
  return {
    code: string(json, "code"),
    lastResultAt: momentOrNull(json, "last_result_at"),
    periodMs: 1000 * number(json, "period_seconds"),
  };
}

function readArea(json: Json): Area {
  return { code: string(json, "code"), name: string(json, "name") };
}

function readDevice(json: Json): Device {
  const seen = json["maintenance"] === true ? "maintenance" : state(json["state"]);
  return {
    id: string(json, "id"),
    name: stringOr(json, "name", string(json, "id")),
    kind: string(json, "kind"),
    site: stringOr(json, "site", ""),
    siteName: stringOr(json, "site_name", ""),
    area: stringOr(json, "area", ""),
    owner: stringOrNull(json, "owner_name") ?? stringOrNull(json, "owner"),
    ownerId: stringOrNull(json, "owner"),
    state: seen,
    since: momentOrNull(json, "since"),
    confirmedAt: momentOrNull(json, "confirmed_at"),
    reason: stringOr(json, "reason", ""),
    detail: stringOr(json, "detail", ""),
    cause: stringOrNull(json, "cause"),
    flapping: json["flapping"] === true,
    observed: seen === "unknown" ? null : seen,
  };
}

/** A state this page does not know yet is shown as unknown, never as healthy. */
function state(value: unknown): State {
  return STATES.find((known) => known === value) ?? "unknown";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WireError("not JSON");
  }
}

function object(value: unknown, place: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WireError(`${place}: not an object`);
  }
  return value as Json;
}

function list(json: Json, key: string): Json[] {
  const value = json[key];
  if (!Array.isArray(value)) throw new WireError(`${key}: not a list`);
  return value.map((item, index) => object(item, `${key}[${index}]`));
}

function number(json: Json, key: string): number {
  const value = json[key];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new WireError(`${key}: not a number`);
  }
  return value;
}

function string(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string") throw new WireError(`${key}: not a string`);
  return value;
}

function stringOr(json: Json, key: string, otherwise: string): string {
  return stringOrNull(json, key) ?? otherwise;
}

function stringOrNull(json: Json, key: string): string | null {
  const value = json[key];
  if (value === null || value === undefined) return null;
  return string(json, key);
}

function moment(json: Json, key: string): number {
  const at = Date.parse(string(json, key));
  if (Number.isNaN(at)) throw new WireError(`${key}: not a moment`);
  return at;
}

function momentOrNull(json: Json, key: string): number | null {
  const value = json[key];
  return value === null || value === undefined ? null : moment(json, key);
}
