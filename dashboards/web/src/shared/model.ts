/**
 * The words of the wall as types: what the stream says (wire) and what the page keeps (model).
 *
 * Moments are milliseconds since 1970 in server time, named `…At`. Nothing here does anything.
 */

/** What people see of one device, worst first: the order of badness of the whole wall. */
export const STATES = [
  "down",
  "unreachable",
  "degraded",
  "unknown",
  "maintenance",
  "up",
] as const;
export type State = (typeof STATES)[number];

/** The lower, the worse. */
export const BADNESS: Readonly<Record<State, number>> = {
  down: 0,
  unreachable: 1,
  degraded: 2,
  unknown: 3,
  maintenance: 4,
  up: 5,
};

export type Counts = Readonly<Record<State, number>>;

export interface Collector {
  readonly id: string;
  readonly heartbeatAt: number;
  readonly alive: boolean;
  /** By how much its checks run late, in milliseconds; 0: they are on time. */
  readonly lateMs: number;
}

export interface Area {
  /** Kemendagri's code: `73.71`, below it `73.71.01`. */
  readonly code: string;
  readonly name: string;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly site: string;
  readonly siteName: string;
  /** Code of the area it stands in. */
  readonly area: string;
  /** The owner as people call them. */
  readonly owner: string | null;
  readonly ownerId: string | null;
  readonly state: State;
  readonly since: number | null;
  readonly confirmedAt: number | null;
  readonly reason: string;
  readonly detail: string;
  /** Id of the root device whose failure hides this one. */
  readonly cause: string | null;
  readonly flapping: boolean;
  /** The last state that was really observed; null while the device was never seen. */
  readonly observed: State | null;
}

export interface Snapshot {
  readonly cursor: number;
  readonly at: number;
  readonly zone: string;
  readonly language: string;
  readonly collectors: readonly Collector[];
  readonly areas: readonly Area[];
  readonly devices: readonly Device[];
}

export interface Transition {
  readonly id: number;
  readonly device: string;
  readonly old: State;
  readonly new: State;
  readonly at: number;
  readonly confirmedAt: number | null;
  readonly reason: string;
  readonly detail: string;
  readonly cause: string | null;
  readonly flapping: boolean;
}

/** How new what is known of an area is. */
export interface Freshness {
  readonly code: string;
  /** The newest result of any device there; null: none ever told anything. */
  readonly lastResultAt: number | null;
  /** How often at least one result should come. */
  readonly periodMs: number;
}

export interface Heartbeat {
  readonly at: number;
  readonly collectors: readonly Collector[];
  readonly areas: readonly Freshness[];
}

/** Incidents that are new or changed: ask for these; null: ask for the list. */
export interface IncidentNews {
  readonly ids: readonly number[] | null;
}

/** Alerts that began, changed or ended are of these devices; null: of more than can be named. */
export interface AlertNews {
  readonly devices: readonly string[] | null;
}

export type CityEvent =
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "transition"; readonly transition: Transition }
  | { readonly type: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly type: "incident"; readonly incidents: IncidentNews }
  | { readonly type: "alert"; readonly alerts: AlertNews };

export interface Recovery {
  readonly device: string;
  readonly at: number;
}

/** Everything the page knows about the city. Replaced as a whole, never changed in place. */
export interface City {
  readonly cursor: number;
  readonly zone: string;
  readonly language: string;
  readonly collectors: readonly Collector[];
  readonly areas: readonly Area[];
  readonly devices: ReadonlyMap<string, Device>;
  readonly lastRecovery: Recovery | null;
  /** By the code of the area; empty before the first heartbeat. */
  readonly freshness: ReadonlyMap<string, Freshness>;
}
