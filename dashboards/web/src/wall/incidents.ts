/**
 * What is wrong, worst first, few enough to read.
 *
 *   devices ─ findClusters ─► what fails with what is behind it ─┐
 *   the API's open incidents ────────────────────────────────────┴─ findIncidents ─► incidents
 *   incidents ─ rollUp (only if they do not fit) ─► rows ─ arrange ─► list
 *
 * The API says what is one incident, who has it and why. The devices say what is out now: what no
 * incident covers (yet) is a row all the same, and an incident of which nothing is out is none.
 *
 * A degraded device is no incident, because nobody can take it in hand: degraded devices are rows
 * by area, kind and reason. Nor is an unknown one: we do not know that anything is wrong.
 */

import type { CauseClass, CauseRule, IncidentView } from "../shared/api/schema";
import { worst } from "../shared/city";
import { add } from "../shared/groups";
import { BADNESS, type Device, type State } from "../shared/model";
import { findClusters, type Cluster } from "./clusters";

/** What joins the devices of a row; `degraded` and `unknown` are no incidents. */
export type Group = IncidentView["group"] | "degraded" | "unknown";

export interface Incident {
  /** Stable over its life, whether the API has told of it yet or not. */
  readonly key: string;
  readonly group: Group;
  readonly state: State;
  /** Code of the area it belongs to: where most of its devices are. */
  readonly area: string;
  /** What it is called: the root device, the site, the feeder. Empty: what its devices are. */
  readonly name: string;
  /** The devices that fail themselves. */
  readonly roots: readonly Device[];
  /** The devices that cannot be reached because of a root. */
  readonly behind: readonly Device[];
  /** The root that hides `behind` when it is not failing (any more) itself. */
  readonly parent: string | null;
  readonly since: number | null;
  readonly confirmedAt: number | null;
  readonly takenBy: string | null;
  /** Null: nothing said why. */
  readonly cause: CauseClass | null;
  readonly rule: CauseRule | null;
  readonly suspected: boolean;
  /** Id of who answers for it. */
  readonly responsible: string | null;
  /** How many incidents this row stands for. */
  readonly causes: number;
}

/** Devices affected: the failing and the hidden. */
export function affected(incident: Incident): number {
  return incident.roots.length + incident.behind.length;
}

/** Somebody may take it in hand: it is an incident, not a condition of devices. */
export function isIncident(incident: Incident): boolean {
  return incident.group !== "degraded" && incident.group !== "unknown";
}

/** One cause that took a place: a site, a feeder, an area. */
export function isPlace({ group, causes }: Incident): boolean {
  return causes === 1 && (group === "site" || group === "feeder" || group === "area");
}

/** An incident that nobody has in hand: the only thing that is solid, and takes attention. */
export function isOpen(incident: Incident): boolean {
  return isIncident(incident) && incident.takenBy === null;
}

/** So many at once in a place are one large block. */
const MASS = 10;

/** A power cut or the like: one cause took a whole place, and nobody has it. */
export function isMass(incident: Incident): boolean {
  return isOpen(incident) && isPlace(incident) && affected(incident) >= MASS;
}

/** Everything open, unsorted. `told`: what the API has open; null: it has not said. */
export function findIncidents(
  devices: ReadonlyMap<string, Device>,
  told: Iterable<IncidentView> | null,
): Incident[] {
  const index = new Told(told ?? []);
  const members = new Map<IncidentView, Cluster[]>();
  const left: Cluster[] = [];
  for (const cluster of findClusters(devices)) {
    const one = index.of(cluster);
    if (one === undefined) left.push(cluster);
    else add(members, one, cluster);
  }
  const untold = index.share(left, members);
  return [
    ...[...members].map(([one, clusters]) => toldIncident(one, clusters, devices)),
    ...untold.map((cluster) => untoldIncident(cluster, devices)),
    ...findDegraded(devices.values()),
  ];
}

/** The API's open incidents, by what they are about. */
class Told {
  private readonly byKey = new Map<string, IncidentView>();
  private readonly feeders: IncidentView[] = [];

  constructor(told: Iterable<IncidentView>) {
    for (const one of told) {
      if (one.group === "feeder") this.feeders.push(one);
      else this.byKey.set(keyOf(one.group, one.group_key), one);
    }
  }

  /** The narrowest incident about a cluster: its root's own, its site's, its area's. */
  of({ id, place }: Cluster): IncidentView | undefined {
    const get = (group: Group, key: string): IncidentView | undefined =>
      this.byKey.get(keyOf(group, key));
    const own = get("device", id) ?? get("site", place.site);
    if (own !== undefined) return own;
    const parts = place.area.split(".");
    for (let length = parts.length; length > 0; length -= 1) {
      const found = get("area", parts.slice(0, length).join("."));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * What stands on which power feeder is not known here: what is left and failed no earlier goes
   * to a feeder's incident, the oldest first, as long as its number has room. Returns the rest.
   */
  share(left: readonly Cluster[], members: Map<IncidentView, Cluster[]>): Cluster[] {
    let rest = [...left].sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
    for (const feeder of this.feeders) {
      const from = Date.parse(feeder.started_at);
      let room = feeder.down + feeder.unreachable;
      rest = rest.filter((cluster) => {
        if ((cluster.since ?? 0) < from || room <= 0) return true;
        room -= cluster.behind.length + Number(cluster.root !== null);
        add(members, feeder, cluster);
        return false;
      });
    }
    return rest;
  }
}

function keyOf(group: Group, key: string): string {
  return `${group}:${key}`;
}

function toldIncident(
  one: IncidentView,
  clusters: readonly Cluster[],
  devices: ReadonlyMap<string, Device>,
): Incident {
  const roots = clusters.flatMap(({ root }) => (root === null ? [] : [root]));
  const behind = clusters.flatMap((cluster) => cluster.behind);
  const [only] = clusters;
  const isDevice = one.group === "device";
  const hides = isDevice && only !== undefined && only.root === null;
  return {
    ...plainRow(keyOf(one.group, one.group_key), one.group, roots, behind),
    area: mainArea([...roots, ...behind], isDevice ? only?.place.area : undefined),
    name: toldName(one),
    parent: hides ? nameOf(only.id, devices) : null,
    since: Date.parse(one.started_at),
    confirmedAt: Date.parse(one.opened_at),
    takenBy: one.acknowledged_by,
    cause: one.cause,
    rule: one.cause_rule,
    suspected: one.cause_suspected,
    responsible: one.responsible,
  };
}

/** An area is named by the row already. */
function toldName(one: IncidentView): string {
  if (one.group === "area") return "";
  return (one.group === "device" ? one.device_name : one.site_name) ?? one.group_key;
}

/** What the API has not told of (yet): never left out, and in nobody's hand. */
function untoldIncident(cluster: Cluster, devices: ReadonlyMap<string, Device>): Incident {
  const { id, root, behind, place } = cluster;
  return {
    ...plainRow(keyOf("device", id), "device", root === null ? [] : [root], behind),
    area: place.area,
    name: nameOf(id, devices),
    parent: root === null ? nameOf(id, devices) : null,
  };
}

function nameOf(id: string, devices: ReadonlyMap<string, Device>): string {
  return devices.get(id)?.name ?? id;
}

/** Degraded devices, one row an area, kind and reason. */
function findDegraded(devices: Iterable<Device>): Incident[] {
  const groups = new Map<string, Device[]>();
  for (const one of devices) {
    if (one.state !== "degraded") continue;
    add(groups, ["degraded", one.area, one.kind, one.reason].join("|"), one);
  }
  return [...groups].map(([key, group]) => plainRow(key, "degraded", group, []));
}

/** The unknown devices, one row an area. */
export function findUnknown(devices: Iterable<Device>): Incident[] {
  const byArea = new Map<string, Device[]>();
  for (const device of devices) {
    if (device.state === "unknown") add(byArea, device.area, device);
  }
  return [...byArea].map(([area, unknown]) => plainRow(`unknown|${area}`, "unknown", unknown, []));
}

/** A row of devices of which nothing more is known than they say themselves. */
function plainRow(
  key: string,
  group: Group,
  roots: readonly Device[],
  behind: readonly Device[],
): Incident {
  const all = [...roots, ...behind];
  const own = roots.length > 0 ? roots : all;
  return {
    key,
    group,
    state: worst(all),
    area: mainArea(own),
    name: own.length === 1 ? (own[0]?.name ?? "") : "",
    roots,
    behind,
    parent: null,
    since: earliest(own.map((device) => device.since)),
    confirmedAt: earliest(own.map((device) => device.confirmedAt)),
    takenBy: null,
    cause: null,
    rule: null,
    suspected: false,
    responsible: null,
    causes: 1,
  };
}

/** The area with most of the devices; the first of equals by code, so that it does not jump. */
function mainArea(devices: readonly Device[], known?: string): string {
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  for (const { area } of devices) counts.set(area, (counts.get(area) ?? 0) + 1);
  let found = "";
  let most = 0;
  for (const [area, n] of counts) {
    if (n > most || (n === most && area < found)) [found, most] = [area, n];
  }
  return found;
}

function earliest(moments: readonly (number | null)[]): number | null {
  let found: number | null = null;
  for (const at of moments) if (at !== null && (found === null || at < found)) found = at;
  return found;
}

/** Of each incident what it does to some devices; those that leave them alone are left out. */
export function onlyOf(
  serves: (device: Device) => boolean,
  incidents: readonly Incident[],
): Incident[] {
  return incidents.flatMap((one) => {
    const roots = one.roots.filter(serves);
    const behind = one.behind.filter(serves);
    if (roots.length + behind.length === 0) return [];
    const hides = one.group === "device" && roots.length === 0;
    return [
      {
        ...one,
        roots,
        behind,
        state: worst([...roots, ...behind]),
        parent: one.parent ?? (hides ? one.name : null),
      },
    ];
  });
}

/** Not taken first, then badness, devices affected, oldest; the key makes it a total order. */
export function compareIncidents(a: Incident, b: Incident): number {
  return (
    Number(!isOpen(a)) - Number(!isOpen(b)) ||
    BADNESS[a.state] - BADNESS[b.state] ||
    affected(b) - affected(a) ||
    (a.since ?? Infinity) - (b.since ?? Infinity) ||
    (a.key < b.key ? -1 : 1)
  );
}

/**
 * Too many to show one by one: those of one area, kind and state become one row
 * ("Rappocini: 31 kamera mati, 9 sebab"). Below `room` nothing is rolled up; a place never is.
 */
export function rollUp(incidents: readonly Incident[], room: number): Incident[] {
  if (incidents.length <= room) return [...incidents];
  const groups = new Map<string, Incident[]>();
  for (const one of incidents) {
    const place = one.group !== "device" && one.group !== "degraded";
    const kind = one.roots[0]?.kind ?? "";
    add(groups, place ? one.key : [one.area, kind, one.state, one.takenBy ?? ""].join("|"), one);
  }
  return [...groups].map(([key, group]) =>
    group.length === 1 && group[0] !== undefined ? group[0] : merge(`+${key}`, group),
  );
}

function merge(key: string, group: readonly Incident[]): Incident {
  const [first] = group;
  const same = <T>(value: (one: Incident) => T, otherwise: T): T =>
    first !== undefined && group.every((one) => value(one) === value(first))
      ? value(first)
      : otherwise;
  return {
    ...plainRow(
      key,
      first?.group ?? "device",
      group.flatMap((one) => one.roots),
      group.flatMap((one) => one.behind),
    ),
    name: "",
    since: earliest(group.map((one) => one.since)),
    confirmedAt: earliest(group.map((one) => one.confirmedAt)),
    takenBy: same((one) => one.takenBy, null),
    cause: same((one) => one.cause, null),
    suspected: group.some((one) => one.suspected),
    responsible: same((one) => one.responsible, null),
    causes: group.reduce((sum, one) => sum + one.causes, 0),
  };
}

/** How long rows keep their places, so that a list can be read while things happen. */
export const HOLD_MS = 10_000;

export interface Arrangement {
  readonly keys: readonly string[];
  readonly sortedAt: number;
}

/** A critical thing that nobody has in hand: the only one that may take attention at once. */
export function isCritical(incident: Incident): boolean {
  return isOpen(incident) && (incident.state === "down" || incident.state === "unreachable");
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
