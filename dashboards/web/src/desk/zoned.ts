/** Days and clocks of a zone to moments and back. Pure. */

import { local } from "../shared/time";

/** What a field for a day and a time holds: `2026-11-22T03:26`. */
export type Written = string;

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/u;

/** The moment that clocks of a zone call so; null: it cannot be read. */
export function momentOf(written: Written, zone: string): number | null {
  const read = WRITTEN.exec(written)?.slice(1).map(Number);
  if (read === undefined) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = read;
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  if (new Date(wanted).getUTCDate() !== day) return null;
  // The offset is that of the moment itself: twice is enough, also where the clocks change.
  let at = wanted;
  for (let turn = 0; turn < 2; turn += 1) at = wanted - (shown(at, zone) - at);
  return at;
}

/** What clocks of a zone show at a moment, to the minute. */
export function writtenAt(at: number, zone: string): Written {
  return new Date(shown(at, zone)).toISOString().slice(0, 16);
}

/** What the clocks show, as if it were UTC. */
function shown(at: number, zone: string): number {
  const { year, month, day, hour, minute } = local(at, zone);
  return Date.UTC(year, month - 1, day, Number(hour), Number(minute)) + (at % 60_000);
}
