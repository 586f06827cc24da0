/** The inventory, narrowed and ordered. Pure. */

import { BADNESS, type Device, type State } from "../../shared/model";

export interface Wanted {
  /** Parts of name, id or site, in any order and case. */
  readonly text: string;
  readonly state: State | null;
  readonly kind: string | null;
  readonly area: string | null;
  /** Ids that the API found by what is not here (addresses). */
  readonly also: ReadonlySet<string>;
}

export function isWithin(area: string, code: string): boolean {
  return area === code || area.startsWith(`${code}.`);
}

/** Those that fit, the worst first, then by name. */
export function narrow(devices: Iterable<Device>, wanted: Wanted): Device[] {
  const parts = wanted.text.toLowerCase().split(/\s+/u).filter(Boolean);
  const found: Device[] = [];
  for (const device of devices) {
    if (wanted.state !== null && device.state !== wanted.state) continue;
    if (wanted.kind !== null && device.kind !== wanted.kind) continue;
    if (wanted.area !== null && !isWithin(device.area, wanted.area)) continue;
    if (parts.length > 0 && !wanted.also.has(device.id)) {
      const text = `${device.name} ${device.id} ${device.siteName}`.toLowerCase();
      if (!parts.every((part) => text.includes(part))) continue;
    }
    found.push(device);
  }
  return found.sort(
    (a, b) => BADNESS[a.state] - BADNESS[b.state] || compare(a.name, b.name) || compare(a.id, b.id),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether what was typed may be part of an address, which only the API knows. */
export function mayBeAddress(text: string): boolean {
  return /^[\d.:a-f]{3,}$/iu.test(text.trim()) && /[\d]/u.test(text);
}
