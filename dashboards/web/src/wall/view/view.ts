/** What a page of the wall is drawn from. */

import type { Condition, Link } from "../../shared/condition";
import type { City } from "../../shared/model";
import type { Summary } from "../summary";
import type { Words } from "../words";

export interface View {
  readonly city: City;
  readonly summary: Summary;
  readonly link: Link;
  readonly condition: Condition;
  readonly words: Words;
  readonly mono: number;
  readonly panelNow: number;
  /** Server time now. */
  readonly at: number;
  readonly rem: number;
}

/** Nothing to see: neither an incident nor a device of which nothing is known. */
export function isCalm(summary: Summary): boolean {
  return summary.incidents.length === 0 && summary.unknown.length === 0;
}
