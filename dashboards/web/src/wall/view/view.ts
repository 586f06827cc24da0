/** What a page of the wall is drawn from. */

import { lastKnownAt, type Condition, type Link } from "../../shared/condition";
import type { City } from "../../shared/model";
import type { Figures } from "../figures";
import type { Late } from "../lateness";
import type { Positions } from "../placing";
import type { Summary } from "../summary";
import type { Sound } from "./sounding";
import type { Availabilities } from "../uptime";
import type { Words } from "../words";

export interface View {
  readonly city: City;
  /** Of what the page is about: all services, or one. */
  readonly summary: Summary;
  readonly link: Link;
  readonly condition: Condition;
  readonly words: Words;
  readonly mono: number;
  readonly panelNow: number;
  /** Server time now. */
  readonly at: number;
  readonly rem: number;
  /** The tiles whose data is old, while the wall itself is live. */
  readonly late: Late;
  readonly uptime: {
    readonly today: Availabilities | null;
    readonly month: Availabilities | null;
    /** How old today's figures are, when that is too old; else null. */
    readonly lateMs: number | null;
  };
  /** What is asked for once a minute; null: not known. */
  readonly figures: Figures | null;
  /** Where sites are; null: not known yet. */
  readonly positions: Positions | null;
  /** Id of the site that the address points to, or null. */
  readonly pointed: string | null;
  readonly sound: Sound;
  readonly pageName: string;
}

/** Nothing to see: neither an incident nor a device of which nothing is known. */
export function isCalm(summary: Summary): boolean {
  return summary.incidents.length === 0 && summary.unknown.length === 0;
}

/** The moment durations run to; while the wall is stale, the last one known. */
export function untilAt({ condition, link, at }: View): number {
  return condition === "stale" ? (lastKnownAt(link) ?? at) : at;
}
