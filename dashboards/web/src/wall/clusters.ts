/** What fails together as far as the devices themselves say: a root, and what it hides. */

import { add } from "../shared/groups";
import type { Device } from "../shared/model";

export interface Cluster {
  /** Id of the root, which may not fail (any more) itself. */
  readonly id: string;
  /** The root, if it is down. */
  readonly root: Device | null;
  /** The devices that cannot be reached because of it. */
  readonly behind: readonly Device[];
  /** Where it is: the root's place, or that of what it hides. */
  readonly place: Pick<Device, "site" | "area">;
  readonly since: number | null;
}

/** Every device that is down or cannot be reached, with its root. */
export function findClusters(devices: ReadonlyMap<string, Device>): Cluster[] {
  const roots = new Map<string, Device>();
  const behind = new Map<string, Device[]>();
  for (const device of devices.values()) {
    if (device.state === "down") roots.set(device.id, device);
    else if (device.state === "unreachable") add(behind, rootOf(device, devices), device);
  }
  return [...new Set([...roots.keys(), ...behind.keys()])].map((id) => {
    const root = roots.get(id) ?? null;
    const hidden = behind.get(id) ?? [];
    const at = root ?? devices.get(id) ?? hidden[0];
    return {
      id,
      root,
      behind: hidden,
      place: { site: at?.site ?? "", area: at?.area ?? "" },
      since: (root ?? hidden[0])?.since ?? null,
    };
  });
}

/** Follow `cause` to its end; a loop in the data ends where it closes. */
function rootOf(device: Device, devices: ReadonlyMap<string, Device>): string {
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
