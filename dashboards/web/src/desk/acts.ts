/** What people do to incidents: each returns what it became, or throws why not. */

import { ask, type ApiError } from "../shared/api/client";
import type { CauseClass, IncidentDetail, OutagePage, OutageView } from "../shared/api/schema";
import type { Words } from "./words";

/** The four reasons of taking one, in the order of their keys 1 to 4. */
export const REASONS = ["take.me", "take.technician", "take.power", "take.link"] as const;
export type TakeReason = (typeof REASONS)[number];

export function take(id: number, text: string): Promise<IncidentDetail> {
  return ask("POST /incidents/{incident_id}/acknowledge", { at: [id], body: { text } });
}

export function giveBack(id: number): Promise<IncidentDetail> {
  return ask("DELETE /incidents/{incident_id}/acknowledge", { at: [id] });
}

export function note(id: number, text: string): Promise<IncidentDetail> {
  return ask("POST /incidents/{incident_id}/notes", { at: [id], body: { text } });
}

export function resolve(id: number, resolution: string): Promise<IncidentDetail> {
  return ask("POST /incidents/{incident_id}/resolve", { at: [id], body: { resolution } });
}

/** Say what the cause was, of all of an incident's own outages. */
export async function correctCause(
  incident: IncidentDetail,
  cause: CauseClass,
  reason: string,
): Promise<IncidentDetail> {
  // What lies behind another device stays booked to that one.
  for (const outage of (await outagesOf(incident)).filter((one) => one.root === null)) {
    await ask("POST /outages/{outage_id}/cause", { at: [outage.id], body: { cause, reason } });
  }
  return ask("GET /incidents/{incident_id}", { at: [incident.id] });
}

const PAGE = 500;

/** All outages of an incident: it carries the first 200 itself. */
async function outagesOf(
  incident: IncidentDetail,
): Promise<readonly Pick<OutageView, "id" | "root">[]> {
  if (incident.first_outages.length >= incident.outages) return incident.first_outages;
  const found: OutageView[] = [];
  let cursor: string | null = null;
  do {
    const page: OutagePage = await ask("GET /outages", {
      query: { from: incident.started_at, to: incident.recovered_at, limit: PAGE, cursor },
    });
    found.push(...page.items.filter((one) => one.incident === incident.id));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/** Why something was not recorded, for people. */
export function whyNot(error: ApiError, words: Words): string {
  if (error.code === "unreachable") return words.say("failure.unreachable");
  return words.find(`problem.${error.code}`) ?? (error.detail || words.say("problem.other"));
}
