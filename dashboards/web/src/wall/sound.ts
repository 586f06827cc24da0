/** What the wall rings for; `shared/ringing` says when. */

import { ringFor, type Rung } from "../shared/ringing";
import { isCritical, type Incident } from "./incidents";

export { REPEAT_MS, SILENT, type Rung } from "../shared/ringing";

/** Until then the API may still say that somebody has them. */
const PATIENCE_MS = 10_000;

export interface Heard {
  readonly incidents: readonly Incident[];
  /** The API has said who has what. */
  readonly told: boolean;
  /** How long the page has been there. */
  readonly pageMs: number;
}

/** Whether to ring now, and what has been rung for then. */
export function ringAt(
  { incidents, told, pageMs }: Heard,
  before: Rung,
  mono: number,
): { readonly ring: boolean; readonly rung: Rung } {
  if (!told && pageMs < PATIENCE_MS) return { ring: false, rung: before };
  return ringFor(new Set(incidents.filter(isCritical).map((one) => one.key)), before, mono);
}
