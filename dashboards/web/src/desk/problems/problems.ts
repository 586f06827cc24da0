/**
 * What needs somebody, as rows: the open incidents, and what is wrong without being one.
 *
 *   open incidents ───────────────────────────────────────► a row each
 *   degraded devices ─ of one site, kind and reason ──────► a row each  ┐ nobody can take these:
 *   unknown devices  ─ of one area and reason ────────────► a row each  ┘ they are no outages
 *
 * Pure. Devices in maintenance are no problem; while nobody looks, unknown devices are not listed:
 * the whole page says so.
 */

import type { IncidentView } from "../../shared/api/schema";
import { worst } from "../../shared/city";
import { add } from "../../shared/groups";
import { BADNESS, type Device, type State } from "../../shared/model";
import { stateOf } from "../texts";

export interface Problem {
  /** Stable over its life. */
  readonly key: string;
  readonly state: State;
  readonly incident: IncidentView | null;
  /** The devices it is about: of an incident its root, if it is one device. */
  readonly devices: readonly Device[];
  readonly area: string;
  readonly since: number | null;
  /** Id of who answers for it. */
  readonly owner: string | null;
  readonly affected: number;
  readonly takenBy: string | null;
}

/** It is an incident that nobody has in hand: the only rows that ask for somebody. */
export function isUntaken(one: Problem): boolean {
  return one.incident !== null && one.takenBy === null;
}

export interface Sources {
  readonly incidents: Iterable<IncidentView>;
  readonly devices: ReadonlyMap<string, Device>;
  /** Nobody looks now. */
  readonly blind: boolean;
}

export function findProblems({ incidents, devices, blind }: Sources): Problem[] {
  const rows = [...incidents].map((one) => ofIncident(one, devices));
  if (blind) return rows;
  const groups = new Map<string, Device[]>();
  for (const device of devices.values()) {
    const { state, site, kind, area, reason } = device;
    if (state === "degraded") add(groups, `d|${site}|${kind}|${reason}`, device);
    if (state === "unknown") add(groups, `u|${area}|${reason}`, device);
  }
  for (const [key, group] of groups) rows.push(ofDevices(key, group));
  return rows;
}

function ofIncident(one: IncidentView, devices: ReadonlyMap<string, Device>): Problem {
  const root = one.device === null ? undefined : devices.get(one.device);
  return {
    key: `i|${one.id}`,
    state: stateOf(one),
    incident: one,
    devices: root === undefined ? [] : [root],
    area: one.area ?? "",
    since: Date.parse(one.started_at),
    owner: one.responsible ?? root?.ownerId ?? null,
    affected: one.down + one.unreachable,
    takenBy: one.acknowledged_by,
  };
}

function ofDevices(key: string, devices: readonly Device[]): Problem {
  const moments = devices.flatMap(({ since }) => (since === null ? [] : [since]));
  const owners = new Set(devices.map((device) => device.ownerId));
  return {
    key,
    state: worst(devices),
    incident: null,
    devices,
    area: devices[0]?.area ?? "",
    since: moments.length === 0 ? null : Math.min(...moments),
    owner: owners.size === 1 ? ([...owners][0] ?? null) : null,
    affected: devices.length,
    takenBy: null,
  };
}

/** Not taken first, then badness, devices affected, oldest; the key makes it a total order. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    Number(isUntaken(b)) - Number(isUntaken(a)) ||
    BADNESS[a.state] - BADNESS[b.state] ||
    b.affected - a.affected ||
    (a.since ?? Infinity) - (b.since ?? Infinity) ||
    (a.key < b.key ? -1 : 1)
  );
}

/** What the list is narrowed to; empty: everything. In the address by these names. */
export interface Filter {
  readonly untaken: boolean;
  readonly state: State | null;
  readonly kind: string | null;
  readonly area: string | null;
  readonly owner: string | null;
}

export const QUERY = {
  untaken: "belum",
  state: "keadaan",
  kind: "jenis",
  area: "wilayah",
  owner: "pengampu",
} as const satisfies Record<keyof Filter, string>;

export function filterIn(query: URLSearchParams): Filter {
  const state = query.get(QUERY.state);
  return {
    untaken: query.has(QUERY.untaken),
    state: state !== null && state in BADNESS ? (state as State) : null,
    kind: query.get(QUERY.kind),
    area: query.get(QUERY.area),
    owner: query.get(QUERY.owner),
  };
}

export function fits(one: Problem, filter: Filter): boolean {
  return (
    (!filter.untaken || isUntaken(one)) &&
    (filter.state === null || one.state === filter.state) &&
    (filter.kind === null || one.devices.some((device) => device.kind === filter.kind)) &&
    (filter.area === null || isWithin(one.area, filter.area)) &&
    (filter.owner === null || one.owner === filter.owner)
  );
}

/** An area holds itself and all below it: `73.71` holds `73.71.09`. */
function isWithin(area: string, code: string): boolean {
  return area === code || area.startsWith(`${code}.`);
}

export interface Settled {
  readonly rows: readonly Problem[];
  /** Keys of rows that are over, and stay only so that nothing moves under a hand. */
  readonly over: ReadonlySet<string>;
  /** How many new ones wait until the list may move. */
  readonly waiting: number;
}

/**
 * The rows to show. While somebody works in the list (`held`) rows keep their places, new ones wait
 * outside and those that are over stay where they are; else the list is sorted anew.
 */
export function settle(
  now: readonly Problem[],
  shown: readonly Problem[] | null,
  held: boolean,
): Settled {
  if (!held || shown === null || shown.length === 0) {
    return { rows: [...now].sort(compareProblems), over: new Set(), waiting: 0 };
  }
  const current = new Map(now.map((one) => [one.key, one]));
  const rows = shown.map((one) => current.get(one.key) ?? one);
  const places = new Set(shown.map((one) => one.key));
  return {
    rows,
    over: new Set(shown.filter((one) => !current.has(one.key)).map((one) => one.key)),
    waiting: now.filter((one) => !places.has(one.key)).length,
  };
}
