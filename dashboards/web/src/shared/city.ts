/**
 * What the events do to the city: values in, a new city out.
 *
 * A snapshot replaces everything. A transition is applied once (ids only grow) and only to a
 * device we know; one that does not fit what we hold means that we missed something, and the
 * answer is a fresh snapshot, never a guess.
 */

import {
  BADNESS,
  STATES,
  type City,
  type Counts,
  type Device,
  type Snapshot,
  type State,
  type Transition,
  type CityEvent,
} from "./model";

export interface Applied {
  readonly city: City | null;
  /** True: the events do not fit together; only a new snapshot can be trusted. */
  readonly gap: boolean;
}

/** Apply events in their order. One copy of the device table, however many events there are. */
export function apply(city: City | null, events: readonly CityEvent[]): Applied {
  let current = city;
  let devices: Map<string, Device> | null = null; // ours to write, while not null
  let gap = false;
  for (const event of events) {
    if (event.type === "incident" || event.type === "alert") continue; // who shows them asks
    if (event.type === "snapshot") {
      current = fromSnapshot(event.snapshot, current);
      devices = null;
      gap = false;
    } else if (current === null) {
      gap = true; // the stream began in its middle
    } else if (event.type === "heartbeat") {
      const { collectors, areas } = event.heartbeat;
      const freshness = new Map(areas.map((area) => [area.code, area]));
      current = { ...current, collectors, freshness };
    } else if (event.transition.id > current.cursor) {
      devices ??= new Map(current.devices);
      const moved = move(devices, event.transition);
      gap ||= !moved;
      current = {
        ...current,
        devices,
        cursor: event.transition.id,
        lastRecovery: recovery(event.transition) ?? current.lastRecovery,
      };
    }
  }
  return { city: current, gap };
}

function fromSnapshot(snapshot: Snapshot, before: City | null): City {
  return {
    cursor: snapshot.cursor,
    zone: snapshot.zone,
    language: snapshot.language,
    collectors: snapshot.collectors,
    areas: snapshot.areas,
    devices: new Map(
      snapshot.devices.map((device) => [
        device.id,
        // A snapshot says nothing of what an unknown device was before; we may have seen it.
        device.observed === null
          ? { ...device, observed: before?.devices.get(device.id)?.observed ?? null }
          : device,
      ]),
    ),
    lastRecovery: before?.lastRecovery ?? null,
    freshness: before?.freshness ?? new Map(),
  };
}

/** Write the transition into `devices`; false if it does not continue what we hold. */
function move(devices: Map<string, Device>, transition: Transition): boolean {
  const device = devices.get(transition.device);
  if (device === undefined) return false;
  if (onlyFlapping(device, transition)) {
    devices.set(device.id, { ...device, flapping: transition.flapping });
    return true;
  }
  devices.set(device.id, {
    ...device,
    // A planned window covers the device until the next snapshot says it is over.
    state: device.state === "maintenance" ? "maintenance" : transition.new,
    since: transition.at,
    confirmedAt: transition.confirmedAt,
    reason: transition.reason,
    detail: transition.detail,
    cause: transition.cause,
    flapping: transition.flapping,
    observed: transition.new === "unknown" ? device.observed : transition.new,
  });
  return device.state === "maintenance" || device.state === transition.old;
}

/** Flapping began or ended: the state stays, and with it since when we know of it. */
function onlyFlapping(device: Device, transition: Transition): boolean {
  const fits = device.state === "maintenance" || device.state === transition.old;
  return fits && transition.old === transition.new && device.cause === transition.cause;
}

function recovery(transition: Transition): City["lastRecovery"] {
  const wasWrong = transition.old === "down" || transition.old === "degraded";
  return wasWrong && transition.new === "up"
    ? { device: transition.device, at: transition.at }
    : null;
}

/** How many devices are in each state. */
export function count(devices: Iterable<{ readonly state: Device["state"] }>): Counts {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<
    Device["state"],
    number
  >;
  for (const device of devices) counts[device.state] += 1;
  return counts;
}

/** The counts as they were when each device was last really observed. */
export function countObserved(devices: Iterable<Device>): Counts {
  return count([...devices].map((device) => ({ state: device.observed ?? "unknown" })));
}

/** The worst state among devices; up if there are none. */
export function worst(devices: Iterable<{ readonly state: State }>): State {
  let found: State = "up";
  for (const { state } of devices) if (BADNESS[state] < BADNESS[found]) found = state;
  return found;
}
