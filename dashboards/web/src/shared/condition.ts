/**
 * What a page as a whole may claim: live, blind, stale.
 *
 * Silence is judged on the screen's monotonic clock: its own wall clock may be wrong.
 */

import type { City, Collector } from "./model";

/** Nothing heard for this long: what is shown may no longer be true. */
export const STALE_MS = 30_000;

/** Beyond this the panel's own clock is called wrong. */
export const CLOCK_TOLERANCE_MS = 5_000;

/** What the page knows of its stream. `…Mono` are milliseconds of the panel's monotonic clock. */
export interface Link {
  readonly startedMono: number;
  /** Last event of any type; null before the first. */
  readonly heardMono: number | null;
  /** Server time and monotonic time of the same moment. */
  readonly server: { readonly at: number; readonly mono: number } | null;
  /** How many heartbeats were received: the dot breathes with it. */
  readonly beats: number;
  readonly refused: "none" | "no_link" | "revoked";
}

export type Condition = "refused" | "stale" | "connecting" | "blind" | "live";

/** Stale wins over blind: without a stream we do not even know that the collectors are gone. */
export function judge(link: Link, city: City | null, mono: number): Condition {
  if (link.refused !== "none") return "refused";
  if (mono - (link.heardMono ?? link.startedMono) >= STALE_MS) return "stale";
  if (city === null) return "connecting";
  return city.collectors.some((collector) => collector.alive) ? "live" : "blind";
}

/** By how much checks run late, by the worst collector that is heard of, in milliseconds. */
export function checksLateMs(collectors: readonly Collector[]): number {
  return Math.max(0, ...collectors.map(({ alive, lateMs }) => (alive ? lateMs : 0)));
}

/** Server time now, or null while the server was never heard. */
export function serverNow(link: Link, mono: number): number | null {
  return link.server === null ? null : link.server.at + (mono - link.server.mono);
}

/** Server time of the last word heard: durations end here while the wall is stale. */
export function lastKnownAt(link: Link): number | null {
  return link.heardMono === null ? null : serverNow(link, link.heardMono);
}

/** Milliseconds the panel's clock is ahead, or 0 if that is within tolerance. */
export function panelOffset(link: Link, mono: number, panelNow: number): number {
  const server = serverNow(link, mono);
  if (server === null) return 0;
  const offset = panelNow - server;
  return Math.abs(offset) > CLOCK_TOLERANCE_MS ? offset : 0;
}
