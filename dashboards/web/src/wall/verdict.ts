/** The one sentence on top of the wall, while it is live. */

import type { Counts } from "../shared/model";
import { compareIncidents, isIncident, isMass, isOpen, type Incident } from "./incidents";
import { causeOf } from "./sentences";
import type { Words } from "./words";

export interface Context {
  /** What a page about a part is called. */
  readonly page?: string;
  /** How many areas show what is no longer current. */
  readonly late?: number;
  /** Checks run late: that all is well is not known to be so now. */
  readonly overdue?: boolean;
}

/** The sentence a person could say aloud. */
export function verdict(
  rows: readonly Incident[],
  counts: Counts,
  words: Words,
  { page, late = 0, overdue = false }: Context = {},
): string {
  const said = sentence(rows, counts, words, { late, overdue, brief: page !== undefined });
  return page === undefined ? said : words.say("verdict.page", { page, said });
}

/** As `verdict`, for a page that lists all of them: `8 insiden, 1 belum ditangani`. */
export function listVerdict(
  rows: readonly Incident[],
  counts: Counts,
  words: Words,
  context: Context = {},
): string {
  const all = rows.filter(isIncident).length;
  const open = rows.filter(isOpen).length;
  if (open === 0 || open === all) return verdict(rows, counts, words, context);
  return words.count("verdict.some", all, { open: words.number(open) });
}

function sentence(
  rows: readonly Incident[],
  counts: Counts,
  words: Words,
  { late, overdue, brief }: { late: number; overdue: boolean; brief: boolean },
): string {
  const incidents = rows.filter(isIncident);
  const open = incidents.filter(isOpen).length;
  const storm = stormOf(rows);
  if (storm !== null && storm.cause !== "unknown" && storm.cause !== null) {
    const cause = causeOf(storm, words);
    return brief ? cause : capital(cause);
  }
  if (open > 0) return words.count(brief ? "verdict.open_brief" : "verdict.open", open);
  if (incidents.length > 0) return words.count("verdict.taken", incidents.length);
  if (late > 0) return words.count(brief ? "verdict.late_brief" : "verdict.late", late);
  if (counts.degraded > 0) {
    return words.count(brief ? "verdict.degraded_brief" : "verdict.degraded", counts.degraded);
  }
  if (counts.unknown > 0) {
    return words.count(brief ? "verdict.unknown_brief" : "verdict.unknown", counts.unknown);
  }
  if (overdue) return words.say(brief ? "verdict.overdue_brief" : "verdict.overdue");
  return words.say(brief ? "verdict.calm_brief" : "verdict.calm");
}

/** The worst incident that took a whole place and that nobody has, or null. */
export function stormOf(rows: readonly Incident[]): Incident | null {
  return [...rows].filter(isMass).sort(compareIncidents)[0] ?? null;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
