/**
 * From devices to what is wrong: one incident a root cause, worst first, few enough to read.
 *
 *   devices ─ groupByCause ─► incidents ─ rollUp (only if they do not fit) ─► rows ─ arrange ─► list
 *
 * An unknown device is not an incident: we do not know that anything is wrong. Unknown devices
 * are rows of their own at the end, one an area, and are not counted in the verdict.
 */

import { worst } from "../shared/city";
import { add } from "../shared/groups";
import { BADNESS, type Device, type State } from "../shared/model";

export interface Incident {
  /** Stable over its life: the id of the root device, or `?` and the area for unknown devices. */
  readonly key: string;
  readonly state: State;
  /** Code of the area it belongs to: the root's. */
  readonly area: string;
  /** The devices that fail themselves. */
  readonly roots: readonly Device[];
  /** The devices that cannot be reached because of a root. */
  readonly behind: readonly Device[];
  /** The root that hides `behind` when it is not failing (any more) itself. */
  readonly parent: string | null;
  readonly since: number | null;
  readonly confirmedAt: number | null;
  readonly takenBy: string | null;
  /** How many incidents this row stands for. */
  readonly causes: number;
}

/** Devices affected: the failing and the hidden. */
export function affected(incident: Incident): number {
  return incident.roots.length + incident.behind.length;
}

/** A critical thing that nobody has in hand: the only one that may take attention at once. */
export function isCritical(incident: Incident): boolean {
  return incident.takenBy === null && (incident.state === "down" || incident.state === "unreachable");
}

/** Everything open: one incident per root cause, unsorted. */
export function findIncidents(devices: ReadonlyMap<string, Device>): Incident[] {
  const roots = new Map<string, Device>();
  const behind = new Map<string, Device[]>();
  for (const device of devices.values()) {
    if (device.state === "down" || device.state === "degraded") {
      roots.set(device.id, device);
    } else if (device.state === "unreachable") {
      const cause = rootCause(device, devices);
      add(behind, cause, device);
    }
  }
  const keys = new Set([...roots.keys(), ...behind.keys()]);
  return [...keys].map((key) =>
    causeIncident(key, roots.get(key), behind.get(key) ?? [], devices.get(key)),
  );
}

/** Follow `cause` to its end; a loop in the data ends where it closes. */
function rootCause(device: Device, devices: ReadonlyMap<string, Device>): string {
  const seen = new Set([device.id]);
  let root = device.id;
  let next = device.cause;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    root = next;
    const parent = devices.get(next);
    next = parent?.state === "unreachable" ? parent.cause : null;
  }
  return root;
}

function causeIncident(
  key: string,
  root: Device | undefined,
  behind: readonly Device[],
  parent: Device | undefined,
): Incident {
  const failing = root === undefined ? [] : [root];
  return incident(key, failing, behind, root === undefined ? (parent?.name ?? key) : null);
}

/** The unknown devices, one row an area. */
export function findUnknown(devices: Iterable<Device>): Incident[] {
  const byArea = new Map<string, Device[]>();
  for (const device of devices) {
    if (device.state !== "unknown") continue;
    add(byArea, device.area, device);
  }
  return [...byArea].map(([area, unknown]) => incident(`?${area}`, unknown, [], null));
}

function incident(
  key: string,
  roots: readonly Device[],
  behind: readonly Device[],
  parent: string | null,
  causes = 1,
): Incident {
  const all = [...roots, ...behind];
  const own = roots.length > 0 ? roots : all;
  return {
    key,
    state: worst(all),
    area: own[0]?.area ?? "",
    roots,
    behind,
    parent,
    since: earliest(own.map((device) => device.since)),
    confirmedAt: earliest(own.map((device) => device.confirmedAt)),
    takenBy: own.every((device) => device.takenBy !== null) ? (own[0]?.takenBy ?? null) : null,
    causes,
  };
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Not taken first, then badness, devices affected, oldest; the key makes it a total order. */
export function compareIncidents(a: Incident, b: Incident): number {
  return (
    Number(a.takenBy !== null) - Number(b.takenBy !== null) ||
    BADNESS[a.state] - BADNESS[b.state] ||
    affected(b) - affected(a) ||
    (a.since ?? Infinity) - (b.since ?? Infinity) ||
    (a.key < b.key ? -1 : 1)
  );
}

/**
 * Too many to show one by one: those of one area, kind and state become one row
 * ("Rappocini: 31 kamera mati, 9 sebab"). Below `room` nothing is rolled up.
 */
export function rollUp(incidents: readonly Incident[], room: number): Incident[] {
  if (incidents.length <= room) return [...incidents];
  const groups = new Map<string, Incident[]>();
  for (const one of incidents) {
    const kind = one.roots[0]?.kind ?? "";
    const key = [one.area, kind, one.state, one.takenBy ?? ""].join("|");
    add(groups, key, one);
  }
  return [...groups].map(([key, group]) =>
    group.length === 1 && group[0] !== undefined ? group[0] : merge(`+${key}`, group),
  );
}

function merge(key: string, group: readonly Incident[]): Incident {
  return incident(
    key,
    group.flatMap((one) => one.roots),
    group.flatMap((one) => one.behind),
    null,
    group.length,
  );
}

/** How long rows keep their places, so that a list can be read while things happen. */
export const HOLD_MS = 10_000;

export interface Arrangement {
  readonly keys: readonly string[];
  readonly sortedAt: number;
}

/**
 * The order to show. Sorted anew 10 s after the last time, or at once for a new critical; in
 * between rows keep their places, and new ones stand behind.
 */
export function arrange(
  rows: readonly Incident[],
  before: Arrangement | null,
  now: number,
): { rows: Incident[]; arrangement: Arrangement } {
  const known = new Set(before?.keys);
  const interrupts = rows.some((row) => !known.has(row.key) && isCritical(row));
  if (before === null || interrupts || Math.abs(now - before.sortedAt) >= HOLD_MS) {
    const sorted = [...rows].sort(compareIncidents);
    return { rows: sorted, arrangement: { keys: sorted.map((row) => row.key), sortedAt: now } };
  }
  const place = new Map(before.keys.map((key, index) => [key, index]));
  const held = [...rows].sort(
    (a, b) =>
      (place.get(a.key) ?? Infinity) - (place.get(b.key) ?? Infinity) || compareIncidents(a, b),
  );
  return {
    rows: held,
    arrangement: { keys: held.map((row) => row.key), sortedAt: before.sortedAt },
  };
}
